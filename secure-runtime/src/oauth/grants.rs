use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, Responder as _, web::Bytes};

use super::{
    answer::{Failure, Refusal},
    client::client_id,
    form::Form,
};
use crate::{
    Problem, Security, post, public, rate_limit,
    token::{Family, IssuedTokens, Token},
};

/// `POST /token` with `grant_type=refresh_token` (RFC 6749 §6): exchanges a refresh token for an access
/// token and the next refresh token.
///
/// The form may hold `scope`, to get a narrower access token, and `client_id`. The answer is that of
/// RFC 6749 §5.1; what is wrong is 400 with the `error` of §5.2. 60 requests a minute from one address.
#[post("/token")]
#[public]
#[rate_limit("60/minute")]
pub async fn token(
    security: Security,
    request: HttpRequest,
    #[unvalidated = "RFC 6749 §5.2: what is wrong with the form is told in OAuth's words; it is read and bounded in `oauth::form`"]
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    answer(&security, &request, &body, refresh).await
}

/// Reads the request for tokens and answers it.
pub(super) async fn answer(
    security: &Security,
    request: &HttpRequest,
    body: &[u8],
    grant: impl AsyncFnOnce(&Security, &Request) -> Result<IssuedTokens, Failure>,
) -> Result<HttpResponse, Problem> {
    let read = || -> Result<Request, Refusal> {
        let form = Form::parse(request.content_type(), body)?;
        let client_id = client_id(request.headers(), &form)?;
        Ok(Request { form, client_id })
    };
    let asked = match read() {
        Ok(asked) => asked,
        Err(refusal) => return Ok(refusal.answer()),
    };
    match grant(security, &asked).await {
        Ok(issued) => Ok(issued.respond_to(request)),
        Err(failure) => failure.answer(),
    }
}

/// A request for tokens.
pub(super) struct Request {
    pub(super) form: Form,
    pub(super) client_id: Option<String>,
}

/// The refresh grant; any other is not supported.
pub(super) async fn refresh(security: &Security, asked: &Request) -> Result<IssuedTokens, Failure> {
    if asked.form.required("grant_type")? != "refresh_token" {
        return Err(Refusal::UnsupportedGrantType.into());
    }
    let presented = Token::from_untrusted(asked.form.required("refresh_token")?);
    let owners = security.oauth().owners().map_err(Failure::Problem)?;
    let (tokens, scopes) = (security.tokens(), asked.form.scopes());
    let client_id = asked.client_id.as_deref();
    let renew = async |family: &Family| owners.renew(&family.subject).await;
    let issued = tokens.refresh(&presented, client_id, scopes.as_deref(), renew);
    Ok(issued.await?)
}
