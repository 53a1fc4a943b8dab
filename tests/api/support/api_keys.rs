use std::time::Duration;

use actix_web::{HttpResponse, Responder};
use secure_runtime::{
    Clock as _,
    api_key::{IssuedApiKey, NewApiKey},
    prelude::*,
    test::{TestApp, TestClock, TestResponse},
    token::Grant,
};
use serde_json::json;

use super::{Complete, Owners, Recorder, Role, Scope, SharedStore};

/// Who calls, and by what.
fn answer(caller: &CurrentUser) -> HttpResponse {
    HttpResponse::Ok().json(json!({
        "subject": caller.subject(),
        "key": caller.api_key_id(),
        "token_id": caller.token_id(),
        "restricted": caller.is_restricted(),
        "read": caller.has_scope(&Scope::NotesRead),
        "write": caller.has_scope(&Scope::NotesWrite),
        "user": caller.has_role(&Role::User),
        "since": caller.signed_in_at().as_secs(),
        "until": caller.expires_at().as_secs(),
    }))
}

#[get("/read")]
#[protected(scopes = "notes:read", via = ["bearer", "api_key"])]
async fn read(caller: CurrentUser) -> impl Responder {
    answer(&caller)
}

#[post("/write")]
#[protected(scopes = "notes:write", via = "api_key")]
async fn write(caller: CurrentUser) -> impl Responder {
    answer(&caller)
}

#[get("/edit")]
#[protected(roles = "editor", scopes = "notes:read", via = ["bearer", "api_key"])]
async fn edit(caller: CurrentUser) -> impl Responder {
    answer(&caller)
}

#[get("/users/{user}")]
#[protected(owner = "user", scopes = "notes:read", via = ["bearer", "api_key"])]
async fn owned(caller: CurrentUser) -> impl Responder {
    answer(&caller)
}

#[get("/whole")]
#[protected(scopes = "notes:read")]
async fn whole() -> impl Responder {
    "bearer tokens alone"
}

#[get("/me")]
#[protected]
async fn me() -> impl Responder {
    "bearer tokens alone"
}

#[get("/open")]
#[public]
async fn open(caller: Option<CurrentUser>) -> impl Responder {
    caller.map_or_else(String::new, |caller| caller.subject().to_owned())
}

#[get("/health")]
#[public]
async fn health() -> impl Responder {
    "ok"
}

/// Routes that take keys, and routes that do not.
pub(crate) fn list_key_routes(routes: &mut Routes) {
    routes.service(read).service(write).service(edit);
    routes.service(owned).service(whole).service(me);
    routes.service(open).service(health);
}

/// An app whose routes take keys, with the accounts that it asks, and a store that counts.
pub(crate) struct Keys {
    pub(crate) app: TestApp,
    pub(crate) owners: Owners,
    pub(crate) clock: TestClock,
    pub(crate) store: SharedStore,
    pub(crate) audit: Recorder,
}

impl Keys {
    pub(crate) async fn new() -> Self {
        Self::with(|settings| settings).await
    }

    pub(crate) async fn with(change: impl FnOnce(Complete) -> Complete) -> Self {
        let clock = TestClock::default();
        let store = SharedStore::new(&clock);
        Self::on(store, clock, Owners::with_ada(), change).await
    }

    /// An instance on a store that there is.
    pub(crate) async fn on(
        store: SharedStore,
        clock: TestClock,
        owners: Owners,
        change: impl FnOnce(Complete) -> Complete,
    ) -> Self {
        let audit = Recorder::default();
        let settings = |settings: Complete| {
            let settings = settings.clock(clock.clone()).store(store.clone());
            let settings = settings.audit(audit.clone());
            change(settings.resource_owners(owners.clone()))
        };
        let app = TestApp::with(settings, list_key_routes, |_| {}).await;
        Self {
            app,
            owners,
            clock: clock.clone(),
            store: store.clone(),
            audit: audit.clone(),
        }
    }

    /// A key of ada's with these scopes.
    pub(crate) async fn key(&self, scopes: &[&str]) -> IssuedApiKey {
        self.make(new_key(scopes)).await
    }

    pub(crate) async fn make(&self, new: NewApiKey) -> IssuedApiKey {
        let keys = self.app.security().api_keys();
        keys.create(&asking("ada"), new).await.expect("a key")
    }

    pub(crate) async fn get(&self, path: &str, key: &str) -> TestResponse {
        self.app.get(path).header("x-api-key", key).send().await
    }

    /// The status that `/read` gives to the holder of a key.
    pub(crate) async fn status(&self, key: &IssuedApiKey) -> u16 {
        self.get("/read", key.key.expose()).await.status()
    }

    /// The time of day, since 1970.
    pub(crate) fn now(&self) -> Duration {
        self.clock.unix()
    }

    pub(crate) fn pass(&self, time: Duration) {
        self.clock.advance(time);
    }
}

/// Somebody who asks for a key, and may have both scopes.
pub(crate) fn asking(subject: &str) -> Grant {
    Grant::new(subject).with_scopes(["notes:read", "notes:write"])
}

pub(crate) fn new_key(scopes: &[&str]) -> NewApiKey {
    NewApiKey {
        name: "import".to_owned(),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        ..NewApiKey::default()
    }
}
