//! Handlers and models in hostile surroundings.
//!
//! Each file in `tests/` is a crate of its own, with its own names, lints and prelude. This one
//! holds what they share: the app that they mount their handlers in, and macros that write handlers
//! from another crate. The runtime is a dependency under another name, and what its attributes
//! generate needs neither `serde` nor `validator` here.

use actix_web::{http::Method, web::ServiceConfig};
use guardian::{
    Routes,
    test::{TestApp, TestRequest},
    token::Grant,
};

/// The runtime, for the macros of this crate.
pub use guardian as security;

/// An app with the handlers of one surrounding.
#[derive(Debug)]
pub struct Mounted {
    app: TestApp,
}

impl Mounted {
    /// Mounts them.
    pub async fn new(listing: impl Fn(&mut Routes) + Send + Sync + 'static) -> Self {
        Self::with(listing, |_| {}).await
    }

    /// Mounts them beside whatever else the app needs.
    pub async fn with(
        listing: impl Fn(&mut Routes) + Send + Sync + 'static,
        configure: impl FnOnce(&mut ServiceConfig),
    ) -> Self {
        Self {
            app: TestApp::with(|settings| settings, listing, configure).await,
        }
    }

    /// The body of a protected route's answer to Ada, an admin. Nobody else gets it.
    pub async fn get(&self, path: &str) -> String {
        self.protected(|| self.app.get(path)).await
    }

    /// As [`get`](Self::get), for a POST of JSON. The junk that a stranger sends is not read.
    pub async fn post(&self, path: &str, body: &'static str) -> String {
        let stranger = self.app.post(path).body("application/json", "{").send();
        assert_eq!(stranger.await.status(), 401, "{path} for a stranger");
        let request = || self.app.post(path).body("application/json", body);
        self.protected(request).await
    }

    /// The status of the answer to Ada's POST of JSON.
    pub async fn refusal(&self, path: &str, body: &'static str) -> (u16, String) {
        let request = self.app.post(path).body("application/json", body);
        let response = request.with_grant(&ada()).send().await;
        (response.status(), response.text())
    }

    /// The body of a public route's answer to everybody.
    pub async fn open(&self, path: &str) -> String {
        let response = self.app.get(path).send().await;
        assert_eq!(response.status(), 200, "{path}: {}", response.text());
        response.text()
    }

    /// The status of an answer to somebody who is not signed in.
    pub async fn status(&self, method: Method, path: &str) -> u16 {
        self.app.request(method, path).send().await.status()
    }

    /// Who is mounted where, as the policies say: `GET /notes protected crate::notes`.
    pub fn report(&self) -> Vec<String> {
        let report = self.app.security().report();
        let row = |row: &guardian::ReportRow| {
            format!("{} {} {} {}", row.method, row.path, row.access, row.handler)
        };
        report.routes().iter().map(row).collect()
    }

    async fn protected<'a>(&self, request: impl Fn() -> TestRequest<'a>) -> String {
        let stranger = request().send().await;
        assert_eq!(stranger.status(), 401, "a stranger: {}", stranger.text());
        let response = request().with_grant(&ada()).send().await;
        assert_eq!(response.status(), 200, "Ada: {}", response.text());
        response.text()
    }
}

/// Her roles and scopes are those that the surroundings speak of.
fn ada() -> Grant {
    Grant::new("ada")
        .with_roles(["admin"])
        .with_scopes(["notes:read"])
}

/// A handler that another crate writes, where the runtime has no name of its own.
#[macro_export]
macro_rules! handler {
    ($name:ident, $path:literal, $answer:expr) => {
        #[$crate::security::get($path)]
        #[$crate::security::protected(crate = $crate::security)]
        async fn $name() -> &'static str {
            $answer
        }
    };
}

/// Roles, as another crate writes them.
#[macro_export]
macro_rules! roles {
    ($vis:vis $name:ident: $($role:ident),*) => {
        #[derive($crate::security::Role)]
        #[role(crate = $crate::security)]
        $vis enum $name {
            $($role),*
        }
    };
}
