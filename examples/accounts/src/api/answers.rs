//! What the service's failures are in HTTP, in one place.

use secure_runtime::Problem;

use crate::domain::Failure;

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotFound => Self::not_found(),
            Failure::SignedOut => Self::unauthorized(),
            Failure::LastAdmin => Self::conflict()
                .with_detail("This is the last admin. Make another account an admin first."),
            Failure::Fault(error) => Self::internal(error),
        }
    }
}
