use std::{borrow::Cow, fmt, str::FromStr};

use actix_web::{HttpResponse, http::header::LOCATION};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::input::{Bounded, Bounds, Contents};

/// In bytes: what every browser and server takes as an address.
const LONGEST: usize = 2048;
/// What needs no escape in the value of a query.
const IN_QUERY: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// A place on this site: a path, perhaps with a query. It leads nowhere else, so a page may send a browser
/// there whoever has named it (CWE-601, open redirect).
///
/// It starts with one `/`, and neither another one nor a `\` follows, which browsers take for the start of
/// another host. It is printable ASCII without space, quote, `<`, `>` and `\`, as addresses are sent, of at
/// most 2048 bytes.
///
/// An input can hold one: what is no such path is refused before the handler runs.
///
/// ```
/// use actix_web::{HttpResponse, Responder, web::Query};
/// use secure_runtime::{edge::LocalPath, prelude::*};
///
/// #[validated]
/// struct Welcome {
///     next: Option<LocalPath>,
/// }
///
/// #[get("/welcome")]
/// #[public]
/// #[validated]
/// async fn welcome(welcome: Query<Welcome>) -> impl Responder {
///     welcome.into_inner().next.unwrap_or_default().see_other()
/// }
///
/// assert!("/articles?page=2".parse::<LocalPath>().is_ok());
/// for elsewhere in ["https://evil.example", "//evil.example", "/\\evil.example", "articles"] {
///     assert!(elsewhere.parse::<LocalPath>().is_err());
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LocalPath(Cow<'static, str>);

/// A text that is no [`LocalPath`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotLocal;

impl LocalPath {
    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Sends the browser there, with GET: 303.
    pub fn see_other(&self) -> HttpResponse {
        let mut response = HttpResponse::SeeOther();
        response.insert_header((LOCATION, self.as_str()));
        response.finish()
    }

    /// The same with one more parameter in its query.
    pub(crate) fn with_parameter(&self, name: &str, value: &str) -> String {
        let separator = if self.0.contains('?') { '&' } else { '?' };
        let value = utf8_percent_encode(value, &IN_QUERY);
        format!("{}{separator}{name}={value}", self.0)
    }

    /// The path without query and fragment.
    pub(crate) fn path(&self) -> &str {
        let end = self.0.find(['?', '#']).unwrap_or(self.0.len());
        &self.0[..end]
    }
}

/// `/`
impl Default for LocalPath {
    fn default() -> Self {
        Self(Cow::Borrowed("/"))
    }
}

impl TryFrom<String> for LocalPath {
    type Error = NotLocal;

    fn try_from(text: String) -> Result<Self, NotLocal> {
        match is_local(&text) {
            true => Ok(Self(text.into())),
            false => Err(NotLocal),
        }
    }
}

impl FromStr for LocalPath {
    type Err = NotLocal;

    fn from_str(text: &str) -> Result<Self, NotLocal> {
        text.to_owned().try_into()
    }
}

impl From<LocalPath> for String {
    fn from(path: LocalPath) -> Self {
        path.0.into_owned()
    }
}

impl AsRef<str> for LocalPath {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LocalPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Bounded for LocalPath {
    fn sample(_: &Bounds) -> Value {
        json!("/")
    }
}

impl Contents for LocalPath {}

impl fmt::Display for NotLocal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no path of this site, such as `/articles?page=2`")
    }
}

impl std::error::Error for NotLocal {}

fn is_local(text: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\".contains(&byte);
    let Some(rest) = text.strip_prefix('/') else {
        return false;
    };
    text.len() <= LONGEST && !rest.starts_with('/') && rest.bytes().all(legal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stays_here_is_local() {
        for yes in [
            "/",
            "/articles",
            "/articles/1?page=2&order=new#top",
            "/a//b",
            "/@evil.example",
            "/.evil.example",
            "/%2F/evil.example",
            "/?next=https://evil.example",
            "/:80",
        ] {
            assert_eq!(yes.parse::<LocalPath>().expect(yes).as_str(), yes);
        }
        for no in [
            "",
            "articles",
            "?a",
            "#a",
            "//",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "\\\\evil.example",
            "/a\\b",
            "/\t/evil.example",
            "/\n/evil.example",
            "/a\r\nset-cookie: a=b",
            "/\0",
            "/ /evil.example",
            " /a",
            "/a ",
            "/\u{a0}",
            "/ä",
            "/\u{2215}evil.example",
            "/\"><script>",
            "/\u{7f}",
            "https://evil.example",
            "https:/evil.example",
            "https:evil.example",
            "javascript:alert(1)",
            "data:text/html,x",
        ] {
            assert_eq!(no.parse::<LocalPath>(), Err(NotLocal), "{no:?}");
        }
        let long = format!("/{}", "a".repeat(LONGEST));
        assert_eq!(long.parse::<LocalPath>(), Err(NotLocal));
        assert!(long[..LONGEST].parse::<LocalPath>().is_ok());
    }

    #[test]
    fn a_place_is_handed_on_whole() {
        let login: LocalPath = "/login".parse().expect("a path");
        let next = login.with_parameter("next", "/a?b=c&d=%20#e");
        assert_eq!(next, "/login?next=/a%3Fb%3Dc%26d%3D%2520%23e");
        let login: LocalPath = "/login?lang=de".parse().expect("a path");
        assert_eq!(login.with_parameter("next", "/"), "/login?lang=de&next=/");
        assert_eq!(login.path(), "/login");
    }
}
