use std::cell::{Cell, OnceCell};

use super::visitor::Visitor;
use crate::Problem;

/// How far one request has come.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// Whether the form has to carry the token, and nobody has looked yet.
    is_pending: Cell<bool>,
    /// By what the browser is known from now on, where nobody is signed in.
    visitor: OnceCell<Visitor>,
}

impl Progress {
    /// The form has to tell.
    pub(super) fn wait_for_form(&self) {
        self.is_pending.set(true);
    }

    /// The form has told.
    pub(super) fn settle(&self) {
        self.is_pending.set(false);
    }

    pub(crate) fn is_pending(&self) -> bool {
        self.is_pending.get()
    }

    /// Refuses what nobody has judged: a handler runs after the form has told, or not at all.
    pub(crate) fn finish(&self) -> Result<(), Problem> {
        match self.is_pending() {
            true => Err(super::stage::refusal(
                "nobody has looked for the form token",
            )),
            false => Ok(()),
        }
    }

    /// By what the browser is known: the same throughout the request.
    pub(super) fn visitor(&self, make: impl FnOnce() -> Visitor) -> &Visitor {
        self.visitor.get_or_init(make)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::StatusCode;

    use super::*;

    #[test]
    fn what_nobody_has_judged_is_refused() {
        let progress = Progress::default();
        assert!(progress.finish().is_ok());
        progress.wait_for_form();
        let problem = progress.finish().expect_err("a refusal");
        assert_eq!(problem.status(), StatusCode::FORBIDDEN);
        progress.settle();
        assert!(progress.finish().is_ok());
    }
}
