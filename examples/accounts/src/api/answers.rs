//! What the service's failures are in HTTP, in one place.

use std::time::Duration;

use secure_runtime::Problem;

use crate::domain::Failure;

/// When to come back to a server that has too many passwords to hash.
const RETRY_AFTER: Duration = Duration::from_secs(2);

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotFound => Self::not_found(),
            Failure::SignedOut => Self::unauthorized(),
            Failure::Forbidden => Self::forbidden(),
            Failure::BadToken => Self::bad_request().with_detail(
                "This link is not valid, or not any more. Sign up again for a new one.",
            ),
            Failure::LastAdmin => Self::conflict()
                .with_detail("This is the last admin. Make another account an admin first."),
            Failure::AddressTaken => Self::conflict(),
            Failure::Overloaded => Self::unavailable(RETRY_AFTER),
            Failure::Fault(error) => Self::internal(error),
        }
    }
}
