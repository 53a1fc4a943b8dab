//! The one mapping from an error to a response: problem details, RFC 9457.

use std::{any::Any, borrow::Cow, fmt, time::Duration};

use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
};
use serde::Serialize;

use crate::{
    api_key::ApiKeyError,
    crypto::SignatureError,
    edge::ProblemText,
    input::FieldError,
    password::{
        PasswordError,
        policy::{BreachCheckError, PasswordRefused},
    },
    principal::challenge,
    store::StoreError,
    token::TokenError,
};

/// A password that is refused stands somewhere in the body; where, the handler knows.
const WHOLE_BODY: &str = "#";

/// When to come back to a server whose store does not answer.
const STORE_IS_BACK: Duration = Duration::from_secs(1);

/// A problem, answered as `application/problem+json` (RFC 9457).
///
/// What the client reads is fixed and says nothing about the inside; the cause goes to the log
/// under the correlation id that the client gets as `X-Request-Id`. Any error converts into a 500,
/// so `?` is safe in a handler that returns `Result<_, Problem>`.
///
/// ```
/// use secure_runtime::Problem;
///
/// fn find(id: u32) -> Result<&'static str, Problem> {
///     match id {
///         1 => Ok("the first"),
///         _ => Err(Problem::not_found()),
///     }
/// }
/// # assert!(find(2).is_err());
/// ```
#[derive(Clone)]
pub struct Problem {
    inner: Box<Inner>,
}

#[derive(Clone)]
struct Inner {
    status: StatusCode,
    detail: Option<Cow<'static, str>>,
    errors: Vec<FieldError>,
    headers: Vec<(HeaderName, HeaderValue)>,
    cause: Option<String>,
    /// Whether the log has the reason already, once for all requests that it is the reason of.
    is_known: bool,
}

impl Problem {
    /// A problem with a status and nothing else to say. A status below 400 is no problem and
    /// becomes a 500.
    #[must_use]
    pub fn new(status: StatusCode) -> Self {
        let status = if status.is_client_error() || status.is_server_error() {
            status
        } else {
            StatusCode::INTERNAL_SERVER_ERROR
        };
        Self {
            inner: Box::new(Inner {
                status,
                detail: None,
                errors: Vec::new(),
                headers: Vec::new(),
                cause: None,
                is_known: false,
            }),
        }
    }

    /// 400: the request cannot be read.
    #[must_use]
    pub fn bad_request() -> Self {
        Self::new(StatusCode::BAD_REQUEST)
    }

    /// 401: nobody is signed in, or not as anybody that counts. The `WWW-Authenticate` header is that of
    /// the guard (RFC 6750 §3, without an `error`).
    #[must_use]
    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED)
            .with_header(header::WWW_AUTHENTICATE, challenge(None, None))
    }

    /// 401 for a credential that was sent and is good for nothing (RFC 6750 §3.1). The reason is for the
    /// log.
    pub(crate) fn invalid_token(reason: impl fmt::Display) -> Self {
        Self::new(StatusCode::UNAUTHORIZED)
            .with_header(
                header::WWW_AUTHENTICATE,
                challenge(Some("invalid_token"), None),
            )
            .because(reason)
    }

    /// 403: the caller is known, and may not.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN)
    }

    /// 404: nothing there, or nothing that this caller may see.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND)
    }

    /// 409: the request contradicts what is there.
    #[must_use]
    pub fn conflict() -> Self {
        Self::new(StatusCode::CONFLICT)
    }

    /// 422: the input is understood and breaks a rule. Where it sets a field that is not its sender's to set
    /// (`#[writable(…)]`), 403, with such fields alone.
    #[must_use]
    pub fn invalid(mut errors: Vec<FieldError>) -> Self {
        if errors.iter().any(|error| error.is_forbidden) {
            errors.retain(|error| error.is_forbidden);
            let places = errors.iter().filter_map(|error| error.place());
            let cause = format!(
                "not the caller's to set: {}",
                places.collect::<Vec<_>>().join(", ")
            );
            let mut problem = Self::forbidden().because(cause);
            problem.inner.errors = errors;
            return problem;
        }
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY);
        problem.inner.errors = errors;
        problem
    }

    /// The same with what is wrong with the input.
    #[cfg(feature = "uploads")]
    pub(crate) fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.inner.errors = errors;
        self
    }

    /// 500: a fault of the server. The cause is logged and never sent.
    #[must_use]
    pub fn internal(cause: impl fmt::Display) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR).because(cause)
    }

    /// 503 with `Retry-After` in whole seconds, rounded up.
    #[must_use]
    pub fn unavailable(retry_after: Duration) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE).with_retry_after(retry_after)
    }

    /// Says more to the client. The text is sent as it is: no inside, no secret, no input.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.inner.detail = Some(detail.into());
        self
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.inner.headers.push((name, value));
        self
    }

    /// Notes for the log why this happened. Never sent.
    #[must_use]
    pub fn because(mut self, cause: impl fmt::Display) -> Self {
        self.inner.cause = Some(cause.to_string());
        self
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.inner.status
    }

    /// What the client reads besides the status, where something was said.
    pub fn detail(&self) -> Option<&str> {
        self.inner.detail.as_deref()
    }

    /// The fields that are wrong, where the input was.
    pub fn errors(&self) -> &[FieldError] {
        &self.inner.errors
    }

    /// What the log says, where something was noted.
    pub(crate) fn cause(&self) -> Option<&str> {
        self.inner.cause.as_deref()
    }

    /// Says that the log has the reason already: a line for each request would help whoever sends many.
    pub(crate) fn known_already(mut self) -> Self {
        self.inner.is_known = true;
        self
    }

    pub(crate) fn is_known(&self) -> bool {
        self.inner.is_known
    }

    /// Adds `Retry-After`, in whole seconds, rounded up.
    #[must_use]
    pub fn with_retry_after(self, wait: Duration) -> Self {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        self.with_header(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)))
    }

    /// The problem that stands for an error of actix-web: its status, and a text of ours.
    pub(crate) fn from_actix(error: &actix_web::Error) -> Self {
        // The response knows better than `status_code`, which many errors leave at 500.
        Self::new(error.error_response().status()).because(error)
    }

    /// 503 where nobody can say, 401 where the token is refused; what cannot be issued is a fault of ours.
    fn from_token(error: &TokenError) -> Self {
        if error.is_unavailable() {
            Self::unavailable(STORE_IS_BACK).because(error)
        } else if error.is_signed_out() {
            Self::unauthorized().because(error)
        } else if error.is_refusal() {
            Self::invalid_token(error)
        } else {
            Self::internal(error)
        }
    }

    /// 503 where the store does not answer or is full; what else is wrong with it is a fault of ours.
    fn from_store(error: &StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) | StoreError::Full => {
                Self::unavailable(STORE_IS_BACK).because(error)
            }
            StoreError::Invalid(_) | StoreError::Corrupt(_) => Self::internal(error),
        }
    }

    /// What people read in a few words; `text` is what the app says of such problems.
    pub(crate) fn title<'a>(&self, text: Option<&'a ProblemText>) -> &'a str {
        let phrase = self.inner.status.canonical_reason().unwrap_or("Error");
        text.map_or(phrase, ProblemText::title)
    }

    /// What people read in more words; `text` is what the app says of such problems.
    pub(crate) fn worded_detail<'a>(&'a self, text: Option<&'a ProblemText>) -> Option<&'a str> {
        let own = self.inner.detail.as_deref();
        text.map_or(own, |text| text.detail(own))
    }

    /// What programs read; `text` is what the app says of such problems.
    pub(crate) fn body(&self, text: Option<&ProblemText>) -> Vec<u8> {
        #[derive(Serialize)]
        struct Body<'a> {
            r#type: &'static str,
            title: &'a str,
            status: u16,
            #[serde(skip_serializing_if = "Option::is_none")]
            detail: Option<&'a str>,
            #[serde(skip_serializing_if = "<[_]>::is_empty")]
            errors: &'a [FieldError],
        }
        let inner = &self.inner;
        // RFC 9457 §4.2.1: with `about:blank` the title is the status's own phrase, perhaps in another language.
        serde_json::to_vec(&Body {
            r#type: "about:blank",
            title: self.title(text),
            status: inner.status.as_u16(),
            detail: self.worded_detail(text),
            errors: &inner.errors,
        })
        .unwrap_or_default()
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.inner.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.inner.status);
        response.content_type("application/problem+json");
        for (name, value) in &self.inner.headers {
            response.append_header((name.clone(), value.clone()));
        }
        response.body(self.body(None))
    }
}

/// Any error is a 500 whose text is logged and not sent; an error of actix-web keeps its status. A
/// store that does not answer is a 503, and so is a queue of passwords that is full; a token that is
/// refused is a 401, a password that the policy refuses a 422, a signed value that is not taken a 400; an API key
/// that is not made is what [`ApiKeyError`] says.
impl<E: std::error::Error + 'static> From<E> for Problem {
    fn from(error: E) -> Self {
        let any: &dyn Any = &error;
        if let Some(error) = any.downcast_ref::<actix_web::Error>() {
            return Self::from_actix(error);
        }
        if let Some(error) = any.downcast_ref::<StoreError>() {
            return Self::from_store(error);
        }
        if let Some(error) = any.downcast_ref::<TokenError>() {
            return Self::from_token(error);
        }
        if let Some(error) = any.downcast_ref::<PasswordError>()
            && let Some(wait) = error.retry_after()
        {
            return Self::unavailable(wait).because(error);
        }
        if let Some(error) = any.downcast_ref::<ApiKeyError>() {
            return error.problem();
        }
        if let Some(refused) = any.downcast_ref::<PasswordRefused>() {
            return refused.problem(WHOLE_BODY);
        }
        if let Some(error) = any.downcast_ref::<BreachCheckError>() {
            return error.problem(WHOLE_BODY);
        }
        if let Some(error) = any.downcast_ref::<SignatureError>() {
            return Self::bad_request().because(error);
        }
        let mut cause = error.to_string();
        let mut source = error.source();
        while let Some(next) = source {
            cause.push_str(": ");
            cause.push_str(&next.to_string());
            source = next.source();
        }
        Self::internal(cause)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.inner.status)?;
        if let Some(detail) = &self.inner.detail {
            write!(f, ": {detail}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Problem")
            .field("status", &self.inner.status)
            .field("detail", &self.inner.detail)
            .field("errors", &self.inner.errors)
            .field("cause", &self.inner.cause)
            .finish()
    }
}
