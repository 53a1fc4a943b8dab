//! The middleware of actix-governor before the whole app.

use std::{
    fmt,
    rc::Rc,
    sync::{Arc, Weak},
    time::Duration,
};

use actix_governor::{
    Governor, GovernorConfig, KeyExtractor,
    governor::{
        RateLimiter,
        clock::{DefaultClock, QuantaInstant},
        middleware::RateLimitingMiddleware,
        state::keyed::DefaultKeyedStateStore,
    },
};
use actix_web::{
    Error, HttpMessage as _,
    body::MessageBody,
    dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
    http::{StatusCode, header::RETRY_AFTER},
};
use futures_util::future::LocalBoxFuture;

use crate::Problem;

/// How often keys that no longer count are forgotten.
const TIDIED_EVERY: Duration = Duration::from_secs(60);

/// actix-governor's limiter for the whole app, mounted inside `security.middleware()`.
///
/// What it refuses is a 429 like every other: a `Problem` with `Retry-After`, the security headers and those of
/// CORS. `Retry-After` is rounded up; the headers `x-ratelimit-*` are left out. Keys for which nothing counts any
/// more are forgotten every minute, which actix-governor leaves to the app; how many there are meanwhile is not
/// bounded. [`Builder::app_limit`](crate::Builder) needs none of this.
///
/// The configuration is made once, outside of the closure that builds the app: one that is made inside counts in
/// each worker for itself.
///
/// ```
/// use actix_web::App;
/// use secure_runtime::governor::{AppLimit, actix_governor::GovernorConfigBuilder};
/// # use secure_runtime::Security;
/// # fn app(security: Security) -> Option<()> {
/// let config = GovernorConfigBuilder::default().requests_per_minute(600).burst_size(60).finish()?;
/// let limit = AppLimit::new(&config);
/// let app = App::new().wrap(limit.clone()).wrap(security.middleware());
/// # Some(())
/// # }
/// ```
pub struct AppLimit<K: KeyExtractor, M: RateLimitingMiddleware<QuantaInstant>> {
    config: GovernorConfig<K, M>,
}

impl<K: KeyExtractor, M: RateLimitingMiddleware<QuantaInstant>> AppLimit<K, M> {
    /// The limiter of this configuration. A `permissive` one refuses nothing.
    #[must_use]
    pub fn new(config: &GovernorConfig<K, M>) -> Self {
        Self {
            config: config.clone(),
        }
    }
}

impl<K: KeyExtractor, M: RateLimitingMiddleware<QuantaInstant>> Clone for AppLimit<K, M> {
    fn clone(&self) -> Self {
        Self::new(&self.config)
    }
}

impl<K: KeyExtractor, M: RateLimitingMiddleware<QuantaInstant>> fmt::Debug for AppLimit<K, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppLimit").finish_non_exhaustive()
    }
}

impl<S, B, C, K, M> Transform<S, ServiceRequest> for AppLimit<K, M>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody,
    K: KeyExtractor + 'static,
    K::Key: 'static,
    M: RateLimitingMiddleware<QuantaInstant> + 'static,
    Governor<K, M>: Transform<
            Reaching<S>,
            ServiceRequest,
            Response = ServiceResponse<C>,
            Error = Error,
            InitError = (),
        >,
    <Governor<K, M> as Transform<Reaching<S>, ServiceRequest>>::Transform: 'static,
    <Governor<K, M> as Transform<Reaching<S>, ServiceRequest>>::Future: 'static,
    C: MessageBody + 'static,
{
    type Response = ServiceResponse<C>;
    type Error = Error;
    type Transform =
        AppLimitService<<Governor<K, M> as Transform<Reaching<S>, ServiceRequest>>::Transform>;
    type InitError = ();
    type Future = LocalBoxFuture<'static, Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        actix_web::rt::spawn(tidy(Arc::downgrade(&self.config.limiter())));
        let limited = Governor::new(&self.config).new_transform(Reaching { app: service });
        Box::pin(async move {
            Ok(AppLimitService {
                limited: Rc::new(limited.await?),
            })
        })
    }
}

/// [`AppLimit`] at work, one for each worker.
pub struct AppLimitService<S> {
    limited: Rc<S>,
}

impl<S, C> Service<ServiceRequest> for AppLimitService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<C>, Error = Error> + 'static,
    S::Future: 'static,
    C: MessageBody + 'static,
{
    type Response = ServiceResponse<C>;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self::Response, Error>>;

    forward_ready!(limited);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let answer = self.limited.call(request);
        Box::pin(async move {
            let answer = answer.await?;
            if answer.request().extensions().get::<Reached>().is_some() {
                return Ok(answer);
            }
            Err(refusal(&answer).into())
        })
    }
}

impl<S> fmt::Debug for AppLimitService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppLimitService").finish_non_exhaustive()
    }
}

/// What the limiter answered by itself.
fn refusal<B>(answer: &ServiceResponse<B>) -> Problem {
    let wait = answer.headers().get(RETRY_AFTER);
    let wait = wait.and_then(|wait| wait.to_str().ok()?.parse().ok());
    // The seconds are rounded down there, and whoever waits as long as told should pass.
    let wait = Duration::from_secs(wait.unwrap_or(0_u64).saturating_add(1));
    Problem::new(StatusCode::TOO_MANY_REQUESTS).with_retry_after(wait)
}

/// That the limiter has let a request pass.
struct Reached;

/// The app behind the limiter. Public in name only: the bounds of [`AppLimit`] show it.
#[doc(hidden)]
#[derive(Debug)]
pub struct Reaching<S> {
    app: S,
}

impl<S: Service<ServiceRequest>> Service<ServiceRequest> for Reaching<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    forward_ready!(app);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        request.extensions_mut().insert(Reached);
        self.app.call(request)
    }
}

type Limiter<K, M> = RateLimiter<K, DefaultKeyedStateStore<K>, DefaultClock, M>;

/// Forgets the keys for which nothing counts any more, for as long as there is anybody who counts.
async fn tidy<K, M>(limiter: Weak<Limiter<K, M>>)
where
    K: std::hash::Hash + Eq + Clone,
    M: RateLimitingMiddleware<QuantaInstant>,
{
    loop {
        actix_web::rt::time::sleep(TIDIED_EVERY).await;
        let Some(limiter) = limiter.upgrade() else {
            return;
        };
        limiter.retain_recent();
        limiter.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use actix_governor::GovernorConfigBuilder;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn keys_that_no_longer_count_are_forgotten() {
        // Nothing counts for longer than a nanosecond.
        let config = GovernorConfigBuilder::default()
            .nanoseconds_per_request(1)
            .burst_size(1)
            .finish()
            .expect("a limit");
        let limiter = config.limiter();
        let tidying = tokio::spawn(tidy(Arc::downgrade(&limiter)));
        for address in 0..100_u32 {
            let address = std::net::Ipv4Addr::from(address);
            assert!(limiter.check_key(&address.into()).is_ok());
        }
        assert_eq!(limiter.len(), 100);
        tokio::time::sleep(TIDIED_EVERY + Duration::from_secs(1)).await;
        assert_eq!(limiter.len(), 0);

        drop((limiter, config));
        tokio::time::sleep(TIDIED_EVERY).await;
        assert!(tidying.is_finished(), "nobody counts any more");
    }
}
