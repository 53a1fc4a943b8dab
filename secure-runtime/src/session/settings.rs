use std::{borrow::Cow, time::Duration};

use crate::edge::CookiePolicy;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const LONGEST: Duration = HOUR.saturating_mul(24 * 400);
const MOST: usize = 1000;
/// What other cookies of ours are called, but for their prefix.
const OURS: [&str; 2] = ["csrf", "device"];

/// How long sessions last, how many of them somebody has, and what their cookie is called.
///
/// ```
/// use std::time::Duration;
///
/// use secure_runtime::session::SessionSettings;
///
/// const SESSIONS: SessionSettings = SessionSettings::new()
///     .idle(Duration::from_secs(15 * 60))
///     .most(5);
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct SessionSettings {
    pub(crate) idle: Duration,
    pub(crate) absolute: Duration,
    pub(crate) most: usize,
    pub(crate) cookie: CookiePolicy,
    pub(crate) after_sign_out: Cow<'static, str>,
}

impl SessionSettings {
    /// 30 minutes without a request, 12 hours in all, 20 sessions a subject, the cookie `__Host-session`.
    pub const fn new() -> Self {
        Self {
            idle: Duration::from_secs(30 * 60),
            absolute: HOUR.saturating_mul(12),
            most: 20,
            cookie: CookiePolicy::SESSION,
            after_sign_out: Cow::Borrowed("/"),
        }
    }

    /// For how long a session lasts without a request, from 1 minute on. Defaults to 30 minutes.
    pub const fn idle(mut self, idle: Duration) -> Self {
        self.idle = idle;
        self
    }

    /// For how long a session lasts however much it is used. Defaults to 12 hours.
    pub const fn absolute(mut self, absolute: Duration) -> Self {
        self.absolute = absolute;
        self
    }

    /// How many sessions a subject has at most, between 1 and 1000; one more ends that which was used
    /// longest ago. Defaults to 20.
    pub const fn most(mut self, most: usize) -> Self {
        self.most = most;
        self
    }

    /// What the cookie is called, and where browsers send it: [`cookie!`](crate::cookie). Defaults to
    /// `__Host-session; Path=/; Secure; HttpOnly; SameSite=Lax`. It has to be `Secure` and `HttpOnly`, and
    /// has no `Max-Age`: it ends with the session.
    ///
    /// In development over plain HTTP, where some browsers keep no `Secure` cookie, it is called the same
    /// without `__Host-` and is not `Secure`.
    pub fn cookie(mut self, cookie: CookiePolicy) -> Self {
        self.cookie = cookie;
        self
    }

    /// Where [`sign_out`](struct@super::sign_out) sends the browser: a path of this site. Defaults to `/`.
    pub fn after_sign_out(mut self, path: impl Into<Cow<'static, str>>) -> Self {
        self.after_sign_out = path.into();
        self
    }

    /// How much time passes between two uses that are both written down.
    pub(super) fn touch_every(&self) -> Duration {
        (self.idle / 30).min(Duration::from_secs(60))
    }

    /// What is wrong with them, one sentence each.
    pub(crate) fn findings(&self, revocation_bound: Duration) -> Vec<String> {
        let cookie = &self.cookie;
        let path = self.after_sign_out.as_bytes();
        let is_local = path.starts_with(b"/")
            && !path.starts_with(b"//")
            && path
                .iter()
                .all(|byte| byte.is_ascii_graphic() && *byte != b'\\');
        let rules = [
            (
                (MINUTE..=self.absolute).contains(&self.idle),
                "a session may lie unused for 1 minute at least, and no longer than it lasts",
            ),
            // What is remembered for so long is not seen to be used.
            (
                revocation_bound.saturating_mul(2) <= self.idle,
                "a session may lie unused for twice the revocation bound at least",
            ),
            (self.absolute <= LONGEST, "a session lasts 400 days at most"),
            (
                (1..=MOST).contains(&self.most),
                "a subject has between 1 and 1000 sessions",
            ),
            (
                cookie.is_secure() && cookie.is_http_only(),
                "the cookie of sessions has to be `Secure` and `HttpOnly`",
            ),
            (
                !OURS.contains(&&*cookie.name_for(false)),
                "`csrf` and `device` are other cookies of ours",
            ),
            (
                cookie.max_age().is_none(),
                "the cookie of sessions has no `Max-Age`: how long a session lasts is said by \
                 `.absolute(…)`",
            ),
            (
                is_local,
                "after signing out the browser goes to a path of this site, such as `/`",
            ),
        ];
        let broken = rules.into_iter().filter(|(holds, _)| !holds);
        broken.map(|(_, rule)| rule.to_owned()).collect()
    }
}

impl Default for SessionSettings {
    fn default() -> Self {
        Self::new()
    }
}
