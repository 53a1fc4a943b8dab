//! OAuth2's password grant (RFC 6749 §4.3), for clients that speak nothing else. RFC 9700 §2.4 says
//! that new ones must not use it: theirs is `/auth/login`.

use actix_web::{
    HttpMessage as _, HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, PRAGMA},
    web::{Bytes, Data},
};
use secure_runtime::prelude::*;
use serde::Deserialize;
use serde_json::json;

use super::auth::Tokens;
use crate::domain::accounts::{Account, Accounts, Address};

/// In bytes. An address and a password are far shorter.
const LONGEST_FORM: usize = 8 * 1024;
/// In bytes, as at `/auth/login`.
const LONGEST_PASSWORD: usize = 1024;

/// The form; parameters that are not known are ignored (RFC 6749 §3.2).
#[derive(Deserialize)]
struct Form {
    grant_type: Option<String>,
    username: Option<String>,
    password: Option<Secret<String>>,
    scope: Option<String>,
}

/// RFC 6749 §5.2, in its words.
enum Refusal {
    InvalidRequest,
    InvalidGrant,
    InvalidScope,
    UnsupportedGrantType,
}

#[post("/auth/token")]
#[public]
#[rate_limit("10/minute")]
pub(crate) async fn token(
    request: HttpRequest,
    accounts: Data<Accounts>,
    security: Data<Security>,
    #[unvalidated = "RFC 6749 §5.2: what is wrong with the form is told in OAuth's words; it is bounded below"]
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let form = match parse(request.content_type(), &body) {
        Ok(form) => form,
        Err(refusal) => return Ok(refusal.answer()),
    };
    let (address, password) = (Address::new(&form.username), form.password);
    let Some(account) = accounts.sign_in(&address, password).await? else {
        return Ok(Refusal::InvalidGrant.answer());
    };
    let Some(scopes) = granted(&account, form.scope.as_deref()) else {
        return Ok(Refusal::InvalidScope.answer());
    };
    let tokens = Tokens::issue(&security, &account, scopes.into_iter())?;
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((PRAGMA, "no-cache"))
        .json(tokens))
}

/// A password grant.
struct PasswordGrant {
    username: String,
    password: Secret<String>,
    scope: Option<String>,
}

fn parse(content_type: &str, body: &[u8]) -> Result<PasswordGrant, Refusal> {
    let is_form = content_type.eq_ignore_ascii_case("application/x-www-form-urlencoded");
    if !is_form || body.len() > LONGEST_FORM {
        return Err(Refusal::InvalidRequest);
    }
    // A parameter that stands there twice is refused here too, as §3.2 asks.
    let form: Form = serde_urlencoded::from_bytes(body).map_err(|_| Refusal::InvalidRequest)?;
    match form.grant_type.as_deref() {
        Some("password") => {}
        Some(_) => return Err(Refusal::UnsupportedGrantType),
        None => return Err(Refusal::InvalidRequest),
    }
    match (form.username, form.password) {
        (Some(username), Some(password)) if password.expose().len() <= LONGEST_PASSWORD => {
            Ok(PasswordGrant {
                username,
                password,
                scope: form.scope,
            })
        }
        _ => Err(Refusal::InvalidRequest),
    }
}

/// The scopes that were asked for, if the account may have each of them; all of its scopes where
/// none were asked for.
fn granted(account: &Account, asked_for: Option<&str>) -> Option<Vec<&'static str>> {
    let all: Vec<_> = account.role.scopes().collect();
    let Some(asked_for) = asked_for.filter(|scopes| !scopes.is_empty()) else {
        return Some(all);
    };
    asked_for
        .split(' ')
        .map(|word| all.iter().copied().find(|scope| *scope == word))
        .collect()
}

impl Refusal {
    fn answer(self) -> HttpResponse {
        let error = match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidGrant => "invalid_grant",
            Self::InvalidScope => "invalid_scope",
            Self::UnsupportedGrantType => "unsupported_grant_type",
        };
        HttpResponse::BadRequest()
            .insert_header((CACHE_CONTROL, "no-store"))
            .insert_header((PRAGMA, "no-cache"))
            .json(json!({ "error": error }))
    }
}
