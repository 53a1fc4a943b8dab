use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, PRAGMA, WWW_AUTHENTICATE},
};
use serde_json::json;

use crate::{Problem, token::RefreshError};

/// Why a request for tokens gets none, in the words of RFC 6749 §5.2. Clients read them, so they are no
/// problem details.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// A parameter is absent, empty, too long or there twice, or the request is no form.
    InvalidRequest,
    /// The client presents a secret, and none has one.
    InvalidClient,
    /// The credentials or the refresh token are good for nothing.
    InvalidGrant,
    /// A scope that was not granted.
    InvalidScope,
    UnsupportedGrantType,
}

impl Refusal {
    fn word(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::InvalidScope => "invalid_scope",
            Self::UnsupportedGrantType => "unsupported_grant_type",
        }
    }

    pub(super) fn answer(self) -> HttpResponse {
        let mut answer = match self {
            Self::InvalidClient => HttpResponse::Unauthorized(),
            _ => HttpResponse::BadRequest(),
        };
        if self == Self::InvalidClient {
            answer.insert_header((WWW_AUTHENTICATE, "Basic realm=\"token\""));
        }
        answer
            .insert_header((CACHE_CONTROL, "no-store"))
            .insert_header((PRAGMA, "no-cache"))
            .json(json!({ "error": self.word() }))
    }
}

/// A refusal in OAuth's words, or a fault of the server in ours.
#[derive(Debug)]
pub(super) enum Failure {
    Refused(Refusal),
    Problem(Problem),
}

impl Failure {
    pub(super) fn answer(self) -> Result<HttpResponse, Problem> {
        match self {
            Self::Refused(refusal) => Ok(refusal.answer()),
            Self::Problem(problem) => Err(problem),
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<RefreshError> for Failure {
    fn from(error: RefreshError) -> Self {
        match error {
            RefreshError::Invalid => Self::Refused(Refusal::InvalidGrant),
            RefreshError::ScopeNotGranted => Self::Refused(Refusal::InvalidScope),
            RefreshError::Failed(problem) => Self::Problem(problem),
        }
    }
}
