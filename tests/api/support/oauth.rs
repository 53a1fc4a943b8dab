use secure_runtime::{
    Routes,
    password::Passwords,
    test::{TestApp, TestRequest, TestResponse, cheap_passwords},
};
use serde_json::{Value, json};

use super::{Complete, Owners, all};

const FORM: &str = "application/x-www-form-urlencoded";

/// An app with the endpoints that a test mounts, and the accounts that it asks.
pub(crate) struct OAuthApp {
    pub(crate) app: TestApp,
    pub(crate) owners: Owners,
    pub(crate) passwords: Passwords,
}

impl OAuthApp {
    pub(crate) async fn new(listing: impl Fn(&mut Routes) + Send + Sync + 'static) -> Self {
        Self::with(|settings| settings, listing).await
    }

    pub(crate) async fn with(
        change: impl FnOnce(Complete) -> Complete,
        listing: impl Fn(&mut Routes) + Send + Sync + 'static,
    ) -> Self {
        let (owners, passwords) = (Owners::with_ada(), cheap_passwords());
        let settings =
            |settings: Complete| change(settings.accounts(owners.clone(), passwords.clone()));
        let app = TestApp::with(settings, listing, |_| {}).await;
        Self {
            app,
            owners,
            passwords,
        }
    }

    /// A form, percent-encoded already.
    pub(crate) fn form(&self, path: &str, body: &str) -> TestRequest<'_> {
        self.app.post(path).body(FORM, body.to_owned())
    }

    pub(crate) async fn token(&self, body: &str) -> TestResponse {
        self.form("/token", body).send().await
    }

    /// A sign-in of ada, as the app's own sign-in gives it.
    pub(crate) async fn sign_in(&self) -> secure_runtime::token::IssuedTokens {
        let grant = secure_runtime::token::Grant::new("ada")
            .with_roles(["user"])
            .with_scopes(["notes:read", "notes:write"]);
        let tokens = self.app.security().tokens();
        tokens.sign_in(&grant).await.expect("tokens")
    }
}

/// Asserts RFC 6749 §5.2: the status, one word, and not to be kept.
pub(crate) fn assert_error(name: &str, response: &TestResponse, status: u16, word: &str) {
    let answer = (response.status(), response.json());
    assert_eq!(answer, (status, json!({"error": word})), "{name}");
    assert_not_kept(name, response);
    let challenge = all(response, "www-authenticate");
    match status {
        // The scheme that a client would use (§5.2).
        401 => assert_eq!(challenge, ["Basic realm=\"token\""], "{name}"),
        _ => assert_eq!(challenge, [""; 0], "{name}"),
    }
}

/// Asserts RFC 6749 §5.1, and gives the body.
pub(crate) fn assert_issued(name: &str, response: &TestResponse) -> Value {
    let body = response.json();
    assert_eq!(response.status(), 200, "{name}: {body}");
    assert_not_kept(name, response);
    let mut members: Vec<_> = body.as_object().expect("an object").keys().collect();
    members.sort();
    let expected = [
        "access_token",
        "expires_in",
        "refresh_token",
        "scope",
        "token_type",
    ];
    assert_eq!(members, expected, "{name}");
    assert_eq!(body["token_type"], "bearer", "{name}");
    assert_eq!(body["expires_in"], 600, "{name}");
    body
}

fn assert_not_kept(name: &str, response: &TestResponse) {
    assert_eq!(all(response, "cache-control"), ["no-store"], "{name}");
    assert_eq!(all(response, "pragma"), ["no-cache"], "{name}");
    let content_type = all(response, "content-type");
    assert_eq!(content_type, ["application/json"], "{name}");
}
