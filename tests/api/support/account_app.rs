use std::time::Duration;

use actix_web::{HttpResponse, Responder, web::Json};
use secure_runtime::{
    Secret, ServerSecret,
    account::{AddressChange, PasswordChange, PasswordReset, ResetOptions, SignUp},
    dangerous::cheap_hashes,
    password::{Argon2Params, Passwords},
    policy::RateLimit,
    prelude::*,
    test::{TestApp, TestClock, TestRequest, TestResponse, cheap_hash},
    token::{Access, Grant, Hs256Key, IssuedTokens, Token},
};
use serde_json::{Value, json};

use super::{
    Complete, Letterbox, Operation, People, PlainLetters, Recorder, Scope, SharedStore, Way, seen,
};

#[validated]
struct Registration {
    #[validate(length(max = 10_000))]
    email: String,
    #[validate(length(max = 10_000))]
    username: String,
}

#[validated]
struct Verification {
    #[validate(length(max = 10_000))]
    token: Secret<String>,
    #[validate(length(max = 10_000))]
    password: Secret<String>,
}

#[validated]
struct Forgotten {
    #[validate(length(max = 10_000))]
    email: String,
}

#[validated]
struct Renewal {
    #[validate(length(max = 10_000))]
    token: Secret<String>,
    #[validate(length(max = 10_000))]
    new_password: Secret<String>,
    revoke_api_keys: Option<bool>,
}

#[validated]
struct Change {
    #[validate(length(max = 10_000))]
    current_password: Secret<String>,
    #[validate(length(max = 10_000))]
    new_password: Secret<String>,
}

#[validated]
struct Move {
    #[validate(length(max = 10_000))]
    email: String,
    #[validate(length(max = 10_000))]
    current_password: Secret<String>,
}

#[validated]
struct Confirmation {
    #[validate(length(max = 10_000))]
    token: Secret<String>,
}

#[post("/register")]
#[public(unlimited = "a test asks as often as it likes")]
#[validated]
async fn registers(sign_up: SignUp, new: Json<Registration>) -> Result<impl Responder, Problem> {
    let details = json!({"username": new.username});
    sign_up.request(&new.email, &details).await?;
    Ok(HttpResponse::Accepted())
}

#[post("/verify-email")]
#[public(unlimited = "a test asks as often as it likes")]
#[validated]
async fn verifies(sign_up: SignUp, sent: Json<Verification>) -> Result<impl Responder, Problem> {
    let Verification { token, password } = sent.into_inner();
    sign_up.confirm(&token, password).await?;
    Ok(HttpResponse::NoContent())
}

#[post("/forgot-password")]
#[public(unlimited = "a test asks as often as it likes")]
#[validated]
async fn forgets(reset: PasswordReset, sent: Json<Forgotten>) -> Result<impl Responder, Problem> {
    reset.request(&sent.email).await?;
    Ok(HttpResponse::Accepted())
}

#[post("/reset-password")]
#[public(unlimited = "a test asks as often as it likes")]
#[validated]
async fn renews(reset: PasswordReset, sent: Json<Renewal>) -> Result<impl Responder, Problem> {
    let sent = sent.into_inner();
    let revoke = sent.revoke_api_keys.unwrap_or(false);
    let options = ResetOptions::new().revoke_api_keys(revoke);
    let confirmed = reset.confirm(&sent.token, sent.new_password, options);
    confirmed.await?;
    Ok(HttpResponse::NoContent())
}

#[post("/me/password")]
#[protected]
#[validated]
async fn changes(
    caller: CurrentUser,
    change: PasswordChange,
    sent: Json<Change>,
) -> Result<impl Responder, Problem> {
    let sent = sent.into_inner();
    let changed = change.change(&caller, sent.current_password, sent.new_password);
    changed.await?;
    Ok(HttpResponse::NoContent())
}

/// A route that an app has opened to API keys by mistake.
#[post("/keyed/password")]
#[protected(scopes = "notes:write", via = ["bearer", "api_key"])]
#[validated]
async fn changes_by_key(
    caller: CurrentUser,
    change: PasswordChange,
    sent: Json<Change>,
) -> Result<impl Responder, Problem> {
    let sent = sent.into_inner();
    let changed = change.change(&caller, sent.current_password, sent.new_password);
    changed.await?;
    Ok(HttpResponse::NoContent())
}

#[post("/me/address")]
#[protected]
#[validated]
async fn moves(
    caller: CurrentUser,
    change: AddressChange,
    sent: Json<Move>,
) -> Result<impl Responder, Problem> {
    let Move {
        email,
        current_password,
    } = sent.into_inner();
    let requested = change.request(&caller, &email, current_password);
    requested.await?;
    Ok(HttpResponse::Accepted())
}

#[post("/confirm-address")]
#[public(unlimited = "a test asks as often as it likes")]
#[validated]
async fn confirms_address(
    change: AddressChange,
    sent: Json<Confirmation>,
) -> Result<impl Responder, Problem> {
    change.confirm(&sent.token).await?;
    Ok(HttpResponse::NoContent())
}

/// Everything that the flows have to do with.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) clock: TestClock,
    pub(crate) store: SharedStore,
    pub(crate) people: People,
    pub(crate) letterbox: Letterbox,
    pub(crate) audit: Recorder,
    pub(crate) passwords: Passwords,
    secret: ServerSecret,
    key: Hs256Key,
    /// Whether one address may do as much as it likes.
    is_crowded: bool,
}

/// What nobody reaches.
const PLENTY: RateLimit = limit!("1000000/second");

impl Default for World {
    fn default() -> Self {
        let clock = TestClock::default();
        let store = SharedStore::new(&clock);
        Self {
            clock,
            store,
            people: People::default(),
            letterbox: Letterbox::default(),
            audit: Recorder::default(),
            // More at once than a server takes on.
            passwords: cheap_hashes(Passwords::builder(Argon2Params::default()))
                .queue(1000)
                .build(),
            secret: ServerSecret::random(),
            key: Hs256Key::random(),
            is_crowded: false,
        }
    }
}

/// Every route of an app whose people sign up and change what they have.
pub(crate) fn routes(routes: &mut Routes) {
    routes.service(registers);
    routes.service(verifies);
    routes.service(forgets);
    routes.service(renews);
    routes.service(changes);
    routes.service(changes_by_key);
    routes.service(moves);
    routes.service(confirms_address);
}

impl World {
    /// With `ada` and `bob`, who have accounts.
    fn with_people() -> Self {
        let world = Self::default();
        for name in ["ada", "bob"] {
            world.people.add(name, Some(cheap_hash(CURRENT)));
        }
        world
    }

    /// The same, with a secret that nobody else has.
    pub(crate) fn with_another_secret(&self) -> Self {
        Self {
            secret: ServerSecret::random(),
            ..self.clone()
        }
    }

    pub(crate) fn settings(&self, settings: Complete) -> Complete {
        let settings = match self.is_crowded {
            true => settings
                .failed_sign_ins(PLENTY)
                .account_mails(PLENTY)
                .failed_links(PLENTY),
            false => settings,
        };
        settings
            .clock(self.clock.clone())
            .store(self.store.clone())
            .audit(self.audit.clone())
            .signing_key(self.key.clone())
            .secret(self.secret.clone())
            .accounts(self.people.clone(), self.passwords.clone())
            .sign_ups(self.people.clone())
            .address_changes(self.people.clone())
            .mail(self.letterbox.clone(), PlainLetters)
    }
}

/// An instance of an app whose people sign up and change what they have.
#[derive(Clone)]
pub(crate) struct AccountApp {
    pub(crate) app: TestApp,
    pub(crate) world: World,
}

/// A password that the policy takes.
pub(crate) const GOOD: &str = "four unrelated words walk";
/// Another one.
pub(crate) const OTHER: &str = "seven green lamps hum softly";
/// One that it does not take.
pub(crate) const BAD: &str = "password";
/// Ada's.
pub(crate) const CURRENT: &str = "correct horse battery staple";

/// How many letters are on their way at once.
pub(crate) const BUSY: usize = 4;

pub(crate) const SECOND: Duration = Duration::from_secs(1);
pub(crate) const MINUTE: Duration = Duration::from_secs(60);
pub(crate) const HOUR: Duration = Duration::from_secs(60 * 60);
pub(crate) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl AccountApp {
    /// With `ada` and `bob`, who have accounts.
    pub(crate) async fn new() -> Self {
        Self::of(World::with_people()).await
    }

    /// The same, where nothing is limited by address: for tests in which one address does what many would.
    pub(crate) async fn crowded() -> Self {
        let world = World {
            is_crowded: true,
            ..World::with_people()
        };
        Self::of(world).await
    }

    /// An instance of an app that may have others.
    pub(crate) async fn of(world: World) -> Self {
        let app = TestApp::with(|settings| world.settings(settings), routes, |_| {}).await;
        Self { app, world }
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> TestResponse {
        self.app.post(path).json(&body).send().await
    }

    /// Status and body.
    pub(crate) async fn answer(&self, path: &str, body: Value) -> (u16, Value) {
        seen(&self.post(path, body).await)
    }

    /// As somebody who is signed in.
    pub(crate) async fn answer_to(
        &self,
        bearer: &Token<Access>,
        path: &str,
        body: Value,
    ) -> (u16, Value) {
        let request = bearing(self.app.post(path), bearer);
        seen(&request.json(&body).send().await)
    }

    pub(crate) async fn register(&self, email: &str) -> (u16, Value) {
        let body = json!({"email": email, "username": "Somebody"});
        self.answer("/register", body).await
    }

    pub(crate) async fn verify(&self, token: &str, password: &str) -> (u16, Value) {
        let body = json!({"token": token, "password": password});
        self.answer("/verify-email", body).await
    }

    pub(crate) async fn forgot(&self, email: &str) -> (u16, Value) {
        self.answer("/forgot-password", json!({"email": email}))
            .await
    }

    pub(crate) async fn reset(&self, token: &str, password: &str) -> (u16, Value) {
        let body = json!({"token": token, "new_password": password});
        self.answer("/reset-password", body).await
    }

    pub(crate) async fn change(
        &self,
        bearer: &Token<Access>,
        current: &str,
        new: &str,
    ) -> (u16, Value) {
        let body = json!({"current_password": current, "new_password": new});
        self.answer_to(bearer, "/me/password", body).await
    }

    pub(crate) async fn move_to(
        &self,
        bearer: &Token<Access>,
        email: &str,
        current: &str,
    ) -> (u16, Value) {
        let body = json!({"email": email, "current_password": current});
        self.answer_to(bearer, "/me/address", body).await
    }

    pub(crate) async fn moved(&self, token: &str) -> (u16, Value) {
        self.answer("/confirm-address", json!({"token": token}))
            .await
    }

    /// Has the worker wait for the mail server with all that it does at once, so that nothing of it shows
    /// in what is counted.
    pub(crate) async fn keep_the_worker_busy(&self) {
        let letterbox = &self.world.letterbox;
        letterbox.set(Way::Hangs);
        for number in 0..BUSY {
            let answer = self.register(&format!("busy{number}@example.com")).await;
            assert_eq!(answer.0, 202);
        }
        let mut tried = 0;
        while tried < BUSY {
            tried += letterbox.tried();
            tokio::task::yield_now().await;
        }
    }

    /// Lets it go on.
    pub(crate) fn let_the_worker_go(&self) {
        self.world.letterbox.set(Way::Arrives);
        for _ in 0..BUSY {
            self.world.letterbox.let_one_go();
        }
    }

    /// Has the letters written that are queued, and says how many errands are left.
    pub(crate) async fn work_off(&self) -> usize {
        let mail = self.app.security().mail();
        mail.work_off().await.expect("a store")
    }

    /// The token of the one letter that is queued.
    pub(crate) async fn mailed_token(&self) -> String {
        self.work_off().await;
        self.world.letterbox.one().token
    }

    /// The token with which ada may set a new password.
    pub(crate) async fn reset_token(&self) -> String {
        assert_eq!(self.forgot("ada@example.com").await.0, 202);
        self.mailed_token().await
    }

    /// The token with which `new@example.com` may have an account.
    pub(crate) async fn sign_up_token(&self) -> String {
        assert_eq!(self.register("new@example.com").await.0, 202);
        self.mailed_token().await
    }

    /// The token that gives ada the address `lovelace@example.com`.
    pub(crate) async fn move_token(&self) -> String {
        let ada = self.sign_in("ada").await;
        let moved = self.move_to(ada.access(), "lovelace@example.com", CURRENT);
        assert_eq!(moved.await.0, 202);
        self.mailed_token().await
    }

    pub(crate) async fn sign_in(&self, subject: &str) -> IssuedTokens {
        let tokens = self.app.security().tokens();
        tokens.sign_in(&Grant::new(subject)).await.expect("tokens")
    }

    pub(crate) async fn is_good(&self, token: &Token<Access>) -> bool {
        let tokens = self.app.security().access_tokens();
        tokens.verify(token).await.is_ok()
    }

    /// Whether the sign-in can still be refreshed.
    pub(crate) async fn lives(&self, issued: &IssuedTokens) -> bool {
        let renew =
            async |family: &secure_runtime::token::Family| Ok(Some(Grant::new(&family.subject)));
        let tokens = self.app.security().tokens();
        let refreshed = tokens.refresh(issued.refresh(), None, None, renew);
        refreshed.await.is_ok()
    }

    /// Whether somebody's password is this one.
    pub(crate) async fn has_password(&self, subject: &str, password: &str) -> bool {
        let person = self.world.people.get(subject).expect("a person");
        let hash = person.hash.expect("a hash");
        let typed = Secret::new(password.to_owned());
        let verdict = self.world.passwords.verify(typed, Some(hash.expose()));
        verdict.await.expect("a verdict").is_valid()
    }

    /// What an action asks of the app, the store and the processor.
    pub(crate) async fn work_of<T>(&self, action: impl Future<Output = T>) -> (T, Work) {
        let hashes = || secure_runtime::test::hashes_computed(&self.world.passwords);
        self.world.people.asked();
        self.world.store.asked();
        let before = hashes();
        let outcome = action.await;
        let work = Work {
            hashes: hashes() - before,
            queries: self.world.people.asked(),
            operations: self.world.store.asked(),
        };
        (outcome, work)
    }
}

/// What something costs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Work {
    pub(crate) hashes: usize,
    pub(crate) queries: Vec<super::Query>,
    pub(crate) operations: Vec<(Operation, usize)>,
}

fn bearing<'a>(request: TestRequest<'a>, token: &Token<Access>) -> TestRequest<'a> {
    request.header("authorization", &format!("Bearer {}", token.expose()))
}

/// The one answer to a bad token.
pub(crate) fn bad_token() -> (u16, Value) {
    let detail = "This link is not valid: it has expired, or it was used.";
    (400, super::problem_with(400, "Bad Request", detail))
}

/// A 422 about one field.
pub(crate) fn assert_refused_at(answer: &(u16, Value), pointer: &str) {
    assert_eq!(answer.0, 422, "{answer:?}");
    let errors = answer.1["errors"].as_array().expect("errors");
    for error in errors {
        assert_eq!(error["pointer"], pointer, "{answer:?}");
    }
    assert!(!errors.is_empty(), "{answer:?}");
}
