use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    http::header::{CACHE_CONTROL, PRAGMA},
};
use serde::Serialize;

use super::{Access, Refresh, Token};

/// What a sign-in or a refresh gives.
///
/// As an answer of a handler it is the JSON of RFC 6749 §5.1, with `Cache-Control: no-store`:
/// `{"access_token": …, "token_type": "bearer", "expires_in": 600, "refresh_token": …, "scope": …}`.
#[derive(Debug, Clone)]
#[must_use]
pub struct IssuedTokens {
    access: Token<Access>,
    refresh: Token<Refresh>,
    lifetime: Duration,
    scope: String,
}

impl IssuedTokens {
    pub(super) fn new(
        access: Token<Access>,
        refresh: Token<Refresh>,
        lifetime: Duration,
        scopes: &[String],
    ) -> Self {
        Self {
            access,
            refresh,
            lifetime,
            scope: scopes.join(" "),
        }
    }

    /// The token that calls the API.
    pub fn access(&self) -> &Token<Access> {
        &self.access
    }

    /// The token that gets the next pair.
    pub fn refresh(&self) -> &Token<Refresh> {
        &self.refresh
    }

    /// How long the access token lives.
    pub fn lifetime(&self) -> Duration {
        self.lifetime
    }

    /// The scopes of the access token, separated by spaces.
    pub fn scope(&self) -> &str {
        &self.scope
    }
}

impl Responder for IssuedTokens {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        #[derive(Serialize)]
        struct Body<'a> {
            access_token: &'a str,
            token_type: &'static str,
            expires_in: u64,
            refresh_token: &'a str,
            scope: &'a str,
        }
        HttpResponse::Ok()
            .insert_header((CACHE_CONTROL, "no-store"))
            .insert_header((PRAGMA, "no-cache"))
            .json(Body {
                access_token: self.access.expose(),
                token_type: "bearer",
                expires_in: self.lifetime.as_secs(),
                refresh_token: self.refresh.expose(),
                scope: &self.scope,
            })
    }
}
