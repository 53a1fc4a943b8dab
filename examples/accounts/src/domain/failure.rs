use secure_runtime::password::{PasswordError, policy::PasswordRefused};

/// Why something was not done.
///
/// It is deliberately no `std::error::Error`: those are all faults of the server, and some of these
/// are answers. `api/answers.rs` says which status each is.
#[derive(Debug)]
pub(crate) enum Failure {
    /// There is no such thing, or the caller may not know of it.
    NotFound,
    /// The caller's own account is gone by now.
    SignedOut,
    /// It is somebody else's.
    Forbidden,
    /// The token is unknown, used up or too old, or the address has an account by now.
    BadToken,
    /// Without this account nobody could look after the service.
    LastAdmin,
    /// The address has an account.
    AddressTaken,
    /// The policy does not take the password.
    Refused(PasswordRefused),
    /// The password was not hashed: too many wait, or something is wrong.
    Unhashed(PasswordError),
    /// The database, or something else of ours, does not work.
    Fault(Box<dyn std::error::Error>),
}

impl From<PasswordError> for Failure {
    fn from(error: PasswordError) -> Self {
        Self::Unhashed(error)
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        match error {
            // The statement names its row by an id from outside.
            sqlx::Error::RowNotFound => Self::NotFound,
            error => Self::Fault(error.into()),
        }
    }
}
