use actix_web::{
    App,
    dev::{AppService, HttpServiceFactory, ResourceMap, Service as _},
    test::{TestRequest, init_service, try_call_service},
};
use std::{cell::RefCell, fmt, rc::Rc};

use super::{Listing, Routes, entry};

/// A service that is mounted without a policy, with the reason in writing.
pub struct Unchecked<S> {
    because: String,
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
        service,
    }
}

impl<S> Unchecked<S> {
    pub(crate) fn because(&self) -> &str {
        &self.because
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
pub(crate) struct UncheckedMap(Option<ResourceMap>);

impl UncheckedMap {
    pub(crate) async fn build(listing: &Listing) -> Self {
        let mut routes = Routes::new();
        listing(&mut routes);
        let mut any = false;
        let map = Rc::new(RefCell::new(None));
        let found = map.clone();
        let app = App::new()
            .configure(|config| any = entry::mount_unchecked(routes.entries, config))
            .wrap_fn(move |request, service| {
                *found.borrow_mut() = Some(request.resource_map().clone());
                service.call(request)
            });
        if !any {
            return Self(None);
        }
        let app = init_service(app).await;
        // A path that nothing is mounted at: only the map is wanted.
        let request = TestRequest::with_uri("/.well-known/unchecked-map").to_request();
        let _ = try_call_service(&app, request).await;
        Self(map.take())
    }

    pub(crate) fn holds(&self, path: &str) -> bool {
        self.0.as_ref().is_some_and(|map| map.has_resource(path))
    }
}

impl fmt::Debug for UncheckedMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UncheckedMap({})", self.0.is_some())
    }
}
