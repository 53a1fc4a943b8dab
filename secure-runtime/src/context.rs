//! What one request carries from the middleware to the guard and back.

use std::{
    cell::{Cell, OnceCell, Ref, RefCell, RefMut},
    net::IpAddr,
    rc::Rc,
    sync::Arc,
};

use actix_web::{HttpMessage as _, HttpRequest};
use smallvec::SmallVec;

use crate::{
    Problem,
    account::limits::AccountLimit,
    authorize::Kept,
    csrf,
    edge::{ClientAddress, CspNonce, ResponseCookie},
    limit::{Receipt, Standing},
    middleware::RequestId,
    policy::Via,
    principal::Principal,
    routes::{Meter, MountedLimit},
    security::State,
    token::revocable,
};

/// One request's state, shared by the middleware and the guard.
#[derive(Debug)]
pub(crate) struct RequestContext {
    pub(crate) security: Arc<State>,
    pub(crate) request_id: RequestId,
    client: ClientAddress,
    principal: OnceCell<Principal>,
    /// Whether the answer depends on a credential, and so must not be stored by anybody.
    private: Cell<bool>,
    /// Whether only a route that answers on any host may take the request.
    probe_only: Cell<bool>,
    /// The route whose guard took the request.
    route: Cell<Option<usize>>,
    limits: RefCell<Limits>,
    /// What scripts of the page need, once a handler has asked for it.
    nonce: OnceCell<CspNonce>,
    /// Whether the request was meant by its user.
    pub(crate) csrf: csrf::Progress,
    /// What the authorize stage has found for the handler.
    pub(crate) kept: Kept,
    /// What the answer sets, whatever it is.
    cookies: RefCell<Vec<ResponseCookie>>,
    /// Whether the browser leaves: what it has kept of the site is not for who comes next.
    leaves: Cell<bool>,
}

/// Which limit it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LimitAt {
    /// One of the route, by its place.
    Route(usize),
    /// One of what is done to accounts.
    Account(AccountLimit),
    /// One of the whole app, by its place.
    App(usize),
}

/// What the limits have said about the request: a limit of the app and one of the route are the usual case.
pub(crate) type Limits = SmallVec<[LimitOutcome; 2]>;

/// Whose counter it is. An address and a UUID have room without an allocation.
pub(crate) type CounterKey = SmallVec<[u8; 40]>;

/// What one limit said about the request.
#[derive(Debug)]
pub(crate) struct LimitOutcome {
    pub(crate) limit: LimitAt,
    /// What the caller's allowance has made of it, where that is something else.
    pub(crate) scaled: Option<Arc<Meter>>,
    /// `None` where it does not count the caller.
    pub(crate) standing: Option<Standing>,
    /// Whose counter.
    pub(crate) key: CounterKey,
    /// What gives the charge back, until it is given back.
    pub(crate) receipt: Option<Receipt>,
}

impl LimitOutcome {
    /// What was charged.
    pub(crate) fn meter<'a>(&'a self, limit: &'a MountedLimit) -> &'a Meter {
        self.scaled.as_deref().unwrap_or(limit.meter())
    }
}

impl RequestContext {
    pub(crate) fn new(
        security: Arc<State>,
        request_id: RequestId,
        client: ClientAddress,
    ) -> Rc<Self> {
        Rc::new(Self {
            security,
            request_id,
            client,
            principal: OnceCell::new(),
            probe_only: Cell::new(false),
            route: Cell::new(None),
            private: Cell::new(false),
            limits: RefCell::default(),
            nonce: OnceCell::new(),
            csrf: csrf::Progress::default(),
            kept: Kept::default(),
            cookies: RefCell::new(Vec::new()),
            leaves: Cell::new(false),
        })
    }

    /// The context that our middleware left on the request.
    pub(crate) fn of(request: &HttpRequest) -> Option<Rc<Self>> {
        request.extensions().get::<Rc<Self>>().cloned()
    }

    /// The same for an argument of a guarded handler: without our middleware the guard has let nobody
    /// pass.
    pub(crate) fn of_guarded(request: &HttpRequest) -> Result<Rc<Self>, Problem> {
        Self::of(request).ok_or_else(|| Problem::internal("there is no middleware of ours"))
    }

    /// The address of the client: the peer of the connection, or whom trusted proxies name.
    pub(crate) fn client_address(&self) -> Option<IpAddr> {
        self.client.ip()
    }

    /// The request names a host that is not allowed, or came by plain HTTP.
    pub(crate) fn mark_probe_only(&self) {
        self.probe_only.set(true);
    }

    pub(crate) fn is_probe_only(&self) -> bool {
        self.probe_only.get()
    }

    /// A guard of ours takes responsibility for the request.
    pub(crate) fn mark_guarded(&self, route: usize) {
        self.route.set(Some(route));
    }

    /// The route whose guard has taken the request.
    pub(crate) fn guarded_route(&self) -> Option<usize> {
        self.route.get()
    }

    /// How many bytes the body may have: as the route says, or as the app does.
    pub(crate) fn body_limit(&self) -> usize {
        self.route_body_limit()
            .unwrap_or_else(|| self.security.body_limit())
    }

    /// How many bytes the body may have, where the route says so.
    pub(crate) fn route_body_limit(&self) -> Option<usize> {
        let route = self.security.table()?.route(self.route.get()?)?;
        let limit = route.policy.body_limit()?;
        Some(usize::try_from(limit).unwrap_or(usize::MAX))
    }

    pub(crate) fn mark_private(&self) {
        self.private.set(true);
    }

    pub(crate) fn is_private(&self) -> bool {
        self.private.get()
    }

    pub(crate) fn principal(&self) -> Option<&Principal> {
        self.principal.get()
    }

    pub(crate) fn sign_in(&self, principal: Principal) {
        // One request is verified once; a second principal would be a bug and changes nothing.
        let _ = self.principal.set(principal);
    }

    /// The nonce of the response, which is a page from now on.
    pub(crate) fn nonce(&self) -> &CspNonce {
        self.nonce.get_or_init(CspNonce::random)
    }

    /// The nonce that a handler has taken.
    pub(crate) fn taken_nonce(&self) -> Option<&CspNonce> {
        self.nonce.get()
    }

    /// Has the answer set a cookie, whatever it is. Nobody else may store such an answer.
    pub(crate) fn add_cookie(&self, cookie: ResponseCookie) {
        let mut cookies = self.cookies.borrow_mut();
        cookies.retain(|other| other.name != cookie.name);
        cookies.push(cookie);
        self.mark_private();
    }

    /// Has the answer end the session in the browser.
    pub(crate) fn leave(&self) {
        self.leaves.set(true);
    }

    /// Whether the browser leaves: a handler has said so, or the session has ended with which the request
    /// has come.
    pub(crate) fn leaves(&self) -> bool {
        let has_ended = |caller: &Principal| {
            let revocations = self.security.tokens().revocations();
            caller.via() == Via::Session && revocations.is_revoked(&revocable(caller))
        };
        self.leaves.get() || self.principal().is_some_and(has_ended)
    }

    pub(crate) fn cookies(&self) -> Ref<'_, Vec<ResponseCookie>> {
        self.cookies.borrow()
    }

    /// A limit that the request may be charged to.
    pub(crate) fn limit(&self, at: LimitAt) -> Option<&MountedLimit> {
        match at {
            LimitAt::Route(place) => {
                let route = self.security.table()?.route(self.route.get()?)?;
                route.limits.get(place)
            }
            LimitAt::Account(limit) => Some(self.security.account_limits().of(limit)),
            LimitAt::App(place) => self.security.app_limits().get(place),
        }
    }

    /// What the limits have said so far.
    pub(crate) fn limits(&self) -> RefMut<'_, Limits> {
        self.limits.borrow_mut()
    }
}
