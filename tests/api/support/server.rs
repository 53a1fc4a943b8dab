use std::net::SocketAddr;

use actix_web::{
    App, HttpServer,
    dev::{Server as ActixServer, ServerHandle},
    web::ServiceConfig,
};
use secure_runtime::{
    Routes, Security,
    test::TestClock,
    token::{Grant, Hs256Key},
};

/// Settings with everything that is required.
pub(crate) use secure_runtime::CompleteBuilder as Complete;

/// Settings as the test kit makes them, with a clock that is moved.
pub(crate) fn settings(clock: &TestClock) -> Complete {
    Security::builder()
        .issuer("https://auth.test")
        .audience("https://api.test")
        .signing_key(Hs256Key::random())
        .clock(clock.clone())
}

/// A real server on a free port, and a client for it.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) security: Security,

    client: reqwest::Client,
    handle: ServerHandle,
}

/// One worker, nothing but the routes.
pub(crate) async fn serve(listing: impl Fn(&mut Routes) + Send + Sync + 'static) -> Server {
    Server::start(1, |settings| settings, listing, |_| {}).await
}

impl Server {
    pub(crate) async fn start(
        workers: usize,
        change: impl FnOnce(Complete) -> Complete,
        listing: impl Fn(&mut Routes) + Send + Sync + 'static,
        more: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
    ) -> Self {
        let security = change(settings(&TestClock::default()))
            .build()
            .expect("settings");
        let routes = security.routes(listing).expect("routes");
        let shared = security.clone();
        let server = HttpServer::new(move || {
            App::new()
                .configure(routes.mount())
                .configure(more.clone())
                .wrap(shared.middleware())
        })
        .workers(workers)
        .disable_signals()
        .bind(("127.0.0.1", 0))
        .expect("a free port");
        let address = server.addrs()[0];
        Self::watch(server.run(), address, security)
    }

    /// Takes over a server that was made elsewhere.
    pub(crate) fn watch(server: ActixServer, address: SocketAddr, security: Security) -> Self {
        let handle = server.handle();
        actix_rt::spawn(server);
        let client = reqwest::Client::builder().no_proxy();
        Self {
            address,
            security,
            client: client.build().expect("a client"),
            handle,
        }
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = method.parse().expect("a method");
        let url = format!("http://{}{path}", self.address);
        self.client.request(method, url)
    }

    pub(crate) fn get(&self, path: &str) -> reqwest::RequestBuilder {
        self.request("GET", path)
    }

    pub(crate) fn post(&self, path: &str) -> reqwest::RequestBuilder {
        self.request("POST", path)
    }

    /// A token for a caller with these roles.
    pub(crate) fn token(&self, subject: &str, roles: &[&str]) -> String {
        let grant = Grant::new(subject).with_roles(roles.iter().copied());
        let token = self.security.access_tokens().issue(&grant);
        token.expect("a token").expose().to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The order to stop is sent at once; nobody waits for it.
        drop(self.handle.stop(false));
    }
}
