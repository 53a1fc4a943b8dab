//! Revocations between two instances on one store: how soon, and at which price (A8).

use std::time::Duration;

use actix_web::Responder;
use futures_util::future::join_all;
use secure_runtime::{
    prelude::*,
    test::{TestApp, TestClock},
    token::{Family, Grant, IssuedTokens},
};

use crate::support::{Forge, Operation, SharedStore, SignIns, assert_accepted, assert_refused, me};

const BOUND: Duration = Duration::from_secs(1);
const MOMENT: Duration = Duration::from_millis(1);

#[get("/me")]
#[protected]
async fn who(user: CurrentUser) -> impl Responder {
    user.subject().to_owned()
}

/// An instance that answers requests, and another one that revokes.
struct Two {
    here: TestApp,
    there: SignIns,
    store: SharedStore,
    clock: TestClock,
}

impl Two {
    async fn new() -> Self {
        Self::with_bound(BOUND).await
    }

    async fn with_bound(bound: Duration) -> Self {
        let there = TestClock::default();
        let store = SharedStore::new(&there);
        let clock = there.clone();
        let here = TestApp::with(
            |settings| {
                let settings = settings.signing_key(Forge::key()).clock(clock.clone());
                settings.store(store.clone()).revocation_bound(bound)
            },
            |routes| {
                routes.service(who);
            },
            |_| {},
        )
        .await;
        let there = SignIns::with(|settings| {
            let settings = settings.signing_key(Forge::key()).clock(clock.clone());
            settings.store(store.clone()).revocation_bound(bound)
        });
        Self {
            here,
            there,
            store,
            clock,
        }
    }

    async fn sign_in(&self) -> IssuedTokens {
        self.there.sign_in("ada").await
    }

    async fn is_good_here(&self, issued: &IssuedTokens) -> bool {
        match me(&self.here, issued.access().expose()).await.0 {
            200 => true,
            401 => false,
            other => panic!("{other}"),
        }
    }

    /// A request that is good, and all that it set off has come to an end.
    async fn settle(&self, issued: &IssuedTokens) {
        assert_accepted(&self.here, "settled", issued.access().expose()).await;
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }
}

#[actix_web::test]
async fn each_kind_of_revocation_counts_elsewhere_within_the_bound() {
    for case in [
        "sign out",
        "everywhere",
        "end sign-in",
        "revoke",
        "revoke access",
        "reuse",
    ] {
        let two = Two::new().await;
        let (issued, other) = (two.sign_in().await, two.there.sign_in("eve").await);
        two.settle(&issued).await;
        two.clock.advance(MOMENT);
        let tokens = two.there.security.tokens();
        match case {
            "sign out" => {
                let caller = tokens.access().verify(issued.access()).await;
                let caller = caller.expect("a caller");
                tokens.sign_out(&caller).await.expect("done");
            }
            "everywhere" => tokens.sign_out_everywhere("ada").await.expect("done"),
            "end sign-in" => {
                let id = tokens.sign_ins("ada").await.expect("a list").remove(0).id;
                assert!(tokens.end_sign_in("ada", &id).await.expect("done"));
            }
            "revoke" => tokens
                .revoke(issued.refresh().expose())
                .await
                .expect("done"),
            "revoke access" => tokens.revoke(issued.access().expose()).await.expect("done"),
            _ => {
                let _ = two.there.refresh(issued.refresh()).await.expect("tokens");
                two.clock.advance(Duration::from_secs(11));
                // The facts here are old by now; they are made new before the replay.
                two.settle(&issued).await;
                assert!(two.there.refresh(issued.refresh()).await.is_err());
            }
        }
        assert!(
            !two.there.is_good(issued.access()).await,
            "{case}: there at once"
        );
        two.clock.advance(BOUND);
        assert_refused(&two.here, case, issued.access().expose()).await;
        let (status, name) = me(&two.here, other.access().expose()).await;
        assert_eq!((status, name.as_str()), (200, "eve"), "{case}: another one");
    }
}

/// At every age of what is known here: never later than the bound.
#[actix_web::test]
async fn no_request_is_judged_by_facts_older_than_the_bound() {
    for age in (0..=1000).step_by(50) {
        let two = Two::new().await;
        let issued = two.sign_in().await;
        two.settle(&issued).await;
        two.clock.advance(Duration::from_millis(age));
        // A request may make them new beside itself.
        two.settle(&issued).await;
        let tokens = two.there.security.tokens();
        two.clock.advance(MOMENT);
        tokens.sign_out_everywhere("ada").await.expect("done");
        two.clock.advance(BOUND);
        assert!(
            !two.is_good_here(&issued).await,
            "revoked at the age of {age} ms"
        );
    }
}

/// Nobody asks for two hours, so that all that was known is forgotten by then.
#[actix_web::test]
async fn the_first_request_after_a_long_pause_knows() {
    let two = Two::new().await;
    let issued = two.sign_in().await;
    two.settle(&issued).await;
    two.clock.advance(Duration::from_secs(2 * 60 * 60));
    let fresh = two.sign_in().await;
    two.clock.advance(MOMENT);
    let tokens = two.there.security.tokens();
    tokens.sign_out_everywhere("ada").await.expect("done");
    two.clock.advance(BOUND);
    assert!(!two.is_good_here(&fresh).await);
}

/// An instance that has just started knows what was revoked before it was there.
#[actix_web::test]
async fn an_instance_that_starts_knows_at_its_first_request() {
    let before = Two::new().await;
    let issued = before.sign_in().await;
    before.clock.advance(Duration::from_secs(1));
    let tokens = before.there.security.tokens();
    tokens.sign_out_everywhere("ada").await.expect("done");
    before.clock.advance(Duration::from_secs(9 * 60));
    assert!(!before.is_good_here(&issued).await);
}

#[actix_web::test]
async fn a_fresh_instance_asks_nothing_and_then_one_thing() {
    let two = Two::new().await;
    let issued = two.sign_in().await;
    two.settle(&issued).await;
    two.store.asked();
    for _ in 0..100 {
        two.settle(&issued).await;
    }
    assert_eq!(two.store.asked(), [], "fresh");
    two.clock.advance(BOUND / 2 - MOMENT);
    two.settle(&issued).await;
    assert_eq!(two.store.asked(), [], "still fresh");
    for _ in 0..10 {
        two.clock.advance(BOUND / 2 + MOMENT);
        two.settle(&issued).await;
        assert_eq!(two.store.asked(), [(Operation::Get, 1)], "due");
        two.clock.advance(BOUND);
        two.settle(&issued).await;
        assert_eq!(two.store.asked(), [(Operation::Get, 1)], "stale");
    }
}

/// Whoever waits, waits for one answer.
#[actix_web::test]
async fn a_crowd_that_finds_old_facts_asks_once() {
    let two = Two::new().await;
    let issued = two.sign_in().await;
    two.settle(&issued).await;
    for (age, name) in [(BOUND, "stale"), (BOUND / 2, "due")] {
        two.clock.advance(age);
        two.store.asked();
        let crowd = (0..100).map(|_| two.is_good_here(&issued));
        assert!(join_all(crowd).await.into_iter().all(|good| good), "{name}");
        two.settle(&issued).await;
        let asked = two.store.asked();
        let [(Operation::Get, asked)] = asked[..] else {
            panic!("{name}: {asked:?}");
        };
        // The clock stands still, so that who comes second cannot know that it was asked just now.
        assert!(asked <= 100, "{name}: {asked}");
        if name == "due" {
            assert_eq!(asked, 1, "{name}");
        }
    }
}

#[actix_web::test]
async fn a_route_that_does_not_ask_who_calls_costs_nothing() {
    #[get("/open")]
    #[public]
    async fn open_route() -> impl Responder {
        "open"
    }
    let clock = TestClock::default();
    let store = SharedStore::new(&clock);
    let app = TestApp::with(
        |settings| settings.store(store.clone()),
        |routes| {
            routes.service(who).service(open_route);
        },
        |_| {},
    )
    .await;
    let token = app.token(&Grant::new("ada"));
    let authorization = format!("Bearer {token}");
    let open = app.get("/open").header("authorization", &authorization);
    assert_eq!(open.send().await.status(), 200);
    assert_eq!(app.get("/me").send().await.status(), 401);
    assert_eq!(store.asked(), [], "without a token there is nothing to ask");
    assert_accepted(&app, "with one", &token).await;
    assert_ne!(store.asked(), []);
}

/// The password is verified here while its owner signs out everywhere on another instance. Whatever
/// this instance knows by then, the sign-in comes to nothing.
#[actix_web::test]
async fn a_sign_in_that_is_under_way_here_is_ended_from_there() {
    for known_since in [Duration::ZERO, BOUND * 2] {
        let two = Two::new().await;
        let tokens = two.here.security().tokens();
        let issued = two.sign_in().await;
        two.settle(&issued).await;
        two.clock.advance(known_since);
        let before = secure_runtime::Clock::unix(&two.clock);
        two.clock.advance(MOMENT);
        let there = two.there.security.tokens();
        there.sign_out_everywhere("ada").await.expect("done");
        two.clock.advance(MOMENT);
        let grant = Grant::new("ada").with_signed_in_at(before);
        let refused = tokens
            .sign_in(&grant)
            .await
            .expect_err("signed out meanwhile");
        assert!(refused.is_signed_out(), "{refused}");
        assert_eq!(tokens.sign_ins("ada").await.expect("a list"), []);
    }
}

/// However the steps of the two fall together: afterwards there is no token that is good.
#[actix_web::test]
async fn a_sign_in_and_a_sign_out_everywhere_at_once_leave_nothing() {
    for lead in 0..12 {
        let two = Two::new().await;
        let settled = two.sign_in().await;
        two.settle(&settled).await;
        let before = secure_runtime::Clock::unix(&two.clock);
        two.clock.advance(MOMENT);
        let (tokens, there) = (two.here.security().tokens(), two.there.security.tokens());
        let sign_in = async {
            for _ in 0..lead {
                tokio::task::yield_now().await;
            }
            let grant = Grant::new("ada").with_signed_in_at(before);
            tokens.sign_in(&grant).await
        };
        let sign_out = async {
            for _ in 0..6 {
                tokio::task::yield_now().await;
            }
            there.sign_out_everywhere("ada").await.expect("done");
        };
        let (issued, ()) = futures_util::future::join(sign_in, sign_out).await;
        two.clock.advance(BOUND);
        assert_eq!(
            there.sign_ins("ada").await.expect("a list"),
            [],
            "lead {lead}"
        );
        if let Ok(issued) = issued {
            assert!(!two.is_good_here(&issued).await, "lead {lead}");
            let renew = async |_: &Family| Ok(Some(Grant::new("ada")));
            let refreshed = tokens.refresh(issued.refresh(), None, None, renew).await;
            assert!(refreshed.is_err(), "lead {lead}");
        }
    }
}

#[actix_web::test]
async fn the_bound_is_what_was_set() {
    let two = Two::with_bound(Duration::from_secs(60)).await;
    let issued = two.sign_in().await;
    two.settle(&issued).await;
    two.clock.advance(MOMENT);
    let tokens = two.there.security.tokens();
    tokens.revoke(issued.access().expose()).await.expect("done");
    two.clock.advance(Duration::from_secs(29));
    assert!(two.is_good_here(&issued).await, "not asked yet");
    two.clock.advance(Duration::from_secs(31));
    assert!(!two.is_good_here(&issued).await);
    let clock = TestClock::default();
    for (millis, is_taken) in [(99, false), (100, true), (60_000, true), (60_001, false)] {
        let settings = crate::support::settings(&clock);
        let built = settings
            .revocation_bound(Duration::from_millis(millis))
            .build();
        assert_eq!(built.is_ok(), is_taken, "{millis} ms");
    }
}
