use std::{error::Error, fmt, net::IpAddr, time::Duration};

use reqwest::{Client, Response, StatusCode, Url, header::HeaderValue, redirect};

use super::{BreachQuery, BreachedPasswords};

/// Have I Been Pwned.
const SERVICE: &str = "https://api.pwnedpasswords.com";

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(2);

/// The longest answer that is read, in bytes. With padding they have some 50 KiB.
const LONGEST_ANSWER: usize = 1024 * 1024;

/// The stolen passwords of [Have I Been Pwned](https://haveibeenpwned.com/Passwords), or of a mirror
/// of them (feature `breached-passwords`).
///
/// Only the first five digits of a password's SHA-1 leave the app, which some eight hundred stolen passwords
/// share; the answer is padded, so that not even its length says which five (`Add-Padding`).
///
/// One is enough for an app: clones share their connections.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
///
/// use secure_runtime::password::{PasswordPolicy, policy::PwnedPasswords};
///
/// let policy = PasswordPolicy::default()
///     .breached(PwnedPasswords::new()?)
///     .accept_when_unavailable();
///
/// let mirror = PwnedPasswords::at("https://pwned.example.com/api")?;
/// let policy_with_mirror =
///     PasswordPolicy::default().breached(mirror.with_timeout(Duration::from_millis(500)));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct PwnedPasswords {
    client: Client,
    /// Without the digits.
    ranges: Url,
    timeout: Duration,
}

impl PwnedPasswords {
    /// Asks Have I Been Pwned.
    ///
    /// # Errors
    /// When this machine trusts no certificates, so that nothing can be asked by HTTPS.
    pub fn new() -> Result<Self, PwnedPasswordsError> {
        Self::at(SERVICE)
    }

    /// Asks a mirror: `{base}/range/{five digits}`. By HTTPS, unless it is on this machine.
    ///
    /// # Errors
    /// When `base` is no such URL, and as [`new`](Self::new).
    pub fn at(base: &str) -> Result<Self, PwnedPasswordsError> {
        let base = Url::parse(base).map_err(|_| PwnedPasswordsError::Address("is no URL"))?;
        let is_here = is_loopback(&base);
        if let Err(why) = check(&base, is_here) {
            return Err(PwnedPasswordsError::Address(why));
        }
        let client = Client::builder()
            .user_agent(concat!("secure-runtime/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .https_only(base.scheme() == "https");
        let client = match is_here {
            true => client.no_proxy(),
            false => client,
        };
        let mut ranges = base;
        let path = format!("{}/range/", ranges.path().trim_end_matches('/'));
        ranges.set_path(&path);
        Ok(Self {
            client: client
                .build()
                .map_err(|error| PwnedPasswordsError::Client(chain(error)))?,
            ranges,
            timeout: DEFAULT_TIMEOUT,
        })
    }

    /// How long an answer may take, to its last byte. Defaults to 2 seconds.
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    async fn ask(&self, prefix: &str) -> Result<String, PwnedPasswordsError> {
        let url = self.ranges.join(prefix);
        let url = url.map_err(|_| PwnedPasswordsError::Address("takes no digits"))?;
        let request = self.client.get(url).timeout(self.timeout);
        let request = request.header("Add-Padding", HeaderValue::from_static("true"));
        let response = request.send().await?;
        match response.status() {
            StatusCode::OK => read(response).await,
            other => Err(PwnedPasswordsError::Status(other.as_u16())),
        }
    }
}

impl BreachedPasswords for PwnedPasswords {
    type Error = PwnedPasswordsError;

    async fn is_breached(&self, query: &BreachQuery) -> Result<bool, Self::Error> {
        let answer = self.ask(query.prefix()).await?;
        Ok(query.is_in(&answer))
    }
}

/// A bounded body that is a list.
async fn read(mut response: Response) -> Result<String, PwnedPasswordsError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            return Err(PwnedPasswordsError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    let answer = String::from_utf8(body).map_err(|_| PwnedPasswordsError::Unreadable)?;
    // What somebody else answers in its place must not pass for a list without the password.
    let is_list = !answer.trim().is_empty() && answer.lines().all(is_entry);
    match is_list {
        true => Ok(answer),
        false => Err(PwnedPasswordsError::Unreadable),
    }
}

/// `35 digits:count`.
fn is_entry(line: &str) -> bool {
    let is_hexadecimal = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_decimal = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    match line.trim_end().split_once(':') {
        Some((rest, count)) => {
            rest.len() == 35 && is_hexadecimal(rest) && !count.is_empty() && is_decimal(count)
        }
        None => false,
    }
}

/// What is wrong with the address of a mirror.
fn check(base: &Url, is_here: bool) -> Result<(), &'static str> {
    match base.scheme() {
        "https" => {}
        "http" if is_here => {}
        "http" => return Err("is not on this machine, and so must begin with `https://`"),
        _ => return Err("does not begin with `https://`"),
    }
    if base.query().is_some() || base.fragment().is_some() {
        return Err("has a query or a fragment");
    }
    if !base.username().is_empty() || base.password().is_some() {
        return Err("holds a name or a password");
    }
    Ok(())
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    match address.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host == "localhost",
    }
}

/// Why a list of stolen passwords cannot be asked, or does not say. It holds nothing of a password.
#[derive(Debug)]
#[non_exhaustive]
pub enum PwnedPasswordsError {
    /// The address of the mirror cannot be used; what is wrong with it.
    Address(&'static str),
    /// No client could be made; why.
    Client(String),
    /// The answer took too long.
    TimedOut,
    /// There was no connection, or it broke; why.
    Unreachable(String),
    /// It answered with another status than 200: a redirect, too, which is not followed.
    Status(u16),
    /// The answer is longer than 1 MiB.
    TooLong,
    /// The answer is no list.
    Unreadable,
}

/// The URL ends with digits of a password, and is left out.
impl From<reqwest::Error> for PwnedPasswordsError {
    fn from(error: reqwest::Error) -> Self {
        match error.is_timeout() {
            true => Self::TimedOut,
            false => Self::Unreachable(chain(error.without_url())),
        }
    }
}

/// An error and what it comes from, as one text.
fn chain(error: reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(next) = source {
        text.push_str(": ");
        text.push_str(&next.to_string());
        source = next.source();
    }
    text
}

impl fmt::Display for PwnedPasswordsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(why) => write!(f, "the address of the list {why}"),
            Self::Client(why) => write!(f, "there is no client for the list: {why}"),
            Self::TimedOut => f.write_str("the list took too long to answer"),
            Self::Unreachable(why) => write!(f, "the list cannot be reached: {why}"),
            Self::Status(status) => write!(f, "the list answered with status {status}"),
            Self::TooLong => f.write_str("the list answered with more than 1 MiB"),
            Self::Unreadable => f.write_str("the list answered with something else"),
        }
    }
}

impl Error for PwnedPasswordsError {}

impl fmt::Debug for PwnedPasswords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PwnedPasswords")
            .field("ranges", &self.ranges.as_str())
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(base: &str) -> &'static str {
        match PwnedPasswords::at(base) {
            Err(PwnedPasswordsError::Address(why)) => why,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_mirror_is_asked_by_https_unless_it_is_here() {
        for base in [
            SERVICE,
            "https://pwned.example.com/api/",
            "http://127.0.0.1:8080",
            "http://127.9.9.9",
            "http://[::1]:8080",
            "http://localhost:8080",
        ] {
            assert!(PwnedPasswords::at(base).is_ok(), "{base}");
        }
        for base in [
            "http://api.pwnedpasswords.com",
            "http://10.0.0.1",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "http://127.0.0.1@example.com",
        ] {
            assert_eq!(
                refusal(base),
                "is not on this machine, and so must begin with `https://`"
            );
        }
    }

    #[test]
    fn what_is_no_address_of_a_mirror_is_refused() {
        for (base, why) in [
            ("", "is no URL"),
            ("pwned.example.com", "is no URL"),
            ("file:///pwned", "does not begin with `https://`"),
            ("https://example.com?key=1", "has a query or a fragment"),
            ("https://example.com#1", "has a query or a fragment"),
            ("https://ada@example.com", "holds a name or a password"),
            ("https://:x@example.com", "holds a name or a password"),
        ] {
            assert_eq!(refusal(base), why, "{base}");
        }
    }

    #[test]
    fn a_path_is_kept() {
        for base in ["https://example.com/a/b", "https://example.com/a/b/"] {
            let list = PwnedPasswords::at(base).expect("an address");
            assert_eq!(list.ranges.as_str(), "https://example.com/a/b/range/");
        }
    }

    #[test]
    fn an_entry_is_digits_and_a_count() {
        let rest = "0123456789ABCDEF0123456789abcdef012";
        assert!(is_entry(&format!("{rest}:1")));
        assert!(is_entry(&format!("{rest}:0\r")));
        for line in [
            String::new(),
            rest.to_owned(),
            format!("{rest}:"),
            format!("{rest}:x"),
            format!("{rest}:-1"),
            format!("{rest}0:1"),
            format!("G{}:1", &rest[1..]),
            "<html>".to_owned(),
        ] {
            assert!(!is_entry(&line), "{line}");
        }
    }
}
