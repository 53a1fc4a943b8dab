//! What a usual route of ours does to a GET, beside a bare handler, for a profiler and for counting.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use actix_web::{
    App, HttpResponse, Responder,
    dev::{Service, ServiceResponse},
    http::{
        StatusCode,
        header::{AUTHORIZATION, HeaderName, ORIGIN},
    },
    test::{TestRequest, init_service},
    web,
};
use futures_util::future::LocalBoxFuture;
use secure_runtime::{
    Cors, ServerSecret, cors,
    prelude::*,
    token::{
        Grant,
        keys::{Algorithm, SigningKey},
    },
};

use crate::Failure;

const SUBJECT: &str = "7f9c24e8-3b0a-4e9d-9a47-2f5f1d8e6c11";
const PAGE: &str = "https://app.example.com";
const PEER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7)), 40_000);
const CORS: Cors = cors!(origins = ["https://app.example.com"]);

/// The headers without which an answer is not the one that is measured.
const OURS: [&str; 4] = [
    "x-request-id",
    "ratelimit",
    "content-security-policy",
    "access-control-allow-origin",
];

#[derive(Role)]
enum Role {
    User,
}

async fn bare() -> impl Responder {
    HttpResponse::Ok().body("hello")
}

#[get("/hello")]
#[protected(roles = "user")]
#[rate_limit("1000000000/minute")]
async fn hello() -> impl Responder {
    HttpResponse::Ok().body("hello")
}

type Answer = LocalBoxFuture<'static, (StatusCode, bool)>;

/// An app in this process, and the request that is sent to it.
pub struct HotPath(Box<dyn Fn() -> Answer>);

impl HotPath {
    /// A bare handler; ours, with a token that is remembered; ours, with tokens that are not.
    pub const KINDS: [&str; 3] = ["bare", "warm", "cold"];

    /// One of the [`KINDS`](Self::KINDS).
    ///
    /// # Errors
    /// When there is none of that name, or it does not answer as it should.
    pub async fn new(kind: &str) -> Result<Self, Failure> {
        let remembered = match kind {
            "bare" => None,
            "warm" => Some(10_000),
            "cold" => Some(0),
            _ => return Err(format!("there are {}", Self::KINDS.join(", ")).into()),
        };
        let path = match remembered {
            None => Self::bare().await?,
            Some(remembered) => Self::ours(remembered).await?,
        };
        let (status, is_ours) = (path.0)().await;
        match status == StatusCode::OK && is_ours == remembered.is_some() {
            true => Ok(path),
            false => Err(format!("{kind} answers {status}").into()),
        }
    }

    /// Sends the request, and waits for the answer.
    pub async fn request(&self) -> StatusCode {
        (self.0)().await.0
    }

    async fn bare() -> Result<Self, Failure> {
        let app = App::new().route("/hello", web::get().to(bare));
        let service = init_service(app).await;
        Ok(Self::of(service, || request("Bearer none").to_request()))
    }

    async fn ours(remembered: usize) -> Result<Self, Failure> {
        let security = Security::builder()
            .issuer("https://auth.example.com")
            .audience("https://api.example.com")
            .signing_key(SigningKey::generate(Algorithm::Hs256)?)
            .secret(ServerSecret::random())
            .cors(CORS)
            .remembered_tokens(remembered)
            .build()?;
        let routes = security.routes(|routes| {
            routes.service(hello);
        })?;
        let app = App::new()
            .wrap(security.middleware())
            .configure(routes.mount());
        let grant = Grant::new(SUBJECT).with_roles(["user"]);
        let token = security.access_tokens().issue(&grant)?;
        let bearer = format!("Bearer {}", token.expose());
        let service = init_service(app).await;
        Ok(Self::of(service, move || request(&bearer).to_request()))
    }

    /// The service is called with what `make` gives: actix-web does not name its type.
    fn of<S, Q, B, E>(service: S, make: impl Fn() -> Q + 'static) -> Self
    where
        S: Service<Q, Response = ServiceResponse<B>, Error = E>,
        S::Future: 'static,
        S: 'static,
    {
        Self(Box::new(move || {
            let answer = service.call(make());
            Box::pin(async move {
                let Ok(answer) = answer.await else {
                    return (StatusCode::INTERNAL_SERVER_ERROR, false);
                };
                let headers = answer.headers();
                let has = |name| headers.contains_key(HeaderName::from_static(name));
                (answer.status(), OURS.into_iter().all(has))
            })
        }))
    }
}

fn request(bearer: &str) -> TestRequest {
    TestRequest::with_uri("/hello")
        .peer_addr(PEER)
        .insert_header((AUTHORIZATION, bearer))
        .insert_header((ORIGIN, PAGE))
}

impl fmt::Debug for HotPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HotPath").finish_non_exhaustive()
    }
}
