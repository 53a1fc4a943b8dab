use std::fmt::Display;

use crate::{Problem, principal::Principal};

/// Whether a caller may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Decision {
    /// The caller may.
    Allow,
    /// The caller may not, and may know that there is something: 403, or 401 where nobody is signed in.
    Forbid,
    /// The caller may not even know that there is something: 404, the very answer that there would be were there
    /// nothing.
    Hide,
}

impl Decision {
    /// Whether the caller may.
    #[must_use]
    pub const fn is_allowed(self) -> bool {
        matches!(self, Self::Allow)
    }

    /// This decision where it is a refusal, and otherwise the `next` one.
    ///
    /// ```
    /// use secure_runtime::Decision;
    ///
    /// assert_eq!(Decision::Allow.and_then(|| Decision::Forbid), Decision::Forbid);
    /// assert_eq!(Decision::Hide.and_then(|| Decision::Allow), Decision::Hide);
    /// ```
    pub fn and_then(self, next: impl FnOnce() -> Self) -> Self {
        match self {
            Self::Allow => next(),
            refusal => refusal,
        }
    }

    /// The answer to a caller who may not. `what` was refused is for the log.
    pub(super) fn permit(
        self,
        caller: Option<&Principal>,
        what: impl Display,
    ) -> Result<(), Problem> {
        let problem = match (self, caller) {
            (Self::Allow, _) => return Ok(()),
            (Self::Forbid, Some(_)) => Problem::forbidden(),
            // Somebody else may be allowed: who calls has to be said first.
            (Self::Forbid, None) => Problem::unauthorized(),
            (Self::Hide, _) => Problem::not_found(),
        };
        Err(match caller {
            Some(caller) => {
                problem.because(format_args!("{:?} is refused: {what}", caller.subject()))
            }
            None => problem.because(format_args!("nobody is signed in: {what}")),
        })
    }
}
