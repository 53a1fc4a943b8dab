//! How sessions end before their time (G2): signed out, from a list, everywhere.

use std::time::Duration;

use secure_runtime::{
    account::ApiKeyFate,
    audit::AuditKind,
    test::{TestResponse, TestSession},
    token::Grant,
};
use serde_json::json;

use crate::support::{Browsers, Operation, all};

const BOUND: Duration = Duration::from_secs(1);
const MOMENT: Duration = Duration::from_millis(1);
const REMOVED: &str = "__Host-session=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax";
const CLEARED: &str = "\"cache\", \"storage\"";

fn id(session: &TestSession) -> &str {
    let (_, value) = session.cookie().split_once('=').expect("a pair");
    value.split_once('.').expect("two parts").0
}

/// The browser forgets the cookie, and what it has kept of the site.
fn assert_leaves(answer: &TestResponse, name: &str) {
    assert_eq!(all(answer, "set-cookie"), [REMOVED], "{name}");
    assert_eq!(all(answer, "clear-site-data"), [CLEARED], "{name}");
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{name}");
}

fn assert_stays(answer: &TestResponse, name: &str) {
    assert_eq!(all(answer, "set-cookie"), [""; 0], "{name}");
    assert_eq!(answer.header("clear-site-data"), None, "{name}");
}

#[actix_web::test]
async fn a_cookie_that_was_stolen_is_dead_after_the_sign_out() {
    let browsers = Browsers::new().await;
    let session = browsers.sign_in("ada").await;
    let other = browsers.sign_in("ada").await;
    assert_eq!(browsers.status(&session).await, 200);
    browsers.audit.kinds();
    let answer = browsers.post(&session, "/logout").await;
    assert_eq!(answer.status(), 303);
    assert_eq!(answer.header("location"), Some("/"));
    assert_leaves(&answer, "/logout");
    let stolen = session;
    let answer = browsers.get(&stolen, "/me").await;
    assert_eq!(answer.status(), 401);
    assert_eq!(
        answer.header("clear-site-data"),
        None,
        "it says nothing more"
    );
    assert_eq!(browsers.audit.kinds(), [AuditKind::SignedOut]);
    assert_eq!(
        browsers.status(&other).await,
        200,
        "another browser goes on"
    );
    assert_eq!(browsers.list("ada").await.len(), 1);
}

/// Whoever signs out has the browser forget it, whichever handler does so.
#[actix_web::test]
async fn a_handler_that_ends_the_callers_session_has_the_browser_forget_it() {
    for path in ["/token-logout", "/everywhere"] {
        let browsers = Browsers::new().await;
        let session = browsers.sign_in("ada").await;
        browsers.pass(MOMENT);
        let answer = browsers.post(&session, path).await;
        assert_eq!(answer.status(), 204, "{path}");
        assert_leaves(&answer, path);
        assert_eq!(browsers.status(&session).await, 401, "{path}");
    }
    let browsers = Browsers::new().await;
    let session = browsers.sign_in("ada").await;
    let path = format!("/sessions/{}", id(&session));
    let answer = browsers.app.delete(&path).with_session(&session);
    let answer = answer.send().await;
    assert_eq!(answer.status(), 204);
    assert_leaves(&answer, &path);
}

#[actix_web::test]
async fn who_has_no_session_signs_out_all_the_same() {
    let browsers = Browsers::new().await;
    let gone = browsers.sign_in("ada").await;
    assert_eq!(browsers.post(&gone, "/logout").await.status(), 303);
    let again = browsers.post(&gone, "/logout").await;
    assert_eq!(again.status(), 303);
    assert_leaves(&again, "again");
    let nobody = browsers.app.post("/logout");
    let nobody = nobody.header("sec-fetch-site", "same-origin").send().await;
    assert_eq!(nobody.status(), 303);
    assert_leaves(&nobody, "nobody");
}

#[actix_web::test]
async fn a_sign_out_that_fails_can_be_repeated() {
    let browsers = Browsers::new().await;
    let session = browsers.sign_in("ada").await;
    assert_eq!(browsers.status(&session).await, 200);
    browsers.store.fails_to(&[Operation::Take]);
    let answer = browsers.post(&session, "/logout").await;
    assert_eq!(answer.status(), 503);
    assert_stays(&answer, "it goes on");
    assert_eq!(browsers.status(&session).await, 200);
    browsers.store.works();
    let answer = browsers.post(&session, "/logout").await;
    assert_eq!(answer.status(), 303);
    assert_eq!(browsers.status(&session).await, 401);
}

#[actix_web::test]
async fn one_is_ended_from_the_list() {
    let browsers = Browsers::new().await;
    let here = browsers.sign_in("ada").await;
    browsers.pass(BOUND);
    let lost = browsers.sign_in("ada").await;
    let listed = browsers.list("ada").await;
    let ids: Vec<_> = listed.iter().map(|info| info.id.as_str()).collect();
    assert_eq!(ids, [id(&lost), id(&here)], "the one used last comes first");
    browsers.audit.kinds();
    let end = async |id: &str| {
        let request = browsers.app.delete(&format!("/sessions/{id}"));
        request.with_session(&here).send().await
    };
    let answer = end(id(&lost)).await;
    assert_eq!(answer.status(), 204);
    assert_stays(&answer, "it is another browser's");
    assert_eq!(browsers.status(&lost).await, 401);
    assert_eq!(browsers.status(&here).await, 200);
    assert_eq!(end(id(&lost)).await.status(), 404, "it has ended before");
    assert_eq!(browsers.audit.kinds(), [AuditKind::SessionEnded]);
}

#[actix_web::test]
async fn nobody_ends_the_session_of_somebody_else() {
    let browsers = Browsers::new().await;
    let (ada, bob) = (browsers.sign_in("ada").await, browsers.sign_in("bob").await);
    for id in [id(&ada), "x", "", "..", &"A".repeat(22), &"A".repeat(300)] {
        let ended = browsers.app.security().sessions().end("bob", id).await;
        assert!(!ended.expect("an answer"), "{id}");
    }
    let listed = browsers.get(&bob, "/sessions").await.json();
    assert_eq!(listed.as_array().map(Vec::len), Some(1));
    assert_eq!(listed[0]["id"], json!(id(&bob)));
    assert_eq!(browsers.status(&ada).await, 200);
}

#[actix_web::test]
async fn the_others_end_and_the_callers_own_goes_on() {
    let browsers = Browsers::new().await;
    let sessions = [
        browsers.sign_in("ada").await,
        browsers.sign_in("ada").await,
        browsers.sign_in("ada").await,
    ];
    let bob = browsers.sign_in("bob").await;
    let answer = browsers.post(&sessions[1], "/others").await;
    assert_eq!(answer.text(), "2");
    assert_stays(&answer, "its own goes on");
    let statuses = [
        browsers.status(&sessions[0]).await,
        browsers.status(&sessions[1]).await,
        browsers.status(&sessions[2]).await,
        browsers.status(&bob).await,
    ];
    assert_eq!(statuses, [401, 200, 401, 200]);
    let again = browsers.post(&sessions[1], "/others").await;
    assert_eq!(again.text(), "0");
}

/// Tokens and sessions are both sign-ins: who signs out elsewhere ends all of them but the caller's.
#[actix_web::test]
async fn elsewhere_means_tokens_too() {
    let browsers = Browsers::new().await;
    let (here, there) = (browsers.sign_in("ada").await, browsers.sign_in("ada").await);
    let body = json!({"username": "ada", "password": "ada's password"});
    let answer = browsers.app.post("/token").json(&body).send().await;
    let issued = answer.json();
    let bearer = format!(
        "Bearer {}",
        issued["access_token"].as_str().expect("a token")
    );
    let by_token = async || {
        let request = browsers.app.get("/me").header("authorization", &bearer);
        request.send().await.status()
    };
    assert_eq!(by_token().await, 200);
    browsers.pass(MOMENT);
    let answer = browsers.post(&here, "/elsewhere").await;
    assert_eq!(answer.status(), 204);
    assert_stays(&answer, "its own goes on");
    assert_eq!(by_token().await, 401);
    assert_eq!(browsers.status(&there).await, 401);
    assert_eq!(browsers.status(&here).await, 200);
}

#[actix_web::test]
async fn a_bearer_who_signs_out_elsewhere_ends_every_session() {
    let browsers = Browsers::new().await;
    let session = browsers.sign_in("ada").await;
    let body = json!({"username": "ada", "password": "ada's password"});
    let answer = browsers.app.post("/token").json(&body).send().await;
    let token = answer.json()["access_token"].as_str().map(str::to_owned);
    let bearer = format!("Bearer {}", token.expect("a token"));
    browsers.pass(MOMENT);
    let request = browsers.app.post("/elsewhere");
    let answer = request.header("authorization", &bearer).send().await;
    assert_eq!(answer.status(), 204);
    assert_eq!(browsers.status(&session).await, 401);
    let request = browsers.app.get("/me").header("authorization", &bearer);
    assert_eq!(request.send().await.text(), "ada by bearer");
}

#[actix_web::test]
async fn a_bearer_who_signs_out_ends_no_session() {
    let browsers = Browsers::new().await;
    let session = browsers.sign_in("ada").await;
    let answer = browsers.app.post("/token-logout").as_user("ada");
    assert_eq!(answer.send().await.status(), 204);
    assert_eq!(browsers.status(&session).await, 200);
}

#[actix_web::test]
async fn everywhere_is_everywhere() {
    let browsers = Browsers::new().await;
    let (first, second) = (browsers.sign_in("ada").await, browsers.sign_in("ada").await);
    let bob = browsers.sign_in("bob").await;
    browsers.pass(MOMENT);
    browsers.audit.kinds();
    let answer = browsers.post(&first, "/everywhere").await;
    assert_leaves(&answer, "/everywhere");
    assert_eq!(browsers.audit.kinds(), [AuditKind::SignedOutEverywhere]);
    assert_eq!(browsers.status(&second).await, 401);
    assert_eq!(browsers.status(&bob).await, 200);
    browsers.pass(MOMENT);
    let again = browsers.sign_in("ada").await;
    assert_eq!(browsers.status(&again).await, 200);
}

#[actix_web::test]
async fn where_access_ends_sessions_end() {
    let browsers = Browsers::new().await;
    let session = browsers.sign_in("ada").await;
    assert_eq!(browsers.status(&session).await, 200);
    let security = browsers.app.security();
    let ended = security.end_access("ada", ApiKeyFate::Keep).await;
    ended.expect("an answer");
    assert_eq!(browsers.status(&session).await, 401);
    assert!(browsers.list("ada").await.is_empty());
}

#[actix_web::test]
async fn a_sign_in_ends_by_its_id_whatever_it_is() {
    let browsers = Browsers::new().await;
    let (ada, bob) = (browsers.sign_in("ada").await, browsers.sign_in("bob").await);
    let tokens = browsers.app.security().tokens();
    assert!(
        !tokens
            .end_sign_in("bob", id(&ada))
            .await
            .expect("an answer")
    );
    assert!(
        tokens
            .end_sign_in("ada", id(&ada))
            .await
            .expect("an answer")
    );
    assert!(
        !tokens
            .end_sign_in("ada", id(&ada))
            .await
            .expect("an answer")
    );
    assert_eq!(browsers.status(&ada).await, 401);
    assert_eq!(browsers.status(&bob).await, 200);
}

/// Browsers keep a `Lax` cookie back where a page of another site sends a form, and take to heart what the
/// answer says of it all the same.
#[actix_web::test]
async fn a_page_of_another_site_has_no_browser_forget_its_session() {
    let browsers = Browsers::new().await;
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("accept", "*/*"),
    ] {
        let request = browsers.app.post("/logout").header(name, value);
        let answer = request.send().await;
        assert_eq!(answer.status(), 403, "{name}: {value}");
        assert_stays(&answer, value);
    }
}

/// A cookie beside a token is not looked at: who has the browser forget it would leave its session alive, and
/// nobody could end it.
#[actix_web::test]
async fn who_signs_out_of_a_token_keeps_the_browsers_session() {
    let browsers = Browsers::new().await;
    let session = browsers.sign_in("ada").await;
    let request = browsers.app.post("/logout").as_user("bob");
    let request = request.header("cookie", session.cookie());
    let answer = request.send().await;
    assert_eq!(answer.status(), 303);
    assert_stays(&answer, "it was not meant");
    assert_eq!(browsers.status(&session).await, 200);
}

/// Of two that are sent none counts, and each may be what somebody has stolen.
#[actix_web::test]
async fn of_two_sessions_in_one_request_both_are_signed_out() {
    let browsers = Browsers::new().await;
    let (ada, bob) = (browsers.sign_in("ada").await, browsers.sign_in("bob").await);
    let both = format!("{}; {}", ada.cookie(), bob.cookie());
    let send = async |site: &str| {
        let request = browsers.app.post("/logout").header("cookie", &both);
        request.header("sec-fetch-site", site).send().await
    };
    assert_eq!(send("cross-site").await.status(), 403);
    assert_eq!(browsers.status(&ada).await, 200);
    assert_leaves(&send("same-origin").await, "both");
    let statuses = [browsers.status(&ada).await, browsers.status(&bob).await];
    assert_eq!(statuses, [401, 401]);
}

/// The request that signs out may be the one that gets another secret.
#[actix_web::test]
async fn who_signs_out_after_a_change_of_role_leaves_all_the_same() {
    for path in ["/logout", "/token-logout", "/everywhere"] {
        let browsers = Browsers::new().await;
        let session = browsers.sign_in("ada").await;
        browsers.owners.change("ada", |ada| {
            ada.grant = Grant::new("ada").with_roles(["user", "admin"]);
        });
        browsers.pass(BOUND);
        assert_leaves(&browsers.post(&session, path).await, path);
        assert!(browsers.list("ada").await.is_empty(), "{path}");
    }
}
