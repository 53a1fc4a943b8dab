use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, web::Bytes};

use super::{answer::Refusal, client::client_id, form::Form};
use crate::{CurrentUser, Problem, Security, post, protected, public, rate_limit};

/// `POST /revoke` (RFC 7009): revokes the token in the form. A refresh token goes with its sign-in and
/// their access tokens; an access token goes alone.
///
/// Who has the token may revoke it; nothing else is asked. The answer is 200 for a token that is none
/// of ours, too (§2.2). 60 requests a minute from one address.
#[post("/revoke")]
#[public]
#[rate_limit("60/minute")]
pub async fn revoke(
    security: Security,
    request: HttpRequest,
    #[unvalidated = "RFC 7009 §2.2.1: what is wrong with the form is told in OAuth's words; it is read and bounded in `oauth::form`"]
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let form = match Form::parse(request.content_type(), &body) {
        Ok(form) => form,
        Err(refusal) => return Ok(refusal.answer()),
    };
    if let Err(refusal) = client_id(request.headers(), &form) {
        return Ok(refusal.answer());
    }
    // `token_type_hint` is a hint: we look at the token itself.
    let Some(token) = form.get("token") else {
        return Ok(Refusal::InvalidRequest.answer());
    };
    security.tokens().revoke(token).await?;
    Ok(HttpResponse::Ok().finish())
}

/// `POST /logout`: ends the caller's token and the sign-in that it came from. 204.
///
/// A token that is narrower than its owner is refused, as on every route that names no scope; it ends by
/// [`revoke`](struct@revoke).
#[post("/logout")]
#[protected]
pub async fn logout(security: Security, caller: CurrentUser) -> Result<HttpResponse, Problem> {
    security.tokens().sign_out(&caller).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /logout-everywhere`: ends every token of the caller, on all devices. 204.
#[post("/logout-everywhere")]
#[protected]
pub async fn logout_everywhere(
    security: Security,
    caller: CurrentUser,
) -> Result<HttpResponse, Problem> {
    security
        .tokens()
        .sign_out_everywhere(caller.subject())
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
