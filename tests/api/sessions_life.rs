//! How long sessions last (G2), and what an app has to say about them.

use std::time::Duration;

use secure_runtime::{
    Security, SettingsError,
    account::SessionSignIn,
    policy::Policy,
    prelude::*,
    session::SessionSettings,
    test::{TestApp, cheap_passwords},
    token::Hs256Key,
};

use crate::support::{Browsers, Complete, Operation, Owners, all};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const MOMENT: Duration = Duration::from_millis(1);
const REMOVED: &str = "__Host-session=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax";

#[actix_web::test]
async fn it_ends_half_an_hour_after_its_last_use() {
    let browsers = Browsers::new().await;
    let session = browsers.sign_in("ada").await;
    browsers.pass(30 * MINUTE - MOMENT);
    assert_eq!(browsers.status(&session).await, 200);
    browsers.pass(30 * MINUTE - MOMENT);
    assert_eq!(
        browsers.status(&session).await,
        200,
        "it was used meanwhile"
    );
    browsers.pass(30 * MINUTE);
    let answer = browsers.get(&session, "/me").await;
    assert_eq!(answer.status(), 401);
    assert_eq!(all(&answer, "set-cookie"), [REMOVED]);
    assert!(browsers.list("ada").await.is_empty());
}

#[actix_web::test]
async fn it_ends_after_twelve_hours_however_much_it_is_used() {
    let browsers = Browsers::new().await;
    let session = browsers.sign_in("ada").await;
    for _ in 0..12 * 60 - 1 {
        browsers.pass(MINUTE);
        assert_eq!(browsers.status(&session).await, 200);
    }
    browsers.pass(MINUTE - MOMENT);
    assert_eq!(browsers.status(&session).await, 200);
    browsers.pass(MOMENT);
    assert_eq!(browsers.status(&session).await, 401);
}

/// What is remembered of it does not outlive it.
#[actix_web::test]
async fn it_ends_on_time_although_it_was_used_a_moment_ago() {
    let settings = SessionSettings::new().idle(HOUR).absolute(HOUR);
    let browsers = Browsers::with(settings).await;
    let session = browsers.sign_in("ada").await;
    browsers.pass(HOUR - MOMENT);
    assert_eq!(browsers.status(&session).await, 200);
    browsers.pass(MOMENT);
    assert_eq!(browsers.status(&session).await, 401);
}

#[actix_web::test]
async fn lifetimes_of_the_apps_own() {
    let settings = SessionSettings::new().idle(MINUTE).absolute(90 * SECOND);
    let browsers = Browsers::with(settings).await;
    let session = browsers.sign_in("ada").await;
    browsers.pass(59 * SECOND);
    assert_eq!(browsers.status(&session).await, 200);
    browsers.pass(30 * SECOND);
    assert_eq!(browsers.status(&session).await, 200);
    browsers.pass(SECOND);
    assert_eq!(browsers.status(&session).await, 401);
}

/// The last use is written down once a minute, and a session that is used all the time asks once within the
/// bound.
#[actix_web::test]
async fn what_a_session_that_is_used_all_the_time_costs() {
    let browsers = Browsers::new().await;
    let session = browsers.sign_in("ada").await;
    browsers.store.asked();
    browsers.owners.asked();
    for _ in 0..60 * 4 {
        assert_eq!(browsers.status(&session).await, 200);
        browsers.pass(SECOND / 4);
    }
    assert_eq!(browsers.store.asked(), [(Operation::Get, 60)]);
    assert_eq!(browsers.owners.asked(), 60);
    assert_eq!(browsers.status(&session).await, 200);
    let asked = browsers.store.asked();
    assert_eq!(asked, [(Operation::Get, 1), (Operation::Swap, 1)]);
    let listed = browsers.list("ada").await;
    assert_eq!(listed[0].last_used_at - listed[0].started_at, MINUTE);
}

/// Whether or not it can be written down when: the session was read, and is good.
#[actix_web::test]
async fn a_use_that_cannot_be_written_down_is_one() {
    let browsers = Browsers::new().await;
    let session = browsers.sign_in("ada").await;
    browsers.pass(MINUTE);
    browsers.store.fails_to(&[Operation::Swap]);
    assert_eq!(browsers.status(&session).await, 200);
    browsers.store.works();
    assert_eq!(browsers.status(&session).await, 200);
}

fn build(settings: SessionSettings) -> Result<Security, SettingsError> {
    builder(settings).build()
}

fn builder(settings: SessionSettings) -> Complete {
    Security::builder()
        .issuer("https://auth.test")
        .audience("https://api.test")
        .signing_key(Hs256Key::random())
        .resource_owners(Owners::with_ada())
        .sessions(settings)
}

#[actix_web::test]
async fn settings_that_make_no_sense_are_refused() {
    let new = SessionSettings::new;
    let insecure = secure_runtime::cookie!("session; HttpOnly");
    let readable = secure_runtime::cookie!("__Host-session; Secure");
    let kept = secure_runtime::cookie!("__Host-session; Secure; HttpOnly; Max-Age=60");
    let taken = secure_runtime::cookie!("__Host-csrf; Secure; HttpOnly");
    let taken_in_development = secure_runtime::cookie!("device; Secure; HttpOnly");
    for (settings, expected) in [
        (new().idle(59 * SECOND), "1 minute at least"),
        (new().idle(13 * HOUR), "no longer than it lasts"),
        (new().absolute(401 * 24 * HOUR), "400 days at most"),
        (new().most(0), "between 1 and 1000"),
        (new().most(1001), "between 1 and 1000"),
        (new().cookie(insecure), "`Secure` and `HttpOnly`"),
        (new().cookie(readable), "`Secure` and `HttpOnly`"),
        (new().cookie(kept), "no `Max-Age`"),
        (new().cookie(taken), "other cookies of ours"),
        (new().cookie(taken_in_development), "other cookies of ours"),
        (
            new().after_sign_out("https://evil.test"),
            "a path of this site",
        ),
        (new().after_sign_out("//evil.test"), "a path of this site"),
        (new().after_sign_out("/\\evil.test"), "a path of this site"),
        (new().after_sign_out("/a\r\nb"), "a path of this site"),
        (new().after_sign_out(""), "a path of this site"),
    ] {
        let error = build(settings).expect_err(expected).to_string();
        assert!(error.contains(expected), "{error}");
    }
    assert!(build(new().idle(MINUTE).absolute(MINUTE).most(1)).is_ok());
    // What is remembered for as long as it may lie unused would end while it is used.
    let bounded = |bound| builder(new().idle(MINUTE)).revocation_bound(bound).build();
    let error = bounded(31 * SECOND).expect_err("too long").to_string();
    assert!(error.contains("twice the revocation bound"), "{error}");
    assert!(bounded(30 * SECOND).is_ok());
    assert!(build(new().after_sign_out("/signed-out?now=1")).is_ok());
}

#[actix_web::test]
async fn sessions_without_accounts_are_refused() {
    let security = Security::builder()
        .issuer("https://auth.test")
        .audience("https://api.test")
        .signing_key(Hs256Key::random())
        .sessions(SessionSettings::new())
        .build();
    let error = security.expect_err("a refusal").to_string();
    assert!(error.contains("`.resource_owners(…)`"), "{error}");
}

#[get("/page")]
#[protected(via = "session")]
async fn page() -> &'static str {
    ""
}

#[get("/both")]
#[protected]
async fn both() -> &'static str {
    ""
}

#[post("/login")]
#[public(unlimited = "a test signs in as often as it likes")]
async fn login(_sign_in: SessionSignIn) -> &'static str {
    ""
}

#[actix_web::test]
async fn a_route_that_needs_sessions_needs_the_app_to_have_some() {
    let accounts = || (Owners::with_ada(), cheap_passwords());
    let routes = |routes: &mut Routes| {
        routes.service(page).service(both).service(login);
    };
    let without = TestApp::try_with(
        |settings| {
            let (owners, passwords) = accounts();
            settings.accounts(owners, passwords)
        },
        routes,
        |_| {},
    );
    let error = without.await.expect_err("a refusal").to_string();
    let expected = "`page` takes sessions in the place of bearer tokens, and the app has none; say \
                    `.sessions(…)`";
    assert!(error.contains(expected), "{error}");
    assert!(
        error.contains("`login` at /login needs `.sessions(…)`"),
        "{error}"
    );
    assert!(!error.contains("both"), "{error}");
    let with = TestApp::try_with(
        |settings| {
            let (owners, passwords) = accounts();
            settings
                .accounts(owners, passwords)
                .sessions(SessionSettings::new())
        },
        routes,
        |_| {},
    );
    assert!(with.await.is_ok());
}

/// Where the app has none, a cookie says nothing, and none is removed.
#[actix_web::test]
async fn without_sessions_a_cookie_is_nothing() {
    let app = TestApp::new(|routes| {
        routes.service(both);
    });
    let app = app.await;
    let cookie = format!("__Host-session={}.{}", "A".repeat(22), "A".repeat(43));
    let answer = app.get("/both").header("cookie", &cookie).send().await;
    assert_eq!(answer.status(), 401);
    assert_eq!(all(&answer, "set-cookie"), [""; 0]);
}

#[test]
fn a_policy_says_whether_a_session_can_begin() {
    const SETS: bool = login::POLICY.sets_session();
    const TAKES: bool = both::POLICY.takes_sessions() && page::POLICY.takes_sessions();
    const { assert!(SETS && TAKES && !both::POLICY.sets_session()) };
}

/// The matrix says what is unusual: where the app has sessions, that a route takes none.
#[actix_web::test]
async fn the_matrix_says_what_is_not_usual() {
    let browsers = Browsers::new().await;
    let report = browsers.app.security().report().to_string();
    let line = |path: &str| {
        let mut lines = report.lines();
        let found = lines.find(|line| line.split_whitespace().nth(1) == Some(path));
        found.expect(path).to_owned()
    };
    assert!(!line("/me").contains("via"), "{report}");
    assert!(line("/by-token").contains("via bearer"), "{report}");
    assert!(line("/by-session").contains("via session"), "{report}");
}
