//! Signing up and signing in, mounted under `/auth`.

use actix_web::{
    HttpResponse, Responder,
    web::{Data, Json},
};
use secure_runtime::{oauth::ResourceOwners as _, prelude::*, token::IssuedTokens};
use serde_json::json;

use crate::{
    domain::{
        accounts::{Accounts, Address},
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

/// The answer is the same whether or not the address has an account: what differs is the mail.
#[post("/register")]
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

#[post("/verify-email")]
#[public]
#[rate_limit("10/minute")]
#[validated]
pub(crate) async fn verify_email(
    accounts: Data<Accounts>,
    verification: Json<Verification>,
) -> Result<impl Responder, Problem> {
    let Verification { token, password } = verification.into_inner();
    accounts.verify(&token, password).await?;
    Ok(HttpResponse::NoContent())
}

#[post("/login")]
#[public]
#[rate_limit("10/minute")]
#[validated]
pub(crate) async fn login(
    accounts: Data<Accounts>,
    security: Security,
    credentials: Json<Credentials>,
) -> Result<IssuedTokens, Problem> {
    let Credentials { email, password } = credentials.into_inner();
    let grant = accounts.sign_in(&email, password).await?;
    let tokens = security.tokens().sign_in(&grant.ok_or_else(nobody)?).await;
    tokens.map_err(|error| match error.is_signed_out() {
        true => nobody(),
        false => error.into(),
    })
}

/// One text for every reason.
fn nobody() -> Problem {
    Problem::unauthorized().with_detail("The e-mail address or the password is wrong.")
}
