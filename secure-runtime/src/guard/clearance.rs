use std::rc::Rc;

use super::Extraction;
use crate::context::RequestContext;

/// That the stages have let a request pass, and what a form has still to tell.
#[derive(Debug)]
#[must_use]
pub(super) struct Clearance(Option<Rc<RequestContext>>);

impl Clearance {
    pub(super) fn of(context: &Rc<RequestContext>) -> Self {
        Self(context.csrf.is_pending().then(|| context.clone()))
    }

    /// The arguments, once everything has been told.
    pub(super) fn after<V: 'static>(self, arguments: Extraction<V>) -> Extraction<V> {
        let Some(context) = self.0 else {
            return arguments;
        };
        Extraction::Body(Box::pin(async move {
            let values = arguments.value().await?;
            context.csrf.finish()?;
            Ok(values)
        }))
    }
}
