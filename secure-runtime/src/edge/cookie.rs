//! Cookies of ours: names and values that need no quoting.

use std::{borrow::Cow, fmt, time::Duration};

use actix_web::{
    HttpRequest,
    http::header::{COOKIE, HeaderMap, HeaderValue},
};
use secure_grammar::{GrammarError, SameSite};

use crate::Problem;

/// How many cookies of one name are looked at, where each costs something.
pub(crate) const MOST_OF_ONE_NAME: usize = 8;

/// A cookie without its value: what it is called, and to whom browsers send it.
///
/// ```
/// use actix_web::{HttpResponse, http::header::SET_COOKIE};
/// use secure_runtime::{Problem, cookie, edge::CookiePolicy};
///
/// const THEME: CookiePolicy = cookie!("__Host-theme; Secure; Max-Age=31536000; SameSite=Strict");
///
/// fn remember(theme: &str) -> Result<HttpResponse, Problem> {
///     let mut answer = HttpResponse::NoContent();
///     answer.append_header((SET_COOKIE, THEME.set(theme)?));
///     Ok(answer.finish())
/// }
///
/// let answer = remember("dark")?;
/// assert_eq!(
///     answer.headers().get(SET_COOKIE).unwrap(),
///     "__Host-theme=dark; Path=/; Max-Age=31536000; Secure; SameSite=Strict"
/// );
/// assert!(remember("dark; Domain=example.com").is_err());
/// # Ok::<(), Problem>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CookiePolicy {
    name: Cow<'static, str>,
    path: Cow<'static, str>,
    domain: Option<Cow<'static, str>>,
    max_age: Option<u64>,
    secure: bool,
    http_only: bool,
    same_site: SameSite,
}

impl CookiePolicy {
    /// That of sessions, where the app says nothing else.
    pub(crate) const SESSION: Self = Self::literal(
        ("__Host-session", "/", None, None),
        (true, true, SameSite::Lax),
    );

    /// Reads a cookie from configuration.
    ///
    /// # Errors
    /// What is wrong with it, as [`cookie!`](crate::cookie) says it.
    pub fn parse(text: &str) -> Result<Self, GrammarError> {
        let policy = secure_grammar::CookiePolicy::parse(text)?;
        Ok(Self {
            name: policy.name().to_owned().into(),
            path: policy.path().to_owned().into(),
            domain: policy.domain().map(|domain| domain.to_owned().into()),
            max_age: policy.max_age(),
            secure: policy.is_secure(),
            http_only: policy.is_http_only(),
            same_site: policy.same_site(),
        })
    }

    pub(crate) const fn literal(
        (name, path, domain, max_age): (
            &'static str,
            &'static str,
            Option<&'static str>,
            Option<u64>,
        ),
        (secure, http_only, same_site): (bool, bool, SameSite),
    ) -> Self {
        Self {
            name: Cow::Borrowed(name),
            path: Cow::Borrowed(path),
            domain: match domain {
                Some(domain) => Some(Cow::Borrowed(domain)),
                None => None,
            },
            max_age,
            secure,
            http_only,
            same_site,
        }
    }

    /// Whether browsers send it with requests that other sites make.
    pub(crate) fn crosses_sites(&self) -> bool {
        self.same_site == SameSite::None
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is sent by HTTPS alone.
    pub const fn is_secure(&self) -> bool {
        self.secure
    }

    /// Whether it is out of reach of scripts.
    pub const fn is_http_only(&self) -> bool {
        self.http_only
    }

    /// For how many seconds browsers keep it; without one as long as they run.
    pub const fn max_age(&self) -> Option<u64> {
        self.max_age
    }

    /// The value of `Set-Cookie` that gives it this value.
    ///
    /// # Errors
    /// A 500, where that is no value of cookies: it has a space, a quote, a comma, a semicolon, a backslash,
    /// or what is not printable ASCII (RFC 6265 §4.1.1).
    pub fn set(&self, value: &str) -> Result<HeaderValue, Problem> {
        let cookie = ResponseCookie::of(self, value, self.secure);
        let header = cookie.header();
        header.ok_or_else(|| {
            Problem::internal(format_args!("no value of the cookie `{}`", self.name))
        })
    }

    /// The value of `Set-Cookie` that has browsers forget it.
    ///
    /// # Errors
    /// None that is known.
    pub fn remove(&self) -> Result<HeaderValue, Problem> {
        let header = ResponseCookie::removing(self, self.secure).header();
        header.ok_or_else(|| Problem::internal("no header"))
    }

    /// The values that a request sends, in the order in which they were sent: one, as a rule.
    pub fn values<'a>(&'a self, request: &'a HttpRequest) -> impl Iterator<Item = &'a str> {
        cookies(request.headers(), &self.name)
    }

    /// What it is called where it is sent by HTTPS alone, or by plain HTTP too: the prefixes are for the
    /// former (RFC 6265bis §4.1.3).
    pub(crate) fn name_for(&self, secure: bool) -> Cow<'static, str> {
        if secure {
            return self.name.clone();
        }
        let plain = ["__Host-", "__Secure-"]
            .iter()
            .find_map(|prefix| self.name.strip_prefix(prefix));
        plain.map_or_else(|| self.name.clone(), |plain| plain.to_owned().into())
    }
}

/// A cookie that a response sets (RFC 6265).
pub(crate) struct ResponseCookie {
    pub(crate) name: Cow<'static, str>,
    /// Of the letters of base64url, `.`, `~` and the like, as signed values are.
    pub(crate) value: String,
    pub(crate) path: Cow<'static, str>,
    pub(crate) domain: Option<Cow<'static, str>>,
    /// For how long; `None`: as long as the browser runs.
    pub(crate) max_age: Option<Duration>,
    /// Whether it is sent by HTTPS alone.
    pub(crate) secure: bool,
    /// Whether it is out of reach of scripts.
    pub(crate) http_only: bool,
    pub(crate) same_site: SameSite,
}

impl ResponseCookie {
    /// One for the whole host, out of reach of scripts, and sent by this site alone.
    pub(crate) fn strict(
        name: &'static str,
        value: &str,
        max_age: Option<Duration>,
        secure: bool,
    ) -> Self {
        Self {
            name: name.into(),
            value: value.to_owned(),
            path: "/".into(),
            domain: None,
            max_age,
            secure,
            http_only: true,
            same_site: SameSite::Strict,
        }
    }

    /// As a policy says. Where it is not for HTTPS alone, it has no prefix that says so.
    pub(crate) fn of(policy: &CookiePolicy, value: &str, secure: bool) -> Self {
        Self {
            name: policy.name_for(secure || !policy.secure),
            value: value.to_owned(),
            path: policy.path.clone(),
            domain: policy.domain.clone(),
            max_age: policy.max_age.map(Duration::from_secs),
            secure: secure && policy.secure,
            http_only: policy.http_only,
            same_site: policy.same_site,
        }
    }

    /// Has browsers forget it.
    pub(crate) fn removing(policy: &CookiePolicy, secure: bool) -> Self {
        Self {
            max_age: Some(Duration::ZERO),
            ..Self::of(policy, "", secure)
        }
    }

    /// Whether it is to be forgotten.
    pub(crate) fn is_removal(&self) -> bool {
        self.max_age.is_some_and(|age| age.is_zero())
    }

    /// The value of `Set-Cookie`; `None` where the value is none that a cookie can have.
    pub(crate) fn header(&self) -> Option<HeaderValue> {
        let Self { name, value, .. } = self;
        let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"\",;\\".contains(&byte);
        if !value.bytes().all(is_plain) {
            return None;
        }
        let domain = self
            .domain
            .as_deref()
            .map(|domain| format!("; Domain={domain}"));
        let age = self
            .max_age
            .map(|age| format!("; Max-Age={}", age.as_secs()));
        let text = format!(
            "{name}={value}; Path={}{}{}{}{}; SameSite={}",
            self.path,
            domain.unwrap_or_default(),
            age.unwrap_or_default(),
            if self.secure { "; Secure" } else { "" },
            if self.http_only { "; HttpOnly" } else { "" },
            self.same_site.as_str(),
        );
        let mut header = HeaderValue::try_from(text).ok()?;
        header.set_sensitive(true);
        Some(header)
    }
}

/// Its value may open something.
impl fmt::Debug for ResponseCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseCookie")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// The values of the cookies of a name, in the order in which they were sent. What is no cookie is passed
/// over.
pub(crate) fn cookies<'h, 'n>(
    headers: &'h HeaderMap,
    name: &'n str,
) -> impl Iterator<Item = &'h str> + use<'h, 'n> {
    let lines = headers.get_all(COOKIE);
    let pairs = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    pairs.filter_map(move |pair| {
        let (key, value) = str::from_utf8(pair).ok()?.split_once('=')?;
        (key.trim() == name).then(|| value.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&[u8]]) -> Vec<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            let line = HeaderValue::from_bytes(line).expect("a header");
            headers.append(COOKIE, line);
        }
        cookies(&headers, "device").map(str::to_owned).collect()
    }

    #[test]
    fn reads_what_is_a_cookie_of_the_name() {
        assert_eq!(read(&[b"device=a"]), ["a"]);
        assert_eq!(
            read(&[b"x=1; device=a;device=b", b"device = c "]),
            ["a", "b", "c"]
        );
        assert_eq!(
            read(&[b"device=a=b; Device=c; devices=d; xdevice=e"]),
            ["a=b"]
        );
        assert_eq!(
            read(&[b"device", b"; ;=;device=", b"x=\xff;device=d"]),
            ["", "d"]
        );
        assert_eq!(read(&[]), [""; 0]);
        assert_eq!(read(&[b"device=a;".as_slice(); 20]).len(), 20);
    }

    #[test]
    fn writes_no_value_that_would_be_read_as_more() {
        let minute = Some(Duration::from_secs(60));
        let cookie = |value: &str, secure| ResponseCookie::strict("device", value, minute, secure);
        let text = |cookie: ResponseCookie| {
            let header = cookie.header().expect("a header");
            header.to_str().expect("a text").to_owned()
        };
        assert_eq!(
            text(cookie("a.b-c_d~1", true)),
            "device=a.b-c_d~1; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Strict"
        );
        assert_eq!(
            text(cookie("a", false)),
            "device=a; Path=/; Max-Age=60; HttpOnly; SameSite=Strict"
        );
        for value in [
            "a; Domain=example.com",
            "a,b",
            "a b",
            "a\"",
            "ä",
            "a\n",
            "\\",
        ] {
            assert!(cookie(value, true).header().is_none(), "{value}");
        }
    }

    #[test]
    fn a_policy_says_all_but_the_value() {
        let policy =
            CookiePolicy::parse("__Secure-a; Domain=example.com; Path=/b; Max-Age=60; Secure");
        let policy = policy.expect("a policy");
        let text = |header: Result<HeaderValue, Problem>| {
            let header = header.expect("a header");
            assert!(header.is_sensitive());
            header.to_str().expect("a text").to_owned()
        };
        assert_eq!(
            text(policy.set("1")),
            "__Secure-a=1; Path=/b; Domain=example.com; Max-Age=60; Secure; SameSite=Lax"
        );
        assert_eq!(
            text(policy.remove()),
            "__Secure-a=; Path=/b; Domain=example.com; Max-Age=0; Secure; SameSite=Lax"
        );
        assert_eq!(
            policy.set("a b").expect_err("a space").status().as_u16(),
            500
        );
        assert!(CookiePolicy::parse("__Host-a").is_err());
        let printed = format!("{:?}", ResponseCookie::of(&policy, "the secret", true));
        assert!(!printed.contains("secret"), "{printed}");
    }

    #[test]
    fn over_plain_http_no_prefix_promises_more() {
        let session = &CookiePolicy::SESSION;
        let header = |cookie: ResponseCookie| {
            let header = cookie.header().expect("a header");
            header.to_str().expect("a text").to_owned()
        };
        assert_eq!(
            header(ResponseCookie::of(session, "a", false)),
            "session=a; Path=/; HttpOnly; SameSite=Lax"
        );
        assert_eq!(session.name_for(true), "__Host-session");
        let theme = CookiePolicy::parse("theme").expect("a policy");
        assert_eq!(theme.name_for(false), "theme");
        assert_eq!(
            header(ResponseCookie::of(&theme, "a", true)),
            "theme=a; Path=/; SameSite=Lax",
            "as it is written"
        );
    }
}
