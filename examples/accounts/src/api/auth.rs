//! Signing up and in, and the ways back to an account, mounted under `/auth`.

use actix_web::{HttpResponse, Responder, web::Json};
use secure_runtime::{
    account::{AddressChange, PasswordReset, ResetOptions, SignIn, SignUp},
    prelude::*,
    token::IssuedTokens,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Somebody who wants an account.
#[validated]
pub(crate) struct Registration {
    #[validate(email, length(max = 254))]
    pub(crate) email: String,
    /// A display name.
    #[validate(length(min = 1, max = 50), non_control_character)]
    pub(crate) username: String,
}

/// What is kept of a registration, besides the address, until the mail is answered.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Details {
    pub(crate) username: String,
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
    pub(crate) email: String,
    #[validate(length(max = 1024))]
    pub(crate) password: Secret<String>,
}

/// Somebody who does not know the password any more.
#[validated]
pub(crate) struct Forgotten {
    #[validate(length(max = 254))]
    pub(crate) email: String,
}

/// What stood in the mail, and the password from now on.
#[validated]
pub(crate) struct NewPassword {
    #[validate(length(max = 128))]
    token: Secret<String>,
    #[validate(length(max = 1024))]
    new_password: Secret<String>,
    /// Whether the API keys of the account end, too.
    revoke_api_keys: Option<bool>,
}

/// What stood in the mail to a new address.
#[validated]
pub(crate) struct Confirmation {
    #[validate(length(max = 128))]
    token: Secret<String>,
}

/// The answer is the same whether or not the address has an account: what differs is the mail.
#[post("/register")]
#[public]
#[rate_limit("5/minute")]
#[validated]
pub(crate) async fn register(
    sign_up: SignUp,
    new: Json<Registration>,
) -> Result<impl Responder, Problem> {
    let Registration { email, username } = new.into_inner();
    sign_up.request(&email, &Details { username }).await?;
    Ok(mailed(
        "If this address can be signed up, a mail with a link is on its way to it.",
    ))
}

#[post("/verify-email")]
#[public]
#[rate_limit("10/minute")]
#[validated]
pub(crate) async fn verify_email(
    sign_up: SignUp,
    verification: Json<Verification>,
) -> Result<impl Responder, Problem> {
    let Verification { token, password } = verification.into_inner();
    sign_up.confirm(&token, password).await?;
    Ok(HttpResponse::NoContent())
}

/// Guesses are counted by account; the limit by address is for whoever tries many.
#[post("/login")]
#[public]
#[rate_limit("10/minute")]
#[validated]
pub(crate) async fn login(
    sign_in: SignIn,
    credentials: Json<Credentials>,
) -> Result<IssuedTokens, Problem> {
    let Credentials { email, password } = credentials.into_inner();
    sign_in.with_password(&email, password).await
}

/// The answer is the same whether or not there is an account.
#[post("/forgot-password")]
#[public]
#[rate_limit("5/minute")]
#[validated]
pub(crate) async fn forgot_password(
    reset: PasswordReset,
    forgotten: Json<Forgotten>,
) -> Result<impl Responder, Problem> {
    reset.request(&forgotten.email).await?;
    Ok(mailed(
        "If there is an account with this address, a mail with a link is on its way to it.",
    ))
}

/// It signs nobody in, and whoever was signed in no longer is.
#[post("/reset-password")]
#[public]
#[rate_limit("10/minute")]
#[validated]
pub(crate) async fn reset_password(
    reset: PasswordReset,
    new: Json<NewPassword>,
) -> Result<impl Responder, Problem> {
    let NewPassword {
        token,
        new_password,
        revoke_api_keys,
    } = new.into_inner();
    let options = ResetOptions::new().revoke_api_keys(revoke_api_keys.unwrap_or(false));
    reset.confirm(&token, new_password, options).await?;
    Ok(HttpResponse::NoContent())
}

/// The mail to the new address was read: from now on it is the account's.
#[post("/confirm-email")]
#[public]
#[rate_limit("10/minute")]
#[validated]
pub(crate) async fn confirm_email(
    change: AddressChange,
    confirmation: Json<Confirmation>,
) -> Result<impl Responder, Problem> {
    change.confirm(&confirmation.token).await?;
    Ok(HttpResponse::NoContent())
}

fn mailed(message: &str) -> impl Responder {
    HttpResponse::Accepted().json(json!({ "message": message }))
}
