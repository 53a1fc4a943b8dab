//! What existing clients need and new ones must not use.

use actix_web::{HttpRequest, HttpResponse, web::Bytes};

use super::{
    answer::{Failure, Refusal},
    grants::{Request, answer, refresh},
};
use crate::{
    Problem, Secret, Security,
    account::{SignIn, SignInError, Wanted},
    post, public, rate_limit,
    token::IssuedTokens,
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
    sign_in: SignIn,
    request: HttpRequest,
    #[unvalidated = "RFC 6749 §5.2: what is wrong with the form is told in OAuth's words; it is read and bounded in `oauth::form`"]
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let grant = async |security: &Security, asked: &Request| {
        password_or_refresh(&sign_in, security, asked).await
    };
    answer(&security, &request, &body, grant).await
}

async fn password_or_refresh(
    sign_in: &SignIn,
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
    let scopes = asked.form.scopes();
    let wanted = Wanted {
        scopes: scopes.as_deref(),
        client_id: asked.client_id.as_deref(),
    };
    let password = Secret::new(password.to_owned());
    let issued = sign_in.attempt(username, password, wanted).await;
    issued.map_err(|error| match error {
        SignInError::Denied => Refusal::InvalidGrant.into(),
        SignInError::ScopeNotGranted => Refusal::InvalidScope.into(),
        SignInError::Problem(problem) => Failure::Problem(problem),
    })
}
