//! Key extractors of actix-governor as keys of limits, and its middleware before the whole app.
//!
//! `cargo test -p secure-runtime --features actix-governor,test --test actix_governor`

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::{
    net::SocketAddr,
    sync::atomic::{AtomicUsize, Ordering},
};

use actix_web::{
    App, HttpResponse, Responder,
    body::to_bytes,
    dev::{Service, ServiceRequest, ServiceResponse},
    http::{Method, StatusCode},
    test::{TestRequest, init_service},
};
use secure_runtime::{
    ServerSecret,
    edge::Cors,
    governor::{
        AppLimit,
        actix_governor::{
            GlobalKeyExtractor, GovernorConfigBuilder, KeyExtractor, PeerIpKeyExtractor,
            SimpleKeyExtractionError,
        },
    },
    prelude::*,
    token::keys::Hs256Key,
};

#[derive(Clone)]
struct ByTenant;

impl KeyExtractor for ByTenant {
    type Key = (u8, Vec<u8>);
    type KeyExtractionError = SimpleKeyExtractionError<&'static str>;

    fn extract(&self, request: &ServiceRequest) -> Result<Self::Key, Self::KeyExtractionError> {
        match request.headers().get("x-tenant") {
            Some(tenant) => Ok((7, tenant.as_bytes().to_vec())),
            None => Err(SimpleKeyExtractionError::new("which tenant?")
                .set_status_code(StatusCode::BAD_REQUEST)),
        }
    }

    fn whitelisted_keys(&self) -> Vec<Self::Key> {
        vec![(7, b"ours".to_vec())]
    }
}

/// A constant may carry values.
#[derive(Clone)]
struct Named(&'static str);

impl KeyExtractor for Named {
    type Key = &'static str;
    type KeyExtractionError = SimpleKeyExtractionError<&'static str>;

    fn extract(&self, _: &ServiceRequest) -> Result<Self::Key, Self::KeyExtractionError> {
        Ok(self.0)
    }
}

const ALL: Named = Named("all");

#[get("/tenant")]
#[public]
#[rate_limit("2/minute", extractor = ByTenant)]
async fn by_tenant() -> impl Responder {
    "in"
}

#[get("/peer")]
#[public]
#[rate_limit("2/minute", extractor = PeerIpKeyExtractor)]
async fn by_peer() -> impl Responder {
    "in"
}

#[get("/all")]
#[public]
#[rate_limit("2/minute", extractor = ALL)]
async fn by_constant() -> impl Responder {
    "in"
}

static CALLS: AtomicUsize = AtomicUsize::new(0);

#[get("/free")]
#[public]
async fn free() -> impl Responder {
    CALLS.fetch_add(1, Ordering::Relaxed);
    HttpResponse::TooManyRequests().body("the handler's own")
}

fn security() -> Security {
    Security::builder()
        .issuer("https://auth.example.com")
        .audience("https://api.example.com")
        .signing_key(Hs256Key::random())
        .secret(ServerSecret::random())
        .cors(CORS)
        .build()
        .unwrap()
}

fn routes(routes: &mut Routes) {
    routes.service(by_tenant).service(by_peer);
    routes.service(by_constant).service(free);
}

macro_rules! app {
    ($security:ident, $($wrap:expr)?) => {{
        let mounted = $security.routes(routes).unwrap();
        init_service(
            App::new()
                $(.wrap($wrap))?
                .wrap($security.middleware())
                .configure(mounted.mount()),
        )
        .await
    }};
}

async fn get<S, B>(app: &S, path: &str, tenant: Option<&str>, peer: &str) -> ServiceResponse
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = actix_web::Error>,
    B: actix_web::body::MessageBody + 'static,
{
    let peer: SocketAddr = peer.parse().unwrap();
    let mut request = TestRequest::with_uri(path).peer_addr(peer);
    if let Some(tenant) = tenant {
        request = request.insert_header(("x-tenant", tenant));
    }
    answer(app, request).await
}

async fn answer<S, B>(app: &S, request: TestRequest) -> ServiceResponse
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = actix_web::Error>,
    B: actix_web::body::MessageBody + 'static,
{
    let request = request.insert_header(("origin", "https://web.example.com"));
    match app.call(request.to_request()).await {
        Ok(response) => response.map_into_boxed_body(),
        // As actix-web's dispatcher does.
        Err(error) => ServiceResponse::new(
            TestRequest::default().to_http_request(),
            error.error_response(),
        ),
    }
}

fn header(response: &ServiceResponse, name: &str) -> Option<String> {
    let value = response.headers().get(name)?;
    Some(value.to_str().unwrap().to_owned())
}

const ADA: &str = "192.0.2.1:1000";
const BOB: &str = "192.0.2.2:1000";

#[actix_web::test]
async fn an_extractor_says_whose_counter_it_is() {
    let security = security();
    let app = app!(security,);
    for tenant in ["red", "blue"] {
        for status in [200, 200, 429] {
            let response = get(&app, "/tenant", Some(tenant), ADA).await;
            assert_eq!(response.status(), status, "{tenant}");
        }
    }
    let refused = get(&app, "/tenant", Some("red"), BOB).await;
    assert_eq!(refused.status(), 429);
    assert_eq!(header(&refused, "retry-after").as_deref(), Some("60"));
    assert!(header(&refused, "ratelimit").is_some());
    for _ in 0..5 {
        let ours = get(&app, "/tenant", Some("ours"), ADA).await;
        assert_eq!(ours.status(), 200, "a whitelisted key is not limited");
        assert_eq!(header(&ours, "ratelimit"), None);
    }
}

#[actix_web::test]
async fn an_extractor_that_finds_nothing_answers() {
    let security = security();
    let app = app!(security,);
    let response = get(&app, "/tenant", None, ADA).await;
    assert_eq!(response.status(), 400);
    assert_eq!(
        header(&response, "content-type").as_deref(),
        Some("application/problem+json")
    );
    let body = to_bytes(response.into_body()).await.unwrap();
    let body = String::from_utf8_lossy(&body).into_owned();
    assert!(!body.contains("which tenant"), "{body}");
}

#[actix_web::test]
async fn the_extractors_of_the_crate_and_constants() {
    let security = security();
    let app = app!(security,);
    for (path, peer, status) in [
        ("/peer", ADA, 200),
        ("/peer", ADA, 200),
        ("/peer", ADA, 429),
        ("/peer", BOB, 200),
        ("/all", ADA, 200),
        ("/all", BOB, 200),
        ("/all", ADA, 429),
    ] {
        assert_eq!(get(&app, path, None, peer).await.status(), status, "{path}");
    }
}

#[actix_web::test]
async fn the_middleware_is_the_limiter_of_the_app() {
    let security = security();
    let config = GovernorConfigBuilder::default()
        .seconds_per_request(60)
        .burst_size(2)
        .key_extractor(GlobalKeyExtractor)
        .finish()
        .unwrap();
    let app = app!(security, AppLimit::new(&config));
    // An answer of the handler's own is not taken for the limiter's.
    let own = get(&app, "/free", None, ADA).await;
    assert_eq!(own.status(), 429);
    assert_eq!(header(&own, "retry-after"), None);
    assert_eq!(get(&app, "/nowhere", None, BOB).await.status(), 404);
    let calls = CALLS.load(Ordering::Relaxed);

    let refused = get(&app, "/free", None, ADA).await;
    assert_eq!(refused.status(), 429);
    assert_eq!(
        header(&refused, "content-type").as_deref(),
        Some("application/problem+json")
    );
    // It is rounded up: 59 seconds and a bit are a minute.
    assert_eq!(header(&refused, "retry-after").as_deref(), Some("60"));
    assert_eq!(
        header(&refused, "x-content-type-options").as_deref(),
        Some("nosniff")
    );
    assert_eq!(
        header(&refused, "access-control-allow-origin").as_deref(),
        Some("https://web.example.com")
    );
    assert_eq!(CALLS.load(Ordering::Relaxed), calls, "the handler ran");

    // A preflight is answered before it, and counts nowhere.
    let preflight = TestRequest::with_uri("/free")
        .method(Method::OPTIONS)
        .insert_header(("access-control-request-method", "GET"));
    assert_eq!(answer(&app, preflight).await.status(), 204);
}

const CORS: Cors = secure_runtime::cors!(origins = ["https://web.example.com"]);

#[actix_web::test]
async fn a_permissive_one_refuses_nothing() {
    let security = security();
    let config = GovernorConfigBuilder::default()
        .seconds_per_request(60)
        .burst_size(1)
        .permissive(true)
        .finish()
        .unwrap();
    let app = app!(security, AppLimit::new(&config));
    for _ in 0..3 {
        assert_eq!(get(&app, "/nowhere", None, ADA).await.status(), 404);
    }
}
