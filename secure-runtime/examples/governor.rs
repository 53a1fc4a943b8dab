//! An app that comes from actix-governor: its limiter stays, and a key extractor of its own keys a limit of ours.
//!
//! ```sh
//! cargo run -p secure-runtime --example governor --features actix-governor
//! ```
//!
//! actix-governor is GPL-3.0-or-later, and so is this program once it is built.

use actix_web::{App, HttpServer, Responder, dev::ServiceRequest, http::StatusCode};
use secure_runtime::{
    governor::{
        AppLimit,
        actix_governor::{GovernorConfigBuilder, KeyExtractor, SimpleKeyExtractionError},
    },
    prelude::*,
};

/// Each customer has a counter; who names none is told so.
#[derive(Clone)]
struct ByCustomer;

impl KeyExtractor for ByCustomer {
    type Key = Vec<u8>;
    type KeyExtractionError = SimpleKeyExtractionError<&'static str>;

    fn extract(&self, request: &ServiceRequest) -> Result<Self::Key, Self::KeyExtractionError> {
        let customer = request.headers().get("x-customer");
        customer
            .map(|customer| customer.as_bytes().to_vec())
            .ok_or_else(|| {
                SimpleKeyExtractionError::new("no `X-Customer`")
                    .set_status_code(StatusCode::BAD_REQUEST)
            })
    }

    fn whitelisted_keys(&self) -> Vec<Self::Key> {
        vec![b"ourselves".to_vec()]
    }
}

#[get("/report")]
#[public]
#[rate_limit("5/minute", extractor = ByCustomer)]
async fn report() -> impl Responder {
    "a report\n"
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let security = Security::from_env()?;
    let routes = security.routes(|routes| {
        routes.service(report);
    })?;
    // Made once: one that is made in the closure below counts in each worker for itself.
    let config = GovernorConfigBuilder::default()
        .requests_per_second(50)
        .burst_size(100)
        .finish()
        .ok_or("a limit of nothing")?;
    let limit = AppLimit::new(&config);
    HttpServer::new(move || {
        App::new()
            .wrap(limit.clone())
            .wrap(security.middleware())
            .configure(routes.mount())
    })
    .bind(("127.0.0.1", 8080))?
    .run()
    .await?;
    Ok(())
}
