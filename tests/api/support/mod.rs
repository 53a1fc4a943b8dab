//! What several stages need: a server, tokens with any content, the words.

mod account_app;
mod api_keys;
mod browsers;
mod failing;
mod forge;
mod letterbox;
mod library;
mod login;
mod oauth;
mod owners;
mod people;
mod raw;
mod recorder;
mod reply;
mod server;
mod shared_store;
mod sign_ins;
mod words;

pub(crate) use account_app::{
    AccountApp, BAD, BUSY, CURRENT, DAY, GOOD, HOUR, MINUTE, OTHER, SECOND, Work, World,
    assert_refused_at, bad_token, routes as account_routes,
};
pub(crate) use api_keys::{Keys, asking, list_key_routes, new_key};
pub(crate) use browsers::Browsers;
pub(crate) use failing::fail_or_answer;
pub(crate) use forge::{Forge, START, claims, encode};
pub(crate) use letterbox::{Letterbox, PlainLetters, Way};
pub(crate) use library::{Article, Asked, Edit, Library, Member, Read};
pub(crate) use login::{Login, password_login};
pub(crate) use oauth::{OAuthApp, assert_error, assert_issued};
pub(crate) use owners::{Account, Owners, Question};
pub(crate) use people::{Fault, People, Query};
pub(crate) use raw::raw;
pub(crate) use recorder::Recorder;
pub(crate) use reply::Reply;
pub(crate) use server::{Complete, Server, serve, settings};
pub(crate) use shared_store::{Operation, SharedStore};
pub(crate) use sign_ins::SignIns;
pub(crate) use words::{Role, Scope};

use secure_runtime::test::{TestApp, TestResponse};
use serde_json::{Value, json};

/// The challenge to somebody who sent no credential.
pub(crate) const CHALLENGE: &str = "Bearer realm=\"api\"";
/// The challenge to somebody who sent a bad one.
pub(crate) const INVALID_TOKEN: &str = "Bearer realm=\"api\", error=\"invalid_token\"";

/// A problem with nothing to add.
pub(crate) fn problem(status: u16, title: &str) -> Value {
    json!({"type": "about:blank", "title": title, "status": status})
}

/// A problem that says more.
pub(crate) fn problem_with(status: u16, title: &str, detail: &str) -> Value {
    json!({"type": "about:blank", "title": title, "status": status, "detail": detail})
}

/// Every value of a header, as text.
pub(crate) fn all(response: &TestResponse, name: &str) -> Vec<String> {
    let values = response.headers().get_all(name);
    values
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect()
}

/// Status and problem, so that a failing comparison shows both.
pub(crate) fn seen(response: &TestResponse) -> (u16, Value) {
    let body = match response.text() {
        text if text.is_empty() => Value::Null,
        text => serde_json::from_str(&text).unwrap_or(Value::String(text)),
    };
    (response.status(), body)
}

/// Asserts that `/me` takes `token` for none: 401, with RFC 6750's words and no others, and not to be kept.
pub(crate) async fn assert_refused(app: &TestApp, name: &str, token: &str) {
    let authorization = format!("Bearer {token}");
    let response = app.get("/me").header("authorization", &authorization);
    let response = response.send().await;
    assert_eq!(
        seen(&response),
        (401, problem(401, "Unauthorized")),
        "{name}"
    );
    assert_eq!(
        all(&response, "www-authenticate"),
        [INVALID_TOKEN],
        "{name}"
    );
    assert_eq!(all(&response, "cache-control"), ["no-store"], "{name}");
}

/// Status and body that `/me` gives to the bearer of `token`.
pub(crate) async fn me(app: &TestApp, token: &str) -> (u16, String) {
    let authorization = format!("Bearer {token}");
    let response = app.get("/me").header("authorization", &authorization);
    let response = response.send().await;
    (response.status(), response.text())
}

/// Asserts that `/me` takes `token` for one of `ada`.
pub(crate) async fn assert_accepted(app: &TestApp, name: &str, token: &str) {
    assert_eq!(me(app, token).await, (200, "ada".to_owned()), "{name}");
}
