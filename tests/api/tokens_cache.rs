//! Tokens that are remembered (A12): whatever happens, the answers are those of an app that remembers
//! nothing.

use std::time::Duration;

use actix_web::Responder;
use proptest::{prelude::*, sample::Index};
use secure_runtime::{
    Principal,
    prelude::*,
    test::{TestApp, TestClock},
    token::{Grant, Hs256Key, KeyRing, Token},
};

use crate::support::{Role, assert_accepted, assert_refused, me, settings};

const SUBJECTS: [&str; 3] = ["ada", "eve", "mallory"];

#[get("/me")]
#[protected]
async fn who(user: CurrentUser) -> impl Responder {
    user.subject().to_owned()
}

#[get("/admin")]
#[protected(roles = "admin")]
async fn admin(user: CurrentUser) -> impl Responder {
    assert!(user.has_role(&Role::Editor));
    "admin"
}

/// What happens to both apps alike.
#[derive(Debug, Clone)]
enum Step {
    /// A token, of a sign-in or alone.
    Issue {
        subject: usize,
        alone: bool,
    },
    /// Who is it?
    Ask(Index),
    /// Who is it, with a letter of another one? The signature's end is that of the good one.
    AskChanged(Index, Index),
    Revoke(Index),
    SignOut(Index),
    SignOutEverywhere(usize),
    /// One of the keys signs, and those of a set verify.
    Keys {
        current: usize,
        previous: [bool; 3],
    },
    Wait(Duration),
    /// Up to the end of a token, and a bit less or more.
    WaitForEnd(Index, i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let which = any::<Index>;
    let step = prop_oneof![
        4 => (0..SUBJECTS.len(), any::<bool>())
            .prop_map(|(subject, alone)| Step::Issue { subject, alone }),
        12 => which().prop_map(Step::Ask),
        1 => (which(), which()).prop_map(|(token, letter)| Step::AskChanged(token, letter)),
        1 => which().prop_map(Step::Revoke),
        1 => which().prop_map(Step::SignOut),
        1 => (0..SUBJECTS.len()).prop_map(Step::SignOutEverywhere),
        2 => (0..3_usize, any::<[bool; 3]>())
            .prop_map(|(current, previous)| Step::Keys { current, previous }),
        3 => (0..2500_u64).prop_map(|millis| Step::Wait(Duration::from_millis(millis))),
        2 => (which(), -2..3_i64).prop_map(|(token, millis)| Step::WaitForEnd(token, millis)),
    ];
    prop::collection::vec(step, 1..80)
}

/// An app that remembers tokens, and one that does not; else they are the same.
struct Both {
    apps: [TestApp; 2],
    clock: TestClock,
    keys: [Hs256Key; 3],
    issued: Vec<(String, Principal)>,
    /// How often somebody was known, and how often not.
    answers: [usize; 2],
}

impl Both {
    async fn new(remembered: usize) -> Self {
        let clock = TestClock::default();
        let keys = [(); 3].map(|()| Hs256Key::random());
        let app = async |remembered| {
            TestApp::with(
                |settings| {
                    let settings = settings.signing_key(keys[0].clone()).clock(clock.clone());
                    let settings = settings.access_token_lifetime(Duration::from_secs(5));
                    let settings = settings.leeway(Duration::from_secs(1));
                    settings.remembered_tokens(remembered)
                },
                |routes| {
                    routes.service(who);
                },
                |_| {},
            )
            .await
        };
        Self {
            apps: [app(remembered).await, app(0).await],
            clock,
            keys,
            issued: Vec::new(),
            answers: [0; 2],
        }
    }

    async fn take(&mut self, step: &Step) {
        let last = self.issued.len();
        let of = |index: &Index| (last > 0).then(|| index.index(last));
        match step {
            Step::Issue { subject, alone } => self.issue(SUBJECTS[*subject], *alone).await,
            Step::Ask(index) => {
                if let Some(at) = of(index) {
                    let token = self.issued[at].0.clone();
                    self.compare(&token).await;
                }
            }
            Step::AskChanged(index, letter) => {
                if let Some(at) = of(index) {
                    let mut changed = self.issued[at].0.clone().into_bytes();
                    // Before the end by which it is found.
                    let letter = letter.index(changed.len() - 40);
                    changed[letter] ^= 1;
                    let changed = String::from_utf8(changed).expect("ASCII");
                    self.compare(&changed).await;
                }
            }
            Step::Revoke(index) => {
                if let Some(at) = of(index) {
                    for app in &self.apps {
                        let tokens = app.security().tokens();
                        tokens.revoke(&self.issued[at].0).await.expect("done");
                    }
                }
            }
            Step::SignOut(index) => {
                if let Some(at) = of(index) {
                    for app in &self.apps {
                        let tokens = app.security().tokens();
                        tokens.sign_out(&self.issued[at].1).await.expect("done");
                    }
                }
            }
            Step::SignOutEverywhere(subject) => {
                for app in &self.apps {
                    let tokens = app.security().tokens();
                    tokens
                        .sign_out_everywhere(SUBJECTS[*subject])
                        .await
                        .expect("done");
                }
            }
            Step::Keys { current, previous } => self.rotate(*current, *previous),
            Step::Wait(time) => self.clock.advance(*time),
            Step::WaitForEnd(index, millis) => {
                if let Some(at) = of(index) {
                    let end = self.issued[at].1.expires_at() + Duration::from_secs(1);
                    let now = secure_runtime::Clock::unix(&self.clock);
                    let wait = end.as_millis() as i64 + millis - now.as_millis() as i64;
                    let wait = u64::try_from(wait).unwrap_or_default();
                    self.clock.advance(Duration::from_millis(wait));
                }
            }
        }
    }

    async fn issue(&mut self, subject: &str, alone: bool) {
        let tokens = self.apps[0].security().tokens();
        let grant = Grant::new(subject);
        let token = match alone {
            true => tokens.access().issue(&grant),
            false => tokens
                .sign_in(&grant)
                .await
                .map(|issued| issued.access().clone()),
        };
        // Nobody gets one in the millisecond of a sign-out.
        if let Ok(token) = token {
            let principal = tokens.access().verify(&token).await.expect("just issued");
            self.issued.push((token.expose().to_owned(), principal));
        }
    }

    fn rotate(&self, current: usize, previous: [bool; 3]) {
        let mut ring = KeyRing::new(self.keys[current].clone());
        for (at, key) in self.keys.iter().enumerate() {
            if previous[at] && at != current {
                ring = ring.with_previous(key.clone()).expect("another key");
            }
        }
        for app in &self.apps {
            let tokens = app.security().tokens();
            tokens
                .rotate_keys(ring.clone())
                .expect("nobody else verifies these");
        }
    }

    async fn compare(&mut self, token: &str) {
        let remembers = me(&self.apps[0], token).await;
        let forgets = me(&self.apps[1], token).await;
        assert_eq!(remembers, forgets);
        let access = self.apps[0].security().access_tokens();
        let verified = access.verify(&Token::from_untrusted(token)).await;
        assert_eq!(verified.is_ok(), remembers.0 == 200);
        if let Ok(principal) = verified {
            assert_eq!(principal.subject(), remembers.1);
        }
        self.answers[usize::from(remembers.0 == 200)] += 1;
    }
}

#[test]
fn the_answers_are_those_of_an_app_that_remembers_nothing() {
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let answers = std::cell::Cell::new([0, 0]);
    let strategy = (prop_oneof![1..4_usize, 30..200_usize], steps());
    let outcome = runner.run(&strategy, |(remembered, steps)| {
        let seen = actix_web::rt::System::new().block_on(async {
            let mut both = Both::new(remembered).await;
            for step in &steps {
                both.take(step).await;
            }
            // Each of them once more.
            for at in 0..both.issued.len() {
                let token = both.issued[at].0.clone();
                both.compare(&token).await;
            }
            both.answers
        });
        let [refused, accepted] = answers.get();
        answers.set([refused + seen[0], accepted + seen[1]]);
        Ok(())
    });
    outcome.expect("the same answers");
    let [refused, accepted] = answers.get();
    assert!(refused > 500 && accepted > 500, "{refused}, {accepted}");
}

#[actix_web::test]
async fn a_token_that_ends_like_a_remembered_one_is_not_taken_for_it() {
    let app = Both::new(1000).await.apps[0].clone();
    let [ada, eve] = ["ada", "eve"].map(|name| app.token(&Grant::new(name)));
    for _ in 0..2 {
        assert_accepted(&app, "it", &ada).await;
    }
    let (message, _) = eve.rsplit_once('.').expect("three parts");
    let (_, signature) = ada.rsplit_once('.').expect("three parts");
    for _ in 0..2 {
        assert_refused(
            &app,
            "eve's, signed for ada",
            &format!("{message}.{signature}"),
        )
        .await;
    }
    for start in 1..ada.len() - 32 {
        let end = &ada[start..];
        assert_eq!(me(&app, end).await.0, 401, "its last {} letters", end.len());
    }
    assert_accepted(&app, "it, still", &ada).await;
}

/// What it was verified with were no words: there were no routes.
#[actix_web::test]
async fn a_token_that_was_verified_before_the_routes_has_its_roles() {
    use actix_web::test::{TestRequest, call_service, init_service};

    let security = settings(&TestClock::default()).build().expect("settings");
    let grant = Grant::new("ada").with_roles(["admin"]);
    let tokens = security.access_tokens();
    let token = tokens.issue(&grant).expect("a token");
    for _ in 0..3 {
        let principal = tokens.verify(&token).await.expect("a principal");
        assert!(principal.has_role(&Role::Admin));
    }
    let routes = security.routes(|routes| {
        routes.service(admin);
    });
    let app = actix_web::App::new()
        .configure(routes.expect("routes").mount())
        .wrap(security.middleware());
    let app = init_service(app).await;
    for _ in 0..3 {
        let bearer = format!("Bearer {}", token.expose());
        let request = TestRequest::get().uri("/admin");
        let request = request.insert_header(("authorization", bearer));
        assert_eq!(call_service(&app, request.to_request()).await.status(), 200);
        let principal = tokens.verify(&token).await.expect("a principal");
        assert!(principal.has_role(&Role::Admin));
    }
}
