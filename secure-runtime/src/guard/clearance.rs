use std::rc::Rc;

use actix_web::{HttpRequest, dev::Payload};

use super::Extraction;
use crate::{context::RequestContext, csrf};

/// That the stages have let a request pass, and what a form has still to tell.
#[derive(Debug)]
#[must_use]
pub(super) struct Clearance(Option<Rc<RequestContext>>);

impl Clearance {
    pub(super) fn of(context: &Rc<RequestContext>) -> Self {
        Self(context.csrf.is_pending().then(|| context.clone()))
    }

    /// The arguments, once everything has been told.
    pub(super) fn extract<V: 'static>(
        self,
        request: &HttpRequest,
        payload: &mut Payload,
        extract: fn(&HttpRequest, &mut Payload) -> Extraction<V>,
    ) -> Extraction<V> {
        let Some(context) = self.0 else {
            return extract(request, payload);
        };
        // A handler that reads no form has nobody else to read the one that carries the token.
        let form = context
            .csrf
            .is_left_to_the_guard()
            .then(|| csrf::read_token(request, payload));
        let request = request.clone();
        let mut payload = payload.take();
        Extraction::Body(Box::pin(async move {
            if let Some(form) = form {
                form.await?;
            }
            let values = extract(&request, &mut payload).value().await?;
            context.csrf.finish()?;
            Ok(values)
        }))
    }
}
