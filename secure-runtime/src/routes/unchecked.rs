use std::{any::Any, cell::RefCell, fmt, future::ready, rc::Rc};

use actix_web::{
    App, HttpResponse,
    dev::{AppService, HttpServiceFactory, ResourceMap},
    test::{TestRequest, init_service, try_call_service},
};

use super::{Listing, Routes, entry};

/// A service that is mounted without a policy, with the reason in writing.
pub struct Unchecked<S> {
    because: String,
    below: Option<String>,
    without_floor: bool,
    service: S,
}

/// Lets a service in that carries no policy: files, somebody else's routes. The reason stands in the
/// route × policy matrix.
///
/// ```
/// use actix_web::{HttpResponse, web};
/// use secure_runtime::prelude::*;
///
/// # fn list(routes: &mut Routes) {
/// let metrics = web::resource("/metrics").to(HttpResponse::Ok);
/// routes.service(unchecked("because the port is only open to the monitoring network", metrics));
/// # }
/// ```
pub fn unchecked<S: HttpServiceFactory>(because: impl Into<String>, service: S) -> Unchecked<S> {
    Unchecked {
        because: because.into(),
        below: None,
        without_floor: false,
        service,
    }
}

impl<S> Unchecked<S> {
    /// Says that the service answers everything below `prefix` by itself, as a `web::scope` with a
    /// default service does: such answers belong to no path that the router shows.
    #[must_use]
    pub fn below(mut self, prefix: impl Into<String>) -> Self {
        self.below = Some(prefix.into());
        self
    }

    /// Says that the service does not keep to the floor of the scopes that it stands in
    /// ([`Routes::floor`]): nobody but the service itself asks who calls.
    #[must_use]
    pub fn without_floor(mut self) -> Self {
        self.without_floor = true;
        self
    }

    pub(crate) fn because(&self) -> &str {
        &self.because
    }

    pub(crate) fn answers_below(&self) -> Option<&str> {
        self.below.as_deref()
    }

    pub(crate) fn is_without_floor(&self) -> bool {
        self.without_floor
    }
}

impl<S: HttpServiceFactory> HttpServiceFactory for Unchecked<S> {
    fn register(self, config: &mut AppService) {
        self.service.register(config);
    }
}

impl<S> fmt::Debug for Unchecked<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unchecked")
            .field("because", &self.because)
            .finish_non_exhaustive()
    }
}

/// Knows which paths belong to unchecked services, so that the middleware lets them pass. A service
/// hides its paths; the router that actix-web builds from the unchecked services alone shows them.
#[derive(Default)]
pub(crate) struct UncheckedMap {
    map: Option<ResourceMap>,
    /// The map's nodes know the nodes above them only as long as the app lives.
    _app: Option<Box<dyn Any>>,
}

impl UncheckedMap {
    pub(crate) async fn build(listing: &Listing) -> Self {
        let mut routes = Routes::new();
        listing(&mut routes);
        let mut any = false;
        let map = Rc::new(RefCell::new(None));
        let found = map.clone();
        let app = App::new()
            .configure(|config| any = entry::mount_unchecked(routes.entries, config))
            // Only the map is wanted: no service of the app runs.
            .wrap_fn(move |request, _| {
                *found.borrow_mut() = Some(request.resource_map().clone());
                ready(Ok(request.into_response(HttpResponse::NoContent())))
            });
        if !any {
            return Self::default();
        }
        let app = init_service(app).await;
        let request = TestRequest::default().to_request();
        // Without an answer there is no map, and no unchecked service passes.
        let _ = try_call_service(&app, request).await;
        Self {
            map: map.take(),
            _app: Some(Box::new(app)),
        }
    }

    /// The pattern of the unchecked service at `path`.
    pub(crate) fn pattern(&self, path: &str) -> Option<String> {
        self.map.as_ref()?.match_pattern(path)
    }
}

impl fmt::Debug for UncheckedMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UncheckedMap({})", self.map.is_some())
    }
}
