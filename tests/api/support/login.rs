use actix_web::web::Bytes;
use secure_runtime::{
    Routes,
    account::SignIn,
    password::Passwords,
    prelude::*,
    test::{TestApp, TestClock, TestRequest, TestResponse, cheap_passwords, hashes_computed},
    token::IssuedTokens,
};
use serde::Deserialize;
use serde_json::json;

use super::{Complete, Operation, Owners, Recorder, SharedStore};

#[derive(Deserialize)]
struct Credentials {
    name: String,
    password: Secret<String>,
}

#[post("/login")]
#[public(unlimited = "how often somebody may fail is what is tested")]
pub(crate) async fn password_login(
    sign_in: SignIn,
    #[unvalidated = "because what no rule has looked at must not get anybody in either"]
    sent: Bytes,
) -> Result<IssuedTokens, Problem> {
    let sent = serde_json::from_slice(&sent).map_err(|_| Problem::bad_request())?;
    let Credentials { name, password } = sent;
    sign_in.with_password(&name, password).await
}

/// An app that somebody signs in to, and all that it does meanwhile.
pub(crate) struct Login {
    pub(crate) app: TestApp,
    pub(crate) owners: Owners,
    pub(crate) passwords: Passwords,
    pub(crate) store: SharedStore,
    pub(crate) clock: TestClock,
    pub(crate) audit: Recorder,
}

impl Login {
    pub(crate) async fn new() -> Self {
        Self::with(|settings| settings).await
    }

    pub(crate) async fn with(change: impl FnOnce(Complete) -> Complete) -> Self {
        let listing = |routes: &mut Routes| {
            routes.service(password_login);
        };
        Self::mounting(change, listing).await
    }

    pub(crate) async fn mounting(
        change: impl FnOnce(Complete) -> Complete,
        listing: impl Fn(&mut Routes) + Send + Sync + 'static,
    ) -> Self {
        let (clock, owners) = (TestClock::default(), Owners::with_ada());
        let store = SharedStore::new(&clock);
        Self::on(store, clock, owners, change, listing).await
    }

    /// One more instance on what there is.
    pub(crate) async fn on(
        store: SharedStore,
        clock: TestClock,
        owners: Owners,
        change: impl FnOnce(Complete) -> Complete,
        listing: impl Fn(&mut Routes) + Send + Sync + 'static,
    ) -> Self {
        let (passwords, audit) = (cheap_passwords(), Recorder::default());
        let settings = |settings: Complete| {
            change(
                settings
                    .accounts(owners.clone(), passwords.clone())
                    .store(store.clone())
                    .clock(clock.clone())
                    .audit(audit.clone()),
            )
        };
        let app = TestApp::with(settings, listing, |_| {}).await;
        Self {
            app,
            owners,
            passwords,
            store,
            clock,
            audit,
        }
    }

    pub(crate) fn request(&self, name: &str, password: &str) -> TestRequest<'_> {
        let body = json!({"name": name, "password": password});
        self.app.post("/login").json(&body)
    }

    pub(crate) async fn try_with(&self, name: &str, password: &str) -> TestResponse {
        self.request(name, password).send().await
    }

    /// Somebody at another address guesses.
    pub(crate) async fn guess_from(&self, number: usize) -> u16 {
        let address = format!("198.51.{}.{}", number / 200, number % 200 + 1);
        let guess = self.request("ada", "a guess").from_address(&address);
        guess.send().await.status()
    }

    pub(crate) async fn right(&self) -> TestResponse {
        self.try_with("ada", "ada's password").await
    }

    pub(crate) async fn wrong(&self) -> TestResponse {
        self.try_with("ada", "a guess").await
    }

    /// Whether anything was taken from the store since this was last called.
    pub(crate) fn takes(&self) -> bool {
        let asked = self.store.asked();
        asked
            .iter()
            .any(|(operation, _)| *operation == Operation::Take)
    }

    /// How many passwords were looked at so far.
    pub(crate) fn hashes(&self) -> usize {
        hashes_computed(&self.passwords)
    }
}
