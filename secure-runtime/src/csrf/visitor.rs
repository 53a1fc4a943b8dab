//! A browser in which nobody is signed in: a cookie of random bits, to which its form tokens are bound.
//! A page of the attacker's own visit has a token that fits a cookie of the attacker's: that no other host can
//! plant one is what `__Host-` is for.

use actix_web::http::header::HeaderMap;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secure_grammar::SameSite;

use crate::{
    crypto::fill_random,
    edge::{ResponseCookie, cookies},
};

/// In bytes: 128 bits.
const ID: usize = 16;

/// What its cookie says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Visitor {
    id: [u8; ID],
}

impl Visitor {
    /// A browser that was never seen.
    pub(super) fn new() -> Self {
        let mut id = [0; ID];
        fill_random(&mut id);
        Self { id }
    }

    /// The browser that a request comes from, by the one cookie that says so. Where there are several,
    /// somebody else has planted one.
    pub(super) fn read(headers: &HeaderMap, secure: bool) -> Option<Self> {
        let mut sent = cookies(headers, cookie_name(secure));
        let (Some(text), None) = (sent.next(), sent.next()) else {
            return None;
        };
        let id = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        Some(Self { id })
    }

    /// By what it is known until the browser is closed. A link from elsewhere has it sent too (`Lax`), so that
    /// the page behind it does not make the pages void that are open already.
    pub(super) fn cookie(&self, secure: bool) -> ResponseCookie {
        let id = URL_SAFE_NO_PAD.encode(self.id);
        ResponseCookie {
            same_site: SameSite::Lax,
            ..ResponseCookie::strict(cookie_name(secure), &id, None, secure)
        }
    }

    pub(super) fn id(&self) -> &[u8] {
        &self.id
    }
}

/// Browsers take `__Host-` from HTTPS alone, for the whole host and for no other (RFC 6265bis §4.1.3.2).
const fn cookie_name(secure: bool) -> &'static str {
    match secure {
        true => "__Host-csrf",
        false => "csrf",
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{COOKIE, HeaderValue};

    use super::*;

    fn read(text: &str, secure: bool) -> Option<Visitor> {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::try_from(text).expect("a header"));
        Visitor::read(&headers, secure)
    }

    #[test]
    fn a_browser_is_known_by_the_one_cookie() {
        let visitor = Visitor::new();
        let id = visitor.cookie(true).value;
        assert_eq!(id.len(), 22);
        assert_eq!(read(&format!("a=b; __Host-csrf={id}"), true), Some(visitor));
        assert_eq!(read(&format!("csrf={id}"), false), Some(visitor));
        for unknown in [
            String::new(),
            format!("csrf={id}"),
            format!("__Host-csrf={id}; __Host-csrf={id}"),
            format!("__Host-csrf={id}; __Host-csrf=x"),
            format!("__Host-csrf={id}AA"),
            format!("__Host-csrf={}", &id[2..]),
            "__Host-csrf=".to_owned(),
            "__Host-csrf=!!!!!!!!!!!!!!!!!!!!!!".to_owned(),
        ] {
            assert_eq!(read(&unknown, true), None, "{unknown}");
        }
    }

    #[test]
    fn each_browser_is_another() {
        assert_ne!(Visitor::new(), Visitor::new());
    }
}
