use std::{error::Error, fmt};

use crate::{FieldError, Problem, store::StoreError};

/// Why a key was not made.
#[derive(Debug)]
#[non_exhaustive]
pub enum ApiKeyError {
    /// What was asked for breaks a rule: 422, each mistake at its place in the body, as
    /// [`NewApiKey`](super::NewApiKey) names its fields (`#/name`, `#/scopes`, `#/expires_in`,
    /// `#/allowed_addresses/0`).
    Invalid(Vec<FieldError>),
    /// The subject has as many keys as it may: 409.
    TooMany,
    /// A key asked for it, and keys are made by who signs in: 403.
    AskedByKey,
    /// The account is gone or disabled, or was signed out everywhere meanwhile: 401.
    OwnerGone,
    /// The server could not do its work.
    Failed(Problem),
}

impl ApiKeyError {
    /// The answer to whoever asked.
    pub(crate) fn problem(&self) -> Problem {
        match self {
            Self::Invalid(errors) => Problem::invalid(errors.clone()),
            Self::TooMany => {
                Problem::conflict().with_detail("there are as many keys as there may be")
            }
            Self::AskedByKey => Problem::forbidden().because(self),
            Self::OwnerGone => Problem::invalid_token(self),
            Self::Failed(problem) => problem.clone(),
        }
    }
}

impl From<StoreError> for ApiKeyError {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Problem> for ApiKeyError {
    fn from(problem: Problem) -> Self {
        Self::Failed(problem)
    }
}

impl fmt::Display for ApiKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Invalid(_) => "what was asked of the API key breaks a rule",
            Self::TooMany => "the subject has as many API keys as it may",
            Self::AskedByKey => "an API key asks for an API key",
            Self::OwnerGone => "the account is gone, disabled or was signed out everywhere",
            Self::Failed(problem) => return problem.fmt(f),
        })
    }
}

impl Error for ApiKeyError {}
