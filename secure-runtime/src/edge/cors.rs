//! Which other origins may read the answers (the CORS protocol of the Fetch standard, §3.2).

mod policy;

pub(crate) use policy::CorsPolicy;

/// Which other origins may read the answers, and how: [`cors!`](crate::cors).
///
/// ```
/// use secure_runtime::{Cors, cors};
///
/// const CORS: Cors = cors!(
///     origins = ["https://app.example.com"],
///     expose = ["X-Total"],
///     max_age = "2h",
/// );
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Cors {
    origins: &'static [&'static str],
    credentials: bool,
    /// Names of request headers, in lower case.
    headers: &'static [&'static str],
    /// Names of response headers, in lower case.
    exposed: &'static [&'static str],
    max_age_seconds: u64,
}

impl Cors {
    /// The origins, as they are written.
    pub(crate) fn origins(&self) -> &'static [&'static str] {
        self.origins
    }
}

/// Written by [`cors!`](crate::cors), which has checked it all.
#[doc(hidden)]
impl Cors {
    pub const DEFAULT: Self = Self {
        origins: &[],
        credentials: false,
        headers: &[],
        exposed: &[],
        max_age_seconds: 3_600,
    };

    #[must_use]
    pub const fn with_origins(mut self, origins: &'static [&'static str]) -> Self {
        self.origins = origins;
        self
    }

    #[must_use]
    pub const fn with_credentials(mut self) -> Self {
        self.credentials = true;
        self
    }

    #[must_use]
    pub const fn with_headers(mut self, headers: &'static [&'static str]) -> Self {
        self.headers = headers;
        self
    }

    #[must_use]
    pub const fn with_exposed(mut self, exposed: &'static [&'static str]) -> Self {
        self.exposed = exposed;
        self
    }

    #[must_use]
    pub const fn with_max_age(mut self, seconds: u64) -> Self {
        self.max_age_seconds = seconds;
        self
    }
}
