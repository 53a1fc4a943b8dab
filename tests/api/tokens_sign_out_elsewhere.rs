//! A changed password: every other sign-in ends, the caller's own goes on (A8).

use std::time::Duration;

use actix_rt::System;
use futures_util::future::join;
use proptest::prelude::*;
use secure_runtime::{
    Clock as _, Principal,
    audit::AuditKind,
    test::TestClock,
    token::{Access, Family, Grant, Hs256Key, IssuedTokens, RefreshError, Token},
};

use crate::support::{Operation, SharedStore, SignIns};

const MOMENT: Duration = Duration::from_millis(1);
const BOUND: Duration = Duration::from_secs(1);

/// Several instances of an app on one store.
struct Instances {
    store: SharedStore,
    clock: TestClock,
    key: Hs256Key,
}

impl Instances {
    fn new() -> Self {
        let clock = TestClock::default();
        Self {
            store: SharedStore::new(&clock),
            key: Hs256Key::random(),
            clock,
        }
    }

    fn start(&self) -> SignIns {
        SignIns::with(|settings| {
            let settings = settings.signing_key(self.key.clone());
            settings.store(self.store.clone()).clock(self.clock.clone())
        })
    }
}

async fn caller(app: &SignIns, issued: &IssuedTokens) -> Principal {
    let caller = app.security.access_tokens().verify(issued.access()).await;
    caller.expect("a caller")
}

/// The caller is whoever holds the tokens, at this moment.
async fn sign_out_elsewhere(app: &SignIns, issued: &IssuedTokens) {
    let caller = caller(app, issued).await;
    let done = app.security.tokens().sign_out_elsewhere(&caller).await;
    done.expect("done");
}

async fn assert_ended(app: &SignIns, name: &str, issued: &IssuedTokens) {
    assert!(!app.is_good(issued.access()).await, "{name}: access");
    let refused = app.refresh(issued.refresh()).await;
    assert!(
        matches!(refused, Err(RefreshError::Invalid)),
        "{name}: {refused:?}"
    );
}

/// The access token is good, and so is what the refresh token gives.
async fn assert_lives(app: &SignIns, name: &str, issued: &IssuedTokens) -> IssuedTokens {
    assert!(app.is_good(issued.access()).await, "{name}: access");
    let refreshed = app.refresh(issued.refresh()).await;
    let refreshed = refreshed.unwrap_or_else(|error| panic!("{name}: {error:?}"));
    assert!(app.is_good(refreshed.access()).await, "{name}: refreshed");
    refreshed
}

async fn sign_ins(app: &SignIns, subject: &str) -> Vec<String> {
    let families = app.security.tokens().sign_ins(subject).await;
    let families = families.expect("a list").into_iter();
    families.map(|family| family.id).collect()
}

#[actix_web::test]
async fn the_callers_own_goes_on_and_all_others_end_at_once() {
    let app = SignIns::new();
    let own = app.sign_in("ada").await;
    let others = [app.sign_in("ada").await, app.sign_in("ada").await];
    let refreshed = app.refresh(others[1].refresh()).await.expect("tokens");
    let alone = app.security.access_tokens().issue(&Grant::new("ada"));
    let alone = alone.expect("a token");
    let eve = app.sign_in("eve").await;
    app.pass(MOMENT);
    let family = caller(&app, &own).await.family().map(str::to_owned);
    app.audit.events();
    sign_out_elsewhere(&app, &own).await;
    let [event] = &app.audit.events()[..] else {
        panic!("one event")
    };
    assert_eq!(
        (event.kind, event.subject.as_deref()),
        (AuditKind::SignedOutElsewhere, Some("ada"))
    );
    assert_eq!(event.kind.name(), "authn_token_revoked_all");

    for (name, issued) in [("1", &others[0]), ("2", &others[1]), ("3", &refreshed)] {
        assert_ended(&app, name, issued).await;
    }
    assert!(!app.is_good(&alone).await, "a token of no sign-in");
    assert_eq!(sign_ins(&app, "ada").await, Vec::from_iter(family));
    let _ = assert_lives(&app, "somebody else", &eve).await;

    let mut last = assert_lives(&app, "the caller", &own).await;
    for _ in 0..3 {
        app.pass(Duration::from_secs(60));
        last = assert_lives(&app, "the caller, later", &last).await;
    }
    let _ = assert_lives(&app, "afterwards", &app.sign_in("ada").await).await;
}

/// Nothing may be known any more of what was refused then.
#[actix_web::test]
async fn it_lasts() {
    let app = SignIns::new();
    let (mut own, other) = (app.sign_in("ada").await, app.sign_in("ada").await);
    app.pass(MOMENT);
    sign_out_elsewhere(&app, &own).await;
    for _ in 0..10 {
        app.pass(Duration::from_secs(20 * 60));
        own = app.refresh(own.refresh()).await.expect("the caller's own");
        assert!(app.is_good(own.access()).await);
        assert_ended(&app, "the other", &other).await;
    }
}

#[actix_web::test]
async fn a_sign_in_that_is_under_way_gets_no_token() {
    let app = SignIns::new();
    let own = app.sign_in("ada").await;
    app.pass(MOMENT);
    let before = app.clock.unix();
    app.pass(Duration::from_millis(200));
    sign_out_elsewhere(&app, &own).await;
    app.pass(Duration::from_millis(300));
    let grant = Grant::new("ada").with_signed_in_at(before);
    let tokens = app.security.tokens();
    let refused = tokens.sign_in(&grant).await.expect_err("the old password");
    assert!(refused.is_signed_out(), "{refused}");
    let refused = tokens.access().issue(&grant).expect_err("nor one alone");
    assert!(refused.is_signed_out(), "{refused}");
    assert_eq!(sign_ins(&app, "ada").await.len(), 1);
    let _ = assert_lives(&app, "the caller", &own).await;
}

/// Of two things in one millisecond nobody knows which came first; only the caller's own is known to be meant
/// to stay.
#[actix_web::test]
async fn what_is_issued_in_the_same_millisecond_is_refused() {
    let app = SignIns::new();
    let own = app.sign_in("ada").await;
    sign_out_elsewhere(&app, &own).await;
    let refused = app.security.tokens().sign_in(&Grant::new("ada")).await;
    assert!(refused.expect_err("the same moment").is_signed_out());
    let _ = assert_lives(&app, "the caller", &own).await;
    app.pass(MOMENT);
    let _ = assert_lives(&app, "the next one", &app.sign_in("ada").await).await;
}

#[actix_web::test]
async fn a_caller_without_a_sign_in_ends_everything() {
    let app = SignIns::new();
    let issued = app.sign_in("ada").await;
    let alone = app.security.access_tokens().issue(&Grant::new("ada"));
    let alone: Token<Access> = alone.expect("a token");
    app.pass(MOMENT);
    let caller = app.security.access_tokens().verify(&alone).await;
    let caller = caller.expect("a caller");
    assert_eq!(caller.family(), None);
    app.audit.events();
    let tokens = app.security.tokens();
    tokens.sign_out_elsewhere(&caller).await.expect("done");
    assert_eq!(app.audit.kinds(), [AuditKind::SignedOutEverywhere]);
    assert!(!app.is_good(&alone).await, "its own");
    assert_ended(&app, "a sign-in", &issued).await;
}

#[actix_web::test]
async fn whoever_is_left_can_be_signed_out() {
    for case in ["everywhere", "elsewhere", "sign out", "twice"] {
        let app = SignIns::new();
        let own = app.sign_in("ada").await;
        app.pass(MOMENT);
        sign_out_elsewhere(&app, &own).await;
        app.pass(MOMENT);
        let later = app.sign_in("ada").await;
        app.pass(MOMENT);
        let tokens = app.security.tokens();
        match case {
            "everywhere" => tokens.sign_out_everywhere("ada").await.expect("done"),
            "elsewhere" => sign_out_elsewhere(&app, &later).await,
            "sign out" => {
                let caller = caller(&app, &own).await;
                tokens.sign_out(&caller).await.expect("done");
            }
            _ => {
                sign_out_elsewhere(&app, &own).await;
                assert_ended(&app, case, &later).await;
                let _ = assert_lives(&app, case, &own).await;
                continue;
            }
        }
        assert_ended(&app, case, &own).await;
        match case {
            "everywhere" => assert_ended(&app, case, &later).await,
            _ => drop(assert_lives(&app, case, &later).await),
        }
    }
}

/// Somebody still holds the caller that was verified before all was ended.
#[actix_web::test]
async fn an_ended_sign_in_comes_back_by_nothing() {
    for ended_by in ["everywhere", "sign out", "elsewhere"] {
        let app = SignIns::new();
        let (own, other) = (app.sign_in("ada").await, app.sign_in("ada").await);
        app.pass(MOMENT);
        let stale = caller(&app, &own).await;
        let tokens = app.security.tokens();
        match ended_by {
            "everywhere" => tokens.sign_out_everywhere("ada").await.expect("done"),
            "sign out" => tokens.sign_out(&stale).await.expect("done"),
            _ => sign_out_elsewhere(&app, &other).await,
        }
        for _ in 0..2 {
            tokens.sign_out_elsewhere(&stale).await.expect("done");
            assert_ended(&app, ended_by, &own).await;
            assert_ended(&app, ended_by, &other).await;
            app.pass(MOMENT);
        }
    }
}

#[actix_web::test]
async fn another_instance_knows_within_the_bound() {
    let instances = Instances::new();
    let (here, there) = (instances.start(), instances.start());
    let (own, other) = (here.sign_in("ada").await, here.sign_in("ada").await);
    for issued in [&own, &other] {
        assert!(there.is_good(issued.access()).await);
    }
    instances.clock.advance(MOMENT);
    sign_out_elsewhere(&here, &own).await;
    assert_ended(&here, "here", &other).await;
    instances.clock.advance(BOUND);
    assert!(!there.is_good(other.access()).await, "there");
    assert_ended(&there, "there", &other).await;
    let own = assert_lives(&there, "the caller, there", &own).await;
    let _ = assert_lives(&here, "the caller, here", &own).await;
}

#[actix_web::test]
async fn an_instance_that_starts_knows_it() {
    let instances = Instances::new();
    let before = instances.start();
    let (own, other) = (before.sign_in("ada").await, before.sign_in("ada").await);
    let alone = before.security.access_tokens().issue(&Grant::new("ada"));
    let alone = alone.expect("a token");
    instances.clock.advance(MOMENT);
    sign_out_elsewhere(&before, &own).await;
    drop(before);
    instances.clock.advance(Duration::from_secs(60));
    let after = instances.start();
    // The access tokens come first, before anything has been asked here.
    assert!(!after.is_good(&alone).await);
    assert_ended(&after, "the other", &other).await;
    let _ = assert_lives(&after, "the caller", &own).await;
}

/// The old password is verified here while there it is changed.
#[actix_web::test]
async fn a_sign_in_at_once_leaves_nothing() {
    for lead in 0..14 {
        let instances = Instances::new();
        let (here, there) = (instances.start(), instances.start());
        let own = there.sign_in("ada").await;
        let own_caller = caller(&there, &own).await;
        // What there is to know is known here, so that only what is new is asked for.
        assert!(here.is_good(own.access()).await);
        let before = instances.clock.unix();
        instances.clock.advance(MOMENT);
        let sign_in = async {
            for _ in 0..lead {
                tokio::task::yield_now().await;
            }
            let grant = Grant::new("ada").with_signed_in_at(before);
            here.security.tokens().sign_in(&grant).await
        };
        let change = async {
            for _ in 0..6 {
                tokio::task::yield_now().await;
            }
            let tokens = there.security.tokens();
            tokens.sign_out_elsewhere(&own_caller).await.expect("done");
        };
        let (issued, ()) = join(sign_in, change).await;
        instances.clock.advance(BOUND);
        let left = sign_ins(&there, "ada").await;
        assert_eq!(left, Vec::from_iter(own_caller.family().map(str::to_owned)));
        if let Ok(issued) = issued {
            assert_ended(&here, &format!("lead {lead}"), &issued).await;
        }
        let _ = assert_lives(&here, &format!("lead {lead}"), &own).await;
    }
}

/// Two who change it at once end each other, or one is left: never two.
#[actix_web::test]
async fn two_at_once_do_not_leave_each_other_in() {
    for lead in 0..10 {
        let instances = Instances::new();
        let (here, there) = (instances.start(), instances.start());
        let (one, two) = (here.sign_in("ada").await, there.sign_in("ada").await);
        let callers = (caller(&here, &one).await, caller(&there, &two).await);
        instances.clock.advance(MOMENT);
        let first = here.security.tokens().sign_out_elsewhere(&callers.0);
        let second = async {
            for _ in 0..lead {
                tokio::task::yield_now().await;
            }
            let tokens = there.security.tokens();
            tokens.sign_out_elsewhere(&callers.1).await
        };
        let (first, second) = join(first, second).await;
        first.and(second).expect("done");
        instances.clock.advance(BOUND);
        let mut left = 0;
        for issued in [&one, &two] {
            let is_good = [
                here.is_good(issued.access()).await,
                there.is_good(issued.access()).await,
            ];
            assert_eq!(is_good[0], is_good[1], "lead {lead}: they agree");
            let refreshed = here.refresh(issued.refresh()).await;
            assert_eq!(refreshed.is_ok(), is_good[0], "lead {lead}: refresh");
            left += usize::from(is_good[0]);
        }
        assert!(left <= 1, "lead {lead}: {left} are left");
    }
}

#[actix_web::test]
async fn a_store_that_fails_is_told_and_it_can_be_done_again() {
    for fails_to in [Operation::List, Operation::Swap, Operation::Put] {
        let instances = Instances::new();
        let app = instances.start();
        let (own, other) = (app.sign_in("ada").await, app.sign_in("ada").await);
        instances.clock.advance(MOMENT);
        let caller = caller(&app, &own).await;
        app.audit.events();
        instances.store.fails_to(&[fails_to]);
        let tokens = app.security.tokens();
        let failed = tokens.sign_out_elsewhere(&caller).await;
        assert!(failed.is_err(), "{fails_to:?}");
        assert_eq!(app.audit.kinds(), [], "{fails_to:?}");
        instances.store.works();
        assert!(app.is_good(own.access()).await, "{fails_to:?}");
        tokens.sign_out_elsewhere(&caller).await.expect("done");
        assert_eq!(app.audit.kinds(), [AuditKind::SignedOutElsewhere]);
        assert_ended(&app, "the other", &other).await;
        let _ = assert_lives(&app, "the caller", &own).await;
    }
}

#[derive(Debug, Clone)]
enum Step {
    SignIn,
    /// By the number of the sign-in.
    Refresh(usize),
    Elsewhere(usize),
    SignOut(usize),
    Everywhere,
    Pass(u16),
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::SignIn),
        2 => (0..6_usize).prop_map(Step::Refresh),
        3 => (0..6_usize).prop_map(Step::Elsewhere),
        1 => (0..6_usize).prop_map(Step::SignOut),
        1 => Just(Step::Everywhere),
        1 => (1..3000_u16).prop_map(Step::Pass),
    ]
}

/// A sign-in, and whether it should still be good for anything.
struct Tracked {
    issued: IssuedTokens,
    caller: Principal,
    lives: bool,
}

/// Takes the steps, each on one of two instances, and compares with what should be left of each sign-in.
/// `skew` is by how much the clock of the second one is ahead, which is right about what must have ended.
async fn follow(steps: Vec<(Step, bool)>, skew: Duration) {
    let instances = Instances::new();
    let here = instances.start();
    let ahead = TestClock::default();
    ahead.advance(skew);
    let there = SignIns::with(|settings| {
        let settings = settings.signing_key(instances.key.clone());
        settings.store(instances.store.clone()).clock(ahead.clone())
    });
    let pass = |time| {
        instances.clock.advance(time);
        ahead.advance(time);
    };
    let mut all: Vec<Tracked> = Vec::new();
    for (step, is_here) in steps {
        let app = if is_here { &here } else { &there };
        let tokens = app.security.tokens();
        match step {
            Step::SignIn => {
                // Where the clocks are apart it may be refused for a while after the last sign-out.
                let Ok(issued) = tokens.sign_in(&Grant::new("ada")).await else {
                    assert!(!skew.is_zero());
                    continue;
                };
                let Ok(caller) = tokens.access().verify(issued.access()).await else {
                    assert!(!skew.is_zero());
                    continue;
                };
                all.push(Tracked {
                    issued,
                    caller,
                    lives: true,
                });
            }
            Step::Refresh(number) => {
                if let Some(tracked) = all.get_mut(number) {
                    match app.refresh(tracked.issued.refresh()).await {
                        Ok(issued) => {
                            assert!(tracked.lives, "it came back");
                            tracked.issued = issued;
                        }
                        Err(error) => {
                            assert!(!tracked.lives || !skew.is_zero(), "{error:?}");
                        }
                    }
                }
            }
            // Its holder may be one who was verified before it ended.
            Step::Elsewhere(number) => {
                if let Some(tracked) = all.get(number) {
                    let done = tokens.sign_out_elsewhere(&tracked.caller).await;
                    done.expect("done");
                    for (other, tracked) in all.iter_mut().enumerate() {
                        tracked.lives &= other == number;
                    }
                }
            }
            Step::SignOut(number) => {
                if let Some(tracked) = all.get_mut(number) {
                    tokens.sign_out(&tracked.caller).await.expect("done");
                    tracked.lives = false;
                }
            }
            Step::Everywhere => {
                tokens.sign_out_everywhere("ada").await.expect("done");
                all.iter_mut().for_each(|tracked| tracked.lives = false);
            }
            Step::Pass(time) => pass(Duration::from_millis(time.into())),
        }
        pass(BOUND);
        for (number, tracked) in all.iter().enumerate() {
            for app in [&here, &there] {
                let is_good = app.is_good(tracked.issued.access()).await;
                assert!(tracked.lives || !is_good, "{number} came back");
                assert!(!tracked.lives || is_good || !skew.is_zero(), "{number}");
            }
        }
    }
    let renew = async |_: &Family| Ok(Some(Grant::new("ada")));
    for (number, tracked) in all.iter().enumerate() {
        let tokens = here.security.tokens();
        let refresh = tracked.issued.refresh();
        let is_good = tokens.refresh(refresh, None, None, renew).await.is_ok();
        assert!(tracked.lives || !is_good, "{number} came back");
        assert!(!tracked.lives || is_good || !skew.is_zero(), "{number}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn two_instances_agree_with_the_model(
        steps in prop::collection::vec((any_step(), any::<bool>()), 1..14),
    ) {
        System::new().block_on(follow(steps, Duration::ZERO));
    }

    /// Whatever the clocks say, nothing comes back.
    #[test]
    fn clocks_that_are_apart_bring_nothing_back(
        steps in prop::collection::vec((any_step(), any::<bool>()), 1..14),
        skew in 1..30_000_u64,
    ) {
        System::new().block_on(follow(steps, Duration::from_millis(skew)));
    }
}
