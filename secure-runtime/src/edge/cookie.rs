//! Cookies of ours: names and values that need no quoting.

use std::time::Duration;

use actix_web::http::header::{COOKIE, HeaderMap, HeaderValue};

/// How many cookies of one name are looked at.
const MOST_OF_ONE_NAME: usize = 8;

/// A cookie that a response sets (RFC 6265): for the whole host, out of reach of scripts, and sent by this
/// site alone.
#[derive(Debug)]
pub(crate) struct ResponseCookie {
    pub(crate) name: &'static str,
    /// Of the letters of base64url, `.`, `~` and the like, as signed values are.
    pub(crate) value: String,
    pub(crate) max_age: Duration,
    /// Whether it is sent by HTTPS alone.
    pub(crate) secure: bool,
}

impl ResponseCookie {
    /// The value of `Set-Cookie`; `None` where the value is none that a cookie can have.
    pub(crate) fn header(&self) -> Option<HeaderValue> {
        let Self { name, value, .. } = self;
        let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"\",;\\".contains(&byte);
        if !value.bytes().all(is_plain) {
            return None;
        }
        let age = self.max_age.as_secs();
        let secure = if self.secure { "; Secure" } else { "" };
        let text =
            format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Strict{secure}");
        let mut header = HeaderValue::try_from(text).ok()?;
        header.set_sensitive(true);
        Some(header)
    }
}

/// The values of the cookies of a name, in the order in which they were sent. What is no cookie is passed
/// over.
pub(crate) fn cookies<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(COOKIE);
    let pairs = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    let named = pairs.filter_map(move |pair| {
        let (key, value) = str::from_utf8(pair).ok()?.split_once('=')?;
        (key.trim() == name).then(|| value.trim())
    });
    named.take(MOST_OF_ONE_NAME)
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
        assert_eq!(read(&[b"device=a;".as_slice(); 20]).len(), MOST_OF_ONE_NAME);
    }

    #[test]
    fn writes_no_value_that_would_be_read_as_more() {
        let cookie = |value: &str, secure| ResponseCookie {
            name: "device",
            value: value.to_owned(),
            max_age: Duration::from_secs(60),
            secure,
        };
        let text = |cookie: ResponseCookie| {
            let header = cookie.header().expect("a header");
            header.to_str().expect("a text").to_owned()
        };
        assert_eq!(
            text(cookie("a.b-c_d~1", true)),
            "device=a.b-c_d~1; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure"
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
}
