//! What existing clients need and new ones must not use.

use actix_web::{HttpRequest, HttpResponse, web::Bytes};

use super::{
    answer::{Failure, Refusal},
    grants::{Request, answer, refresh},
};
use crate::{
    Problem, Secret, Security, post, public, rate_limit,
    token::{Grant, IssuedTokens},
};

/// In bytes: what a password is bounded by everywhere.
const LONGEST_PASSWORD: usize = 1024;
/// In bytes. An e-mail address has at most 254.
const LONGEST_USERNAME: usize = 320;

/// `POST /token` with `grant_type=password` (RFC 6749 §4.3), and all that [`oauth::token`](struct@super::token)
/// does.
///
/// RFC 9700 §2.4 and ASVS 10.4.4 say that this grant must not be used: it teaches people to give their
/// password to any client. It is here for clients that speak nothing else; a client of your own signs
/// in with a JSON body. The form holds `username`, `password`, and optionally `scope` and `client_id`.
/// 60 requests a minute from one address, and ten of them that get nothing.
#[post("/token")]
#[public]
#[rate_limit("60/minute")]
#[rate_limit("10/minute", count = "failures")]
pub async fn token(
    security: Security,
    request: HttpRequest,
    #[unvalidated = "RFC 6749 §5.2: what is wrong with the form is told in OAuth's words; it is read and bounded in `oauth::form`"]
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    answer(&security, &request, &body, password_or_refresh).await
}

async fn password_or_refresh(
    security: &Security,
    asked: &Request,
) -> Result<IssuedTokens, Failure> {
    if asked.form.required("grant_type")? != "password" {
        return refresh(security, asked).await;
    }
    let username = asked.form.required("username")?;
    let password = asked.form.required("password")?;
    if username.len() > LONGEST_USERNAME || password.len() > LONGEST_PASSWORD {
        return Err(Refusal::InvalidRequest.into());
    }
    let password = Secret::new(password.to_owned());
    // Before the password is verified: who is signed out everywhere meanwhile gets no token.
    let begun = security.tokens().now();
    let found: Result<Option<Grant>, Problem> = Err(Problem::internal("SignIn is not there yet"));
    let grant = found
        .map_err(Failure::Problem)?
        .ok_or(Refusal::InvalidGrant)?;
    let _ = (username, password);
    let grant = match asked.form.scopes() {
        Some(wanted) if wanted.iter().any(|scope| !grant.scopes().contains(scope)) => {
            return Err(Refusal::InvalidScope.into());
        }
        Some(wanted) => grant.narrowed_to(&wanted),
        None => grant,
    };
    let grant = grant.signed_in_by(begun);
    let grant = match &asked.client_id {
        Some(client_id) => grant.with_client_id(client_id),
        None => grant,
    };
    let issued = security.tokens().sign_in(&grant).await;
    issued.map_err(|error| match error.is_signed_out() {
        true => Refusal::InvalidGrant.into(),
        false => Failure::Problem(error.into()),
    })
}
