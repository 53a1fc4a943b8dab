use std::fmt;

/// The session of a browser: what its cookie holds.
///
/// It comes from [`TestApp::session`](super::TestApp::session), or from the answer that has set it
/// ([`TestResponse::session`](super::TestResponse::session)).
#[derive(Clone, PartialEq, Eq)]
pub struct TestSession {
    cookie: String,
}

impl TestSession {
    /// The pair of a `Cookie` header: `__Host-session=…`.
    pub(super) fn new(cookie: String) -> Self {
        Self { cookie }
    }

    /// What the browser sends as `Cookie`: the name and the value.
    pub fn cookie(&self) -> &str {
        &self.cookie
    }
}

impl fmt::Debug for TestSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestSession").finish_non_exhaustive()
    }
}
