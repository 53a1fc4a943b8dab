use super::{
    FieldRefusal,
    text::{Parse, read_as_text, used_as_text},
};

const REFUSAL: FieldRefusal = FieldRefusal::new(
    "url",
    "must be an absolute https address without user and password, of at most 2048 characters",
);

/// An absolute `https` address, as browsers parse it, without user and password.
///
/// It is a link that may be shown and followed by who clicks on it. It is **no protection against
/// server-side request forgery**: the host may be an address within your network (`https://10.0.0.1/`), or a
/// name that leads to one. What the server itself fetches needs a client that looks at the address it connects
/// to.
///
/// ```
/// use secure_runtime::field::Url;
///
/// let url: Url = "https://Example.com/a b?c#d".parse()?;
/// assert_eq!(url.as_str(), "https://example.com/a%20b?c#d");
/// assert_eq!(url.host(), "example.com");
/// assert!("http://example.com/".parse::<Url>().is_err());
/// assert!("javascript:alert(1)".parse::<Url>().is_err());
/// assert!("https://example.com@evil.test/".parse::<Url>().is_err());
/// # Ok::<(), secure_runtime::field::FieldRefusal>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Url(::url::Url);

impl Url {
    /// It is never longer, as it is sent and as it is written by [`as_str`](Self::as_str).
    pub const MAX_LENGTH: usize = 2048;

    /// The address in its normal form.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The host: a name in lower case and in ASCII, or an IP address, one of version 6 in brackets.
    pub fn host(&self) -> &str {
        // An `https` address has one.
        self.0.host_str().unwrap_or_default()
    }
}

impl Parse for Url {
    fn parse(text: String) -> Result<Self, FieldRefusal> {
        // Browsers read `https:example.com`, `https:\\example.com` and addresses with line breaks in them, too:
        // whoever looks at such a text sees another address than they do.
        let is_plain = text.len() <= Self::MAX_LENGTH
            && text
                .get(..8)
                .is_some_and(|start| start.eq_ignore_ascii_case("https://"))
            && !text.ends_with(' ')
            && !text.contains(|letter: char| letter.is_control() || letter == '\\');
        let url = ::url::Url::parse(&text).ok().filter(|_| is_plain);
        let url = url.ok_or(REFUSAL)?;
        let has_credentials = !url.username().is_empty() || url.password().is_some();
        let authority = text
            .get(8..)
            .and_then(|rest| rest.split(['/', '?', '#']).next());
        let is_good = url.scheme() == "https"
            && url.host_str().is_some_and(|host| !host.is_empty())
            && !has_credentials
            // An empty user counts as none: `https://@example.com`.
            && authority.is_some_and(|authority| !authority.is_empty() && !authority.contains('@'))
            && url.as_str().len() <= Self::MAX_LENGTH;
        match is_good {
            true => Ok(Self(url)),
            false => Err(REFUSAL),
        }
    }
}

impl validator::ValidateUrl for Url {
    fn as_url_string(&self) -> Option<std::borrow::Cow<'_, str>> {
        Some(self.as_str().into())
    }
}

read_as_text!([] Url, "https://example.com/");
used_as_text!([] Url);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (good, host) in [
            ("https://example.com", "example.com"),
            ("HTTPS://EXAMPLE.com:8443/?q#f", "example.com"),
            ("https://bücher.example/ü", "xn--bcher-kva.example"),
            ("https://[::1]/", "[::1]"),
            ("https://0x7f.1/", "127.0.0.1"),
            ("https://example.com/@ada", "example.com"),
        ] {
            let url: Url = good.parse().expect(good);
            assert_eq!(url.host(), host);
            assert_eq!(url.as_str().parse(), Ok(url), "{good}");
        }
        let too_long = format!("https://example.com/{}", "a".repeat(2029));
        let grows = format!("https://example.com/{}", "ä".repeat(500));
        for bad in [
            "",
            "https://",
            "https:///",
            "https:///example.com",
            "https:example.com",
            "https:/example.com",
            "https:\\\\example.com",
            "https://example.com\\@evil.test",
            "http://example.com",
            "ftp://example.com",
            "javascript:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,x",
            "//example.com",
            "/path",
            "example.com",
            " https://example.com",
            "https://example.com ",
            "https://exam\nple.com",
            "https://exam\tple.com",
            "https://example.com/\0",
            "https://ada@example.com",
            "https://ada:secret@example.com",
            "https://:secret@example.com",
            "https://@example.com",
            "https://exa mple.com",
            "https://example.com:99999",
            "https://xn--0.example",
            "https://[::1",
            &too_long,
            &grows,
        ] {
            assert_eq!(bad.parse::<Url>(), Err(REFUSAL), "{bad:?}");
        }
    }
}
