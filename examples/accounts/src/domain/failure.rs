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
    /// Without this account nobody could look after the service.
    LastAdmin,
    /// The database, or something else of ours, does not work.
    Fault(Box<dyn std::error::Error>),
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
