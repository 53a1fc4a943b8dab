//! Signing in with a password: every wrong turn, and that none of them says more than another (A3, B2, B3,
//! B4, B8).

use std::{num::NonZeroUsize, time::Duration};

use actix_web::Responder;
use futures_util::{FutureExt as _, future::join_all};
use secure_runtime::{
    account::{AccountRecord, AccountRecords, HashChange},
    audit::{AuditEvent, AuditKind},
    oauth::ResourceOwners,
    password::{Argon2Params, PasswordHash, PasswordPolicy, Passwords, policy::PasswordContext},
    prelude::*,
    test::{TestApp, TestResponse, cheap_passwords},
    token::Grant,
};

use crate::support::{
    Account, CHALLENGE, Login, Operation, Owners, Question, Role, Scope, all, assert_accepted,
    assert_issued, password_login, problem, problem_with, seen,
};

#[get("/me")]
#[protected(roles = "user", scopes = "notes:read")]
async fn who(user: CurrentUser) -> impl Responder {
    user.subject().to_owned()
}

fn both(routes: &mut Routes) {
    routes.service(password_login).service(who);
}

fn denied() -> (u16, serde_json::Value) {
    let text = "The name or the password is wrong.";
    (401, problem_with(401, "Unauthorized", text))
}

/// All that the client sees but for the id of its request.
fn shape(response: &TestResponse) -> (u16, String, Vec<(String, String)>) {
    let headers = response.headers().iter();
    let headers = headers.filter(|(name, _)| name.as_str() != "x-request-id");
    let mut headers: Vec<_> = headers
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            (name.to_string(), value.into_owned())
        })
        .collect();
    headers.sort_unstable();
    (response.status(), response.text(), headers)
}

#[actix_web::test]
async fn the_right_password_gets_tokens() {
    let login = Login::mounting(|settings| settings, both).await;
    for name in ["ada", "ADA", "  Ada\t"] {
        let answer = login.try_with(name, "ada's password").await;
        let body = assert_issued(name, &answer);
        assert_eq!(body["scope"], "notes:read notes:write");
        let access = body["access_token"].as_str().expect("a text");
        assert_accepted(&login.app, name, access).await;
        assert_eq!(
            login.owners.questions(),
            [Question::ByIdentifier, Question::Renew]
        );
        let events = login.audit.events();
        let kinds: Vec<_> = events.iter().map(|event| event.kind).collect();
        assert_eq!(kinds, [AuditKind::TokenCreated, AuditKind::SignedIn]);
        assert!(events.iter().all(|event| {
            event.subject.as_deref() == Some("ada")
                && event.request_id.is_some()
                && event.address == Some([192, 0, 2, 1].into())
        }));
    }
    assert_eq!(login.hashes(), 3);
}

/// What somebody may do wrong.
struct Wrong {
    name: &'static str,
    identifier: String,
    password: String,
    change: fn(&Login),
}

fn wrongs() -> Vec<Wrong> {
    let nothing: fn(&Login) = |_| {};
    let wrong = |name, identifier: &str, password: &str, change| Wrong {
        name,
        identifier: identifier.to_owned(),
        password: password.to_owned(),
        change,
    };
    vec![
        wrong("unknown", "eve", "ada's password", nothing),
        wrong("wrong", "ada", "eve's password", nothing),
        wrong("empty", "ada", "", nothing),
        wrong("nobody", "", "ada's password", nothing),
        wrong("much too long", "ada", &"x".repeat(1025), nothing),
        wrong("a password of nothing", "ada", "\0", nothing),
        wrong("disabled", "ada", "ada's password", |login| {
            login
                .owners
                .change("ada", |account| account.disabled = true);
        }),
        wrong("disabled and wrong", "ada", "x", |login| {
            login
                .owners
                .change("ada", |account| account.disabled = true);
        }),
        wrong("no password", "ada", "ada's password", |login| {
            login.owners.change("ada", |account| account.hash = None);
        }),
        wrong("no password, empty", "ada", "", |login| {
            login.owners.change("ada", |account| account.hash = None);
        }),
        wrong("a long name", &"a".repeat(321), "ada's password", nothing),
        wrong("a longer name", &"ä".repeat(900), "ada's password", nothing),
        wrong("a NUL", "ada\0", "ada's password", nothing),
        // The accounts are asked for nobody in the place of what no name can be: it is not signed in.
        wrong("a NUL for nobody", "\0", "'s password", |login| {
            login.owners.set("", Grant::new("nobody"));
        }),
    ]
}

#[actix_web::test]
async fn whatever_is_wrong_answer_and_work_are_the_same() {
    let mut expected = None;
    for wrong in wrongs() {
        let login = Login::new().await;
        (wrong.change)(&login);
        let mut seen_here = Vec::new();
        // The second and the fifth do other things to the counters than the first.
        for _ in 0..5 {
            let before = login.hashes();
            let answer = login.try_with(&wrong.identifier, &wrong.password).await;
            assert_eq!(seen(&answer), denied(), "{}", wrong.name);
            assert_eq!(all(&answer, "www-authenticate"), [CHALLENGE]);
            assert_eq!(all(&answer, "set-cookie"), [""; 0]);
            seen_here.push((
                shape(&answer),
                login.owners.questions(),
                login.hashes() - before,
                login.store.asked(),
            ));
        }
        let first = &seen_here[0];
        assert_eq!(first.1, [Question::ByIdentifier], "{}", wrong.name);
        assert_eq!(first.2, 1, "{}", wrong.name);
        let reads_and_writes = [(Operation::Get, 2), (Operation::PutIfAbsent, 2)];
        assert_eq!(first.3, reads_and_writes, "{}", wrong.name);
        let expected = expected.get_or_insert_with(|| seen_here.clone());
        assert_eq!(&seen_here, expected, "{}", wrong.name);
    }
}

#[actix_web::test]
async fn failures_are_on_the_record_and_what_was_typed_is_not() {
    let login = Login::new().await;
    let subjects = |events: Vec<AuditEvent>| -> Vec<_> {
        let text = format!("{events:?}");
        assert!(!text.contains("s3cret"), "{text}");
        assert!(events.iter().all(|event| event.request_id.is_some()));
        events
            .into_iter()
            .map(|event| (event.kind, event.subject))
            .collect()
    };
    let failed = |subject: Option<&str>| (AuditKind::SignInFailed, subject.map(str::to_owned));
    login.try_with("ada", "s3cret").await;
    assert_eq!(subjects(login.audit.events()), [failed(Some("ada"))]);
    // People type their password into the wrong field.
    login.try_with("s3cret", "s3cret").await;
    assert_eq!(subjects(login.audit.events()), [failed(None)]);
    login
        .owners
        .change("ada", |account| account.disabled = true);
    login.right().await;
    assert_eq!(subjects(login.audit.events()), [failed(Some("ada"))]);
}

#[actix_web::test]
async fn an_account_that_was_disabled_signs_in_again_once_it_is_not() {
    let login = Login::mounting(|settings| settings, both).await;
    let body = assert_issued("before", &login.right().await);
    login
        .owners
        .change("ada", |account| account.disabled = true);
    assert_eq!(seen(&login.right().await), denied());
    // Its access token ends when the app signs it out, and not by itself.
    let access = body["access_token"].as_str().expect("a text");
    assert_accepted(&login.app, "until then", access).await;
    login
        .owners
        .change("ada", |account| account.disabled = false);
    assert_issued("after", &login.right().await);
}

/// An app that says only through `renew` that an account is disabled.
#[actix_web::test]
async fn an_account_that_may_have_nothing_gets_nothing() {
    let login = Login::new().await;
    let nothing = |account: &mut Account| account.granted_nothing = true;
    login.owners.change("ada", nothing);
    assert_eq!(seen(&login.right().await), denied());
    assert_eq!(login.audit.kinds(), [AuditKind::SignInFailed]);
    let sign_ins = login.app.security().tokens().sign_ins("ada").await;
    assert_eq!(sign_ins.expect("a list"), []);
}

#[actix_web::test]
async fn a_hash_that_is_out_of_date_is_replaced() {
    let login = Login::new().await;
    let set = |hash: &str| {
        let hash = PasswordHash::from_stored(hash);
        login
            .owners
            .change("ada", |account| account.hash = Some(hash));
    };
    let stored = || {
        let hash = login.owners.account("ada").hash.expect("a hash");
        hash.expose().to_owned()
    };
    set(BCRYPT);
    assert_eq!(seen(&login.wrong().await), denied());
    assert_eq!(stored(), BCRYPT);
    login.owners.questions();
    assert_issued("it is the one", &login.right().await);
    let new = stored();
    assert!(new.starts_with("$argon2id$"), "{new}");
    assert_eq!(
        login.owners.questions(),
        [
            Question::ByIdentifier,
            Question::ReplaceHash(HashChange::Rehash),
            Question::Renew
        ]
    );
    assert_issued("with the new one", &login.right().await);
    assert_eq!(stored(), new);
    assert_eq!(
        login.owners.questions(),
        [Question::ByIdentifier, Question::Renew]
    );
    // Where it cannot be stored the password is right all the same.
    set(BCRYPT);
    login
        .owners
        .fails_to(Question::ReplaceHash(HashChange::Rehash));
    assert_issued("not stored", &login.right().await);
    assert_eq!(stored(), BCRYPT);
    // Nor does an account that is disabled get a new one.
    login
        .owners
        .change("ada", |account| account.disabled = true);
    login.owners.questions();
    assert_eq!(seen(&login.right().await), denied());
    assert_eq!(login.owners.questions(), [Question::ByIdentifier]);
}

/// Of `ada's password`, with the cost 4.
const BCRYPT: &str = "$2b$04$sb8tA6Gi00Snr2p5cQZTa.D5VpzBgZ4QuQpJyjHjS8UldYYUFMHwG";

/// More often than anybody may fail.
const OFTEN: usize = 12;

#[actix_web::test]
async fn faults_of_the_server_cost_nobody_anything() {
    let login = Login::new().await;
    let fault = (500, problem(500, "Internal Server Error"));
    login.owners.is_down(true);
    for _ in 0..OFTEN {
        assert_eq!(seen(&login.right().await), fault);
        assert_eq!(seen(&login.wrong().await), fault);
    }
    login.owners.is_down(false);
    let hash = login.owners.account("ada").hash;
    let broken = PasswordHash::from_stored("$argon2id$v=19$m=8,t=1,p=1$broken");
    login
        .owners
        .change("ada", |account| account.hash = Some(broken));
    for _ in 0..OFTEN {
        assert_eq!(seen(&login.right().await), fault);
    }
    assert_eq!(login.audit.kinds(), [], "nobody has failed");
    login.owners.change("ada", |account| account.hash = hash);
    assert_issued("nothing was charged", &login.right().await);
    for _ in 0..5 {
        assert_eq!(seen(&login.wrong().await), denied());
    }
    assert_eq!(login.wrong().await.status(), 429, "and now it was");
}

#[actix_web::test]
async fn who_finds_the_queue_full_comes_back_and_is_charged_nothing() {
    // One that takes its time, and nobody waits for it.
    let params = Argon2Params::default();
    let passwords = Passwords::builder(params)
        .at_once(NonZeroUsize::MIN)
        .queue(0);
    let passwords = passwords.build();
    let text = Secret::new("tangerine lighthouse umbrella".to_owned());
    let new = PasswordPolicy::default().check(text, &PasswordContext::new());
    let hash = passwords.hash(&new.expect("a good one")).await;
    let hash = hash.expect("a hash");
    let owners = Owners::with_ada();
    owners.change("ada", |account| account.hash = Some(hash));
    let login = Login::with(|settings| settings.accounts(owners, passwords.clone())).await;
    let right = || login.try_with("ada", "tangerine lighthouse umbrella");
    for _ in 0..3 {
        let answers = join_all((0..5).map(|_| right())).await;
        let signed_in = answers.iter().filter(|answer| answer.status() == 200);
        assert!((1..5).contains(&signed_in.count()));
        for answer in answers.iter().filter(|answer| answer.status() != 200) {
            assert_eq!(seen(answer), (503, problem(503, "Service Unavailable")));
            assert_eq!(all(answer, "retry-after"), ["1"]);
        }
    }
    assert_eq!(right().await.status(), 200);
}

/// A store that fails where the tokens are to be written.
#[actix_web::test]
async fn tokens_that_cannot_be_made_cost_nobody_anything() {
    let login = Login::new().await;
    for _ in 0..OFTEN {
        login.store.fails_to(&[Operation::List]);
        let answer = login.right().await;
        assert_eq!(seen(&answer), (503, problem(503, "Service Unavailable")));
        login.store.works();
        // A store that failed is left alone for a moment.
        login.clock.advance(Duration::from_secs(1));
    }
    assert_eq!(login.audit.kinds(), []);
    assert_issued("nothing was charged", &login.right().await);
}

/// Who breaks the connection off hears nothing, and has failed.
#[actix_web::test]
async fn an_attempt_that_is_broken_off_has_failed() {
    let login = Login::new().await;
    for _ in 0..5 {
        let mut attempt = Box::pin(login.right());
        while login.owners.questions().is_empty() {
            assert!(attempt.as_mut().now_or_never().is_none());
        }
        drop(attempt);
        let events = login.audit.events();
        assert_eq!(events[0].kind, AuditKind::SignInFailed);
        assert_eq!(events[0].subject.as_deref(), Some("ada"));
        assert!(events[0].request_id.is_some());
    }
    assert_eq!(login.right().await.status(), 429);
}

/// Accounts that mix up whose they are.
struct Confused(Owners);

impl ResourceOwners for Confused {
    async fn renew(&self, _: &str) -> Result<Option<Grant>, Problem> {
        Ok(Some(Grant::new("eve")))
    }
}

impl AccountRecords for Confused {
    async fn by_identifier(&self, identifier: &str) -> Result<Option<AccountRecord>, Problem> {
        self.0.by_identifier(identifier).await
    }

    async fn by_subject(&self, subject: &str) -> Result<Option<AccountRecord>, Problem> {
        self.0.by_subject(subject).await
    }

    async fn replace_hash(
        &self,
        subject: &str,
        old: Option<&PasswordHash>,
        new: &PasswordHash,
        why: HashChange,
    ) -> Result<bool, Problem> {
        self.0.replace_hash(subject, old, new, why).await
    }
}

#[actix_web::test]
async fn a_grant_for_somebody_else_is_a_fault() {
    let owners = Confused(Owners::with_ada());
    let login = Login::with(|settings| settings.accounts(owners, cheap_passwords())).await;
    let answer = login.right().await;
    assert_eq!(seen(&answer), (500, problem(500, "Internal Server Error")));
    let sign_ins = login.app.security().tokens().sign_ins("eve").await;
    assert_eq!(sign_ins.expect("a list"), []);
}

#[actix_web::test]
async fn without_accounts_nothing_starts() {
    let launched = TestApp::try_with(
        |settings| settings,
        |routes| {
            routes.service(password_login);
        },
        |_| {},
    );
    let error = launched.await.expect_err("a finding").to_string();
    for part in ["`password_login` at /login", "`.accounts(…)`"] {
        assert!(error.contains(part), "{part}\nin\n{error}");
    }
}
