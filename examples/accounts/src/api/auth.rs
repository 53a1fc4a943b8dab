//! Signing up and signing in.

use actix_web::{
    HttpResponse, Responder,
    http::header::CACHE_CONTROL,
    web::{Data, Json},
};
use secure_runtime::{FieldError, policy::RoleWord as _, prelude::*, token::Grant};
use serde::Serialize;
use serde_json::json;

use crate::{
    domain::{
        accounts::{Account, Accounts, Address},
        passwords::NewPassword,
        registrations::Registrations,
    },
    mail::Outbox,
};

/// Somebody who wants an account.
#[validated]
pub(crate) struct Registration {
    #[validate(email, length(max = 254))]
    email: String,
    /// A display name.
    #[validate(length(min = 1, max = 50), non_control_character)]
    username: String,
}

/// What stood in the mail, and the password of the account to be.
#[validated]
pub(crate) struct Verification {
    #[validate(length(max = 128))]
    token: Secret<String>,
    #[validate(length(max = 1024))]
    password: Secret<String>,
}

/// Somebody who has an account.
#[validated]
pub(crate) struct Credentials {
    #[validate(length(max = 254))]
    email: String,
    #[validate(length(max = 1024))]
    password: Secret<String>,
}

/// An access token, as RFC 6749 §5.1 writes it.
#[derive(Serialize)]
pub(crate) struct Tokens {
    access_token: String,
    token_type: &'static str,
    /// In seconds.
    expires_in: u64,
    scope: String,
}

/// The answer is the same whether or not the address has an account: what differs is the mail.
#[post("/auth/register")]
#[public]
#[rate_limit("5/minute")]
#[validated]
pub(crate) async fn register(
    registrations: Data<Registrations>,
    outbox: Data<Outbox>,
    new: Json<Registration>,
) -> Result<impl Responder, Problem> {
    let address = Address::new(&new.email);
    registrations.note(&address, &new.username).await?;
    outbox.wake();
    Ok(HttpResponse::Accepted().json(json!({
        "message": "If this address can be signed up, a mail with a link is on its way to it."
    })))
}

#[post("/auth/verify-email")]
#[public]
#[rate_limit("10/minute")]
#[validated]
pub(crate) async fn verify_email(
    accounts: Data<Accounts>,
    verification: Json<Verification>,
) -> Result<impl Responder, Problem> {
    let Verification { token, password } = verification.into_inner();
    let password = NewPassword::new(password)
        .map_err(|why| Problem::invalid(vec![FieldError::at("#/password", "password", why)]))?;
    accounts.verify(&token, password).await?;
    Ok(HttpResponse::NoContent())
}

#[post("/auth/login")]
#[public]
#[rate_limit("10/minute")]
#[validated]
pub(crate) async fn login(
    accounts: Data<Accounts>,
    security: Data<Security>,
    credentials: Json<Credentials>,
) -> Result<impl Responder, Problem> {
    let Credentials { email, password } = credentials.into_inner();
    let account = accounts.sign_in(&Address::new(&email), password).await?;
    let account = account.ok_or_else(nobody)?;
    let tokens = Tokens::issue(&security, &account, account.role.scopes())?;
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(tokens))
}

/// One text for every reason.
fn nobody() -> Problem {
    Problem::unauthorized().with_detail("The e-mail address or the password is wrong.")
}

impl Tokens {
    /// A token for the account that may be used for `scopes`.
    pub(super) fn issue<'a>(
        security: &Security,
        account: &Account,
        scopes: impl Iterator<Item = &'a str>,
    ) -> Result<Self, Problem> {
        let scopes: Vec<_> = scopes.collect();
        let scope = scopes.join(" ");
        let grant = Grant::new(account.id.to_string())
            .with_roles([account.role.word()])
            .with_scopes(scopes);
        let issuer = security.access_tokens();
        Ok(Self {
            access_token: issuer.issue(&grant)?.expose().to_owned(),
            token_type: "bearer",
            expires_in: issuer.lifetime().as_secs(),
            scope,
        })
    }
}
