use std::{
    fmt,
    rc::Rc,
    sync::atomic::{AtomicU64, Ordering},
};

use actix_web::{
    App, HttpResponse, Responder,
    dev::{Service as _, ServiceResponse},
    http::{StatusCode, header::AUTHORIZATION},
    test::{TestRequest, init_service},
    web::{self, Data},
};
use futures_util::future::LocalBoxFuture;
use secure_runtime::{
    ServerSecret,
    prelude::*,
    token::{Access, Family, Grant, IssuedTokens, Token, keys::Algorithm},
};

use super::{
    AUDIENCE, ISSUER, ROLE, SCOPES, SUBJECT,
    by_hand::{ByHand, Caller},
    keys::KeyPair,
};
use crate::Failure;

type Call = Rc<dyn Fn() -> LocalBoxFuture<'static, StatusCode>>;

/// Both sides with one algorithm: what is measured, an operation a method.
pub struct Fixture {
    algorithm: Algorithm,
    grant: Grant,
    by_hand: Data<ByHand>,
    /// Remembers no token.
    cold: Security,
    /// Remembers them.
    warm: Security,
    token_by_hand: String,
    cold_token: Token<Access>,
    warm_token: Token<Access>,
    app_by_hand: Call,
    cold_app: Call,
    warm_app: Call,
}

#[derive(Role)]
enum Role {
    User,
}

#[get("/me")]
#[protected(roles = "user")]
async fn me(user: CurrentUser) -> impl Responder {
    HttpResponse::Ok().body(user.subject().to_owned())
}

async fn me_by_hand(Caller(claims): Caller) -> impl Responder {
    HttpResponse::Ok().body(claims.sub)
}

impl Fixture {
    pub(super) async fn new(algorithm: Algorithm, keys: KeyPair) -> Result<Self, Failure> {
        let kid = keys.ours.current().kid().to_owned();
        let security = |remembered| {
            Security::builder()
                .issuer(ISSUER)
                .audience(AUDIENCE)
                .signing_key(keys.ours.clone())
                .secret(ServerSecret::random())
                .remembered_tokens(remembered)
                .build()
        };
        let (cold, warm) = (security(0)?, security(10_000)?);
        let by_hand = ByHand::new(algorithm.name(), &kid, keys.encoding, keys.decoding)?;
        let by_hand = Data::new(by_hand);
        let grant = grant(SUBJECT);
        let token_by_hand = by_hand.encode()?;
        let (cold_token, warm_token) = (
            cold.access_tokens().issue(&grant)?,
            warm.access_tokens().issue(&grant)?,
        );
        let fixture = Self {
            app_by_hand: app_by_hand(&by_hand, &token_by_hand).await,
            cold_app: app(&cold, &cold_token).await?,
            warm_app: app(&warm, &warm_token).await?,
            algorithm,
            grant,
            by_hand,
            cold,
            warm,
            token_by_hand,
            cold_token,
            warm_token,
        };
        fixture.check().await?;
        Ok(fixture)
    }

    /// The algorithm.
    pub fn name(&self) -> &'static str {
        self.algorithm.name()
    }

    /// jsonwebtoken: encodes claims that are ready.
    pub fn encode(&self) -> bool {
        self.by_hand.encode().is_ok()
    }

    /// Ours: makes the claims and signs them.
    pub fn issue(&self) -> bool {
        self.warm.access_tokens().issue(&self.grant).is_ok()
    }

    /// jsonwebtoken: decodes with a strict validation.
    pub fn decode(&self) -> bool {
        self.by_hand.decode(&self.token_by_hand).is_ok()
    }

    /// Ours, without remembered tokens.
    pub async fn verify_cold(&self) -> bool {
        let tokens = self.cold.access_tokens();
        tokens.verify(&self.cold_token).await.is_ok()
    }

    /// Ours, of a token that is remembered.
    pub async fn verify_warm(&self) -> bool {
        let tokens = self.warm.access_tokens();
        tokens.verify(&self.warm_token).await.is_ok()
    }

    /// A request to an app whose extractor calls jsonwebtoken.
    pub async fn request_by_hand(&self) -> StatusCode {
        (self.app_by_hand)().await
    }

    /// A request to a guarded route, without remembered tokens.
    pub async fn request_cold(&self) -> StatusCode {
        (self.cold_app)().await
    }

    /// A request to a guarded route, with a token that is remembered.
    pub async fn request_warm(&self) -> StatusCode {
        (self.warm_app)().await
    }

    /// Begins the first refresh family of a subject.
    ///
    /// # Panics
    /// When the store is full.
    #[allow(clippy::expect_used, reason = "a benchmark of a failure is none")]
    pub async fn sign_in(&self) -> IssuedTokens {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let tokens = self.warm.tokens();
        let subject = grant(&format!("{number:036}"));
        tokens.sign_in(&subject).await.expect("tokens")
    }

    /// Exchanges a refresh token.
    ///
    /// # Panics
    /// When it is refused.
    #[allow(clippy::expect_used, reason = "a benchmark of a failure is none")]
    pub async fn refresh(&self, newest: &IssuedTokens) -> IssuedTokens {
        let tokens = self.warm.tokens();
        let renew = async |family: &Family| Ok(Some(grant(&family.subject)));
        let renewed = tokens.refresh(newest.refresh(), None, None, renew);
        renewed.await.expect("tokens")
    }

    /// What fails is fast.
    async fn check(&self) -> Result<(), Failure> {
        let works = self.encode()
            && self.issue()
            && self.decode()
            && self.verify_cold().await
            && self.verify_warm().await
            && self.request_by_hand().await.is_success()
            && self.request_cold().await.is_success()
            && self.request_warm().await.is_success();
        works
            .then_some(())
            .ok_or_else(|| format!("{} does not work", self.name()).into())
    }
}

fn grant(subject: &str) -> Grant {
    Grant::new(subject).with_roles([ROLE]).with_scopes(SCOPES)
}

async fn app(security: &Security, token: &Token<Access>) -> Result<Call, LaunchError> {
    let routes = security.routes(|routes| {
        routes.service(me);
    })?;
    let app = App::new()
        .wrap(security.middleware())
        .configure(routes.mount());
    let service = Rc::new(init_service(app).await);
    let bearer = format!("Bearer {}", token.expose());
    Ok(Rc::new(move || {
        let answer = service.call(request(&bearer).to_request());
        Box::pin(async move { status(answer.await) })
    }))
}

async fn app_by_hand(by_hand: &Data<ByHand>, token: &str) -> Call {
    let app = App::new()
        .app_data(by_hand.clone())
        .route("/me", web::get().to(me_by_hand));
    let service = Rc::new(init_service(app).await);
    let bearer = format!("Bearer {token}");
    Rc::new(move || {
        let answer = service.call(request(&bearer).to_request());
        Box::pin(async move { status(answer.await) })
    })
}

fn request(bearer: &str) -> TestRequest {
    TestRequest::with_uri("/me").insert_header((AUTHORIZATION, bearer))
}

fn status<B>(answer: Result<ServiceResponse<B>, actix_web::Error>) -> StatusCode {
    answer.map_or(StatusCode::INTERNAL_SERVER_ERROR, |answer| answer.status())
}

impl fmt::Debug for Fixture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fixture")
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}
