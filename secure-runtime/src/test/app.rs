use std::{fmt, rc::Rc};

use actix_web::{
    App, Error,
    dev::{Service as _, ServiceResponse},
    http::Method,
    test::{TestRequest as ActixRequest, init_service},
    web::ServiceConfig,
};
use futures_util::future::LocalBoxFuture;

use super::{TestClock, TestRequest, TestSession};
use crate::{
    LaunchError, Profile, Routes, Security,
    security::CompleteBuilder,
    token::{Grant, Hs256Key},
};

type Answer = LocalBoxFuture<'static, Result<ServiceResponse, Error>>;

/// An app in memory, with the whole of its security and a clock of its own.
#[derive(Clone)]
pub struct TestApp {
    security: Security,
    clock: TestClock,
    call: Rc<dyn Fn(ActixRequest) -> Answer>,
}

impl TestApp {
    /// Mounts the routes, with a fresh key and the production profile.
    ///
    /// # Panics
    /// When the launch checks refuse the routes; [`try_with`](Self::try_with) returns the error.
    pub async fn new(listing: impl Fn(&mut Routes) + Send + Sync + 'static) -> Self {
        Self::with(|settings| settings, listing, |_| {}).await
    }

    /// Mounts the routes with other settings, and whatever else `configure` adds to the app.
    ///
    /// # Panics
    /// When the settings or the routes are refused.
    #[allow(clippy::panic)]
    pub async fn with(
        settings: impl FnOnce(CompleteBuilder) -> CompleteBuilder,
        listing: impl Fn(&mut Routes) + Send + Sync + 'static,
        configure: impl FnOnce(&mut ServiceConfig),
    ) -> Self {
        match Self::try_with(settings, listing, configure).await {
            Ok(app) => app,
            Err(error) => panic!("{error}"),
        }
    }

    /// As [`with`](Self::with), for tests of the launch checks.
    ///
    /// # Errors
    /// What the launch checks found.
    ///
    /// # Panics
    /// When the settings are refused.
    #[allow(clippy::panic)]
    pub async fn try_with(
        settings: impl FnOnce(CompleteBuilder) -> CompleteBuilder,
        listing: impl Fn(&mut Routes) + Send + Sync + 'static,
        configure: impl FnOnce(&mut ServiceConfig),
    ) -> Result<Self, LaunchError> {
        let clock = TestClock::default();
        let builder = Security::builder()
            .issuer("https://auth.test")
            .audience("https://api.test")
            .signing_key(Hs256Key::random())
            .clock(clock.clone());
        let security = match settings(builder).build() {
            Ok(security) => security,
            Err(error) => panic!("{error}"),
        };
        let routes = security.routes(listing)?;
        let app = App::new()
            .configure(routes.mount())
            .configure(configure)
            .wrap(security.middleware());
        let service = Rc::new(init_service(app).await);
        Ok(Self {
            security,
            clock,
            call: Rc::new(move |request| {
                let answer = service.call(request.to_request());
                Box::pin(async move { Ok(answer.await?.map_into_boxed_body()) })
            }),
        })
    }

    /// The handle under test.
    pub fn security(&self) -> &Security {
        &self.security
    }

    /// The app's clock.
    pub fn clock(&self) -> &TestClock {
        &self.clock
    }

    /// A request with any method.
    pub fn request(&self, method: Method, path: &str) -> TestRequest<'_> {
        let request = ActixRequest::with_uri(path).method(method);
        TestRequest::new(self, request, path.contains("://"))
    }

    /// A GET request.
    pub fn get(&self, path: &str) -> TestRequest<'_> {
        self.request(Method::GET, path)
    }

    /// A POST request.
    pub fn post(&self, path: &str) -> TestRequest<'_> {
        self.request(Method::POST, path)
    }

    /// A PUT request.
    pub fn put(&self, path: &str) -> TestRequest<'_> {
        self.request(Method::PUT, path)
    }

    /// A PATCH request.
    pub fn patch(&self, path: &str) -> TestRequest<'_> {
        self.request(Method::PATCH, path)
    }

    /// A DELETE request.
    pub fn delete(&self, path: &str) -> TestRequest<'_> {
        self.request(Method::DELETE, path)
    }

    /// A valid access token.
    ///
    /// # Panics
    /// When the grant cannot be issued, such as for an empty subject.
    #[allow(clippy::panic)]
    pub fn token(&self, grant: &Grant) -> String {
        match self.security.access_tokens().issue(grant) {
            Ok(token) => token.expose().to_owned(),
            Err(error) => panic!("{error}"),
        }
    }

    /// A session of `subject`, whose account there is: who may do what is asked of the app's own records.
    ///
    /// # Panics
    /// When none can begin: there is no such account, or the app has no sessions.
    #[allow(clippy::panic)]
    pub async fn session(&self, subject: &str) -> TestSession {
        let (sessions, tokens) = (self.security.sessions(), self.security.tokens());
        assert!(sessions.are_configured(), "nobody said `.sessions(…)`");
        match sessions.begin_for(tokens, subject).await {
            // As over HTTPS: an app under test runs as in production.
            Ok(value) => {
                let name = sessions.cookie(&value, self.sets_secure_cookies()).name;
                TestSession::new(format!("{name}={}", *value))
            }
            Err(problem) => panic!("{problem:?}"),
        }
    }

    fn sets_secure_cookies(&self) -> bool {
        self.security.profile() == Profile::Production
    }

    /// A host that the app allows.
    pub(super) fn host(&self) -> String {
        self.security.sample_host()
    }

    pub(super) fn call(&self, request: ActixRequest) -> Answer {
        (self.call)(request)
    }
}

impl fmt::Debug for TestApp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestApp").finish_non_exhaustive()
    }
}
