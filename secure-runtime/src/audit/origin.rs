use std::{future::Future, net::IpAddr, rc::Rc};

use tokio::task::futures::TaskLocalFuture;

use crate::context::RequestContext;

tokio::task_local! {
    static REQUEST: Rc<RequestContext>;
    static CARRIED: Origin;
}

/// In which request something happens; nothing where it is in none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(super) request_id: Option<String>,
    pub(super) address: Option<IpAddr>,
}

impl Origin {
    /// The request that is under way.
    pub(crate) fn current() -> Self {
        let carried = CARRIED.try_with(Self::clone);
        let origin = carried.or_else(|_| REQUEST.try_with(|request| Self::of(request)));
        origin.unwrap_or_default()
    }

    fn of(request: &RequestContext) -> Self {
        Self {
            request_id: Some(request.request_id.to_string()),
            address: request.client_address(),
        }
    }

    /// A task of its own that goes on in this request's name.
    pub(crate) fn carry<F: Future>(self, task: F) -> impl Future<Output = F::Output> {
        CARRIED.scope(self, task)
    }
}

/// Runs what answers a request, so that whatever happens meanwhile is known to happen in it. Neither a panic
/// nor the end of the connection leaves anything behind.
pub(crate) fn in_request<T>(request: Rc<RequestContext>, run: impl FnOnce() -> T) -> T {
    REQUEST.sync_scope(request, run)
}

/// As [`in_request`], later.
pub(crate) fn later_in_request<F: Future>(
    request: Rc<RequestContext>,
    run: F,
) -> TaskLocalFuture<Rc<RequestContext>, F> {
    REQUEST.scope(request, run)
}
