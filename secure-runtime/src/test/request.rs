use std::{fmt, net::SocketAddr};

use actix_web::{
    http::header::{AUTHORIZATION, COOKIE, HOST},
    test::TestRequest as ActixRequest,
    web::Bytes,
};
use serde::Serialize;

use super::{TestApp, TestResponse, TestSession};
use crate::token::Grant;

/// From which page a request comes, as browsers say it.
const SITE: &str = "sec-fetch-site";

/// A request to a [`TestApp`]. It comes from 192.0.2.1 and names a host that the app allows, unless it says
/// otherwise.
#[must_use]
pub struct TestRequest<'a> {
    app: &'a TestApp,
    request: ActixRequest,
    /// Whether the request says itself which host it asks.
    names_host: bool,
    /// Whether the request says itself which page it comes from.
    names_site: bool,
    /// Whether it comes with a session, and whose one has yet to begin.
    session: Option<Option<String>>,
}

impl<'a> TestRequest<'a> {
    pub(super) fn new(app: &'a TestApp, request: ActixRequest, names_host: bool) -> Self {
        let request = request.peer_addr(SocketAddr::from(([192, 0, 2, 1], 40_000)));
        Self {
            app,
            request,
            names_host,
            names_site: false,
            session: None,
        }
    }

    /// Signs in as `subject`, with no role and no scope.
    pub fn as_user(self, subject: &str) -> Self {
        self.with_grant(&Grant::new(subject))
    }

    /// Signs in as `subject` with one role.
    pub fn with_role(self, subject: &str, role: &str) -> Self {
        self.with_grant(&Grant::new(subject).with_roles([role]))
    }

    /// Signs in as whomever the grant describes.
    pub fn with_grant(self, grant: &Grant) -> Self {
        let token = self.app.token(grant);
        self.header(AUTHORIZATION.as_str(), &format!("Bearer {token}"))
    }

    /// Signs in as `subject` with a [session](crate::session), whose account there is. Unless it says
    /// otherwise, the request comes from a page of the app itself (`Sec-Fetch-Site: same-origin`).
    pub fn in_session_of(mut self, subject: &str) -> Self {
        self.session = Some(Some(subject.to_owned()));
        self
    }

    /// Goes on with a session, as [`in_session_of`](Self::in_session_of).
    pub fn with_session(mut self, session: &TestSession) -> Self {
        self.session.get_or_insert_default();
        self.header(COOKIE.as_str(), session.cookie())
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.names_host |= name.eq_ignore_ascii_case(HOST.as_str());
        self.names_site |= name.eq_ignore_ascii_case(SITE);
        self.request = self.request.append_header((name, value));
        self
    }

    /// Comes from another address (`192.0.2.9`, `2001:db8::1`).
    ///
    /// # Panics
    /// When the text is no IP address.
    #[allow(clippy::panic)]
    pub fn from_address(mut self, address: &str) -> Self {
        let Ok(address) = address.parse() else {
            panic!("`{address}` is no IP address");
        };
        self.request = self.request.peer_addr(SocketAddr::new(address, 40_000));
        self
    }

    /// Sends `body` as JSON.
    pub fn json(mut self, body: &impl Serialize) -> Self {
        self.request = self.request.set_json(body);
        self
    }

    /// Sends a body as it is, with a content type.
    pub fn body(mut self, content_type: &str, body: impl Into<Bytes>) -> Self {
        self.request = self
            .request
            .insert_header(("content-type", content_type))
            .set_payload(body);
        self
    }

    /// Sends it and reads the whole answer.
    ///
    /// # Panics
    /// When it is to come with a session, and none can begin.
    pub async fn send(mut self) -> TestResponse {
        if let Some(subject) = self.session.take() {
            if let Some(subject) = subject {
                let session = self.app.session(&subject).await;
                self = self.header(COOKIE.as_str(), session.cookie());
            }
            if !self.names_site {
                self = self.header(SITE, "same-origin");
            }
        }
        let request = match self.names_host {
            true => self.request,
            false => self.request.append_header((HOST, self.app.host())),
        };
        TestResponse::read(self.app.call(request)).await
    }
}

impl fmt::Debug for TestRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestRequest").finish_non_exhaustive()
    }
}
