use std::cell::{Cell, OnceCell};

use super::visitor::Visitor;
use crate::Problem;

/// Who reads the form that has to carry the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// The handler, as one of its arguments.
    Handler,
    /// The guard: the handler reads no body.
    Guard,
}

/// How far one request has come.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// Who has to look for the token in the form, and has not yet.
    pending: Cell<Option<Reader>>,
    /// By what the browser is known from now on, where nobody is signed in.
    visitor: OnceCell<Visitor>,
}

impl Progress {
    /// The form has to tell.
    pub(super) fn wait_for_form(&self, reader: Reader) {
        self.pending.set(Some(reader));
    }

    /// Whether the guard has to read the form.
    pub(crate) fn is_left_to_the_guard(&self) -> bool {
        self.pending.get() == Some(Reader::Guard)
    }

    /// The form has told.
    pub(super) fn settle(&self) {
        self.pending.set(None);
    }

    pub(crate) fn is_pending(&self) -> bool {
        self.pending.get().is_some()
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
        progress.wait_for_form(Reader::Handler);
        let problem = progress.finish().expect_err("a refusal");
        assert_eq!(problem.status(), StatusCode::FORBIDDEN);
        progress.settle();
        assert!(progress.finish().is_ok());
    }
}
