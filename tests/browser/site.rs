use std::net::{SocketAddr, TcpListener};

use actix_web::{
    App, HttpResponse, HttpServer,
    dev::ServerHandle,
    http::header::ContentType,
    web::{self, ServiceConfig},
};
use secure_runtime::{CompleteBuilder, Routes, Security, hosts, test::TestClock, token::Hs256Key};

use crate::Certificate;

/// An HTTPS server on loopback, which ends with the test.
pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    handle: ServerHandle,
}

impl Site {
    /// An app under our middleware. The browser calls it `app.test`.
    pub(crate) fn app(
        change: impl FnOnce(CompleteBuilder) -> CompleteBuilder,
        listing: impl Fn(&mut Routes) + Send + Sync + 'static,
    ) -> (Self, Security) {
        let settings = Security::builder()
            .issuer("https://auth.test")
            .audience("https://app.test")
            .signing_key(Hs256Key::random())
            .clock(TestClock::default())
            .public_origin("https://app.test")
            .allowed_hosts(hosts!("app.test"));
        let security = change(settings).build().expect("settings");
        let routes = security.routes(listing).expect("routes");
        let shared = security.clone();
        let (listener, address) = listener();
        let server = HttpServer::new(move || {
            App::new()
                .configure(routes.mount())
                .wrap(shared.middleware())
        });
        let server = server
            .workers(1)
            .disable_signals()
            .listen_rustls_0_23(listener, Certificate::shared().server())
            .expect("a listener")
            .run();
        let handle = server.handle();
        actix_rt::spawn(server);
        (Self { address, handle }, security)
    }

    /// Somebody else's pages, without a header of ours.
    pub(crate) fn pages(pages: &'static [(&'static str, &'static str)]) -> Self {
        Self::with(move |config| {
            for (path, html) in pages {
                let answer = move || async move {
                    HttpResponse::Ok()
                        .content_type(ContentType::html())
                        .body(*html)
                };
                config.route(path, web::get().to(answer));
            }
        })
    }

    /// An app without our middleware.
    pub(crate) fn with(configure: impl Fn(&mut ServiceConfig) + Clone + Send + 'static) -> Self {
        let (listener, address) = listener();
        let server = HttpServer::new(move || App::new().configure(configure.clone()))
            .workers(1)
            .disable_signals()
            .listen_rustls_0_23(listener, Certificate::shared().server())
            .expect("a listener")
            .run();
        let handle = server.handle();
        actix_rt::spawn(server);
        Self { address, handle }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let handle = self.handle.clone();
        actix_rt::spawn(async move { handle.stop(false).await });
    }
}

fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    (listener, address)
}
