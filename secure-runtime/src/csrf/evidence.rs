//! What the headers of a request say about the page that has sent it.

use actix_web::http::header::{HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN, UPGRADE};

use super::decision::{Page, Relation};
use crate::edge::CorsPolicy;

/// Told by browsers, and by nothing that a page may write.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// By which origins this app is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'a> {
    /// What is configured.
    pub(super) public: Option<&'a str>,
    /// Whether the client came by HTTPS, as the edge judges it.
    pub(super) https: bool,
    /// The host in the target of the request, where it names one: an absolute URL, HTTP/2.
    pub(super) target: Option<&'a str>,
    pub(super) cors: Option<&'a CorsPolicy>,
}

/// What `Sec-Fetch-Site` says.
pub(super) fn relation(headers: &HeaderMap) -> Relation {
    let mut lines = headers.get_all(SEC_FETCH_SITE);
    match (lines.next().map(HeaderValue::as_bytes), lines.next()) {
        (None, _) => Relation::Silent,
        (Some(b"same-origin"), None) => Relation::SameOrigin,
        (Some(b"none"), None) => Relation::User,
        (Some(b"same-site"), None) => Relation::SameSite,
        (Some(b"cross-site"), None) => Relation::CrossSite,
        _ => Relation::Strange,
    }
}

/// Whose page `Origin` names.
pub(super) fn page(headers: &HeaderMap, known: &Known<'_>) -> Page {
    let mut lines = headers.get_all(ORIGIN);
    let (Some(origin), more) = (lines.next(), lines.next()) else {
        return Page::Unnamed;
    };
    if more.is_some() {
        return Page::Several;
    }
    if is_own(origin.as_bytes(), headers, known) {
        return Page::Own;
    }
    match known.cors.is_some_and(|cors| cors.trusts(origin)) {
        true => Page::Credentialed,
        false => Page::Foreign,
    }
}

/// Whether a GET asks for a WebSocket, which no preflight ever protects.
pub(super) fn opens_web_socket(headers: &HeaderMap) -> bool {
    let mut protocols = headers
        .get_all(UPGRADE)
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    protocols.any(|protocol| {
        let name = protocol.split(|byte| *byte == b'/').next();
        name.is_some_and(|name| name.trim_ascii().eq_ignore_ascii_case(b"websocket"))
    })
}

/// Whether it is the public origin, or the scheme and the host by which this very request came.
fn is_own(origin: &[u8], headers: &HeaderMap, known: &Known<'_>) -> bool {
    if known
        .public
        .is_some_and(|public| public.as_bytes() == origin)
    {
        return true;
    }
    let (scheme, port): (&[u8], &[u8]) = match known.https {
        true => (b"https://", b":443"),
        false => (b"http://", b":80"),
    };
    let Some(page) = origin.strip_prefix(scheme).filter(|page| !page.is_empty()) else {
        return false;
    };
    // Browsers write a host in lower case, and no port that the scheme has anyway.
    let is_page = |host: &[u8]| {
        let host = host.strip_suffix(port).unwrap_or(host);
        host.len() == page.len() && host.to_ascii_lowercase() == page
    };
    let lines = headers.get_all(HOST).map(HeaderValue::as_bytes);
    let mut hosts = lines.chain(known.target.map(str::as_bytes)).peekable();
    // Every place where the request names its host has to agree.
    hosts.peek().is_some() && hosts.all(is_page)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cors;

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            let value = HeaderValue::try_from(*value).expect("a value");
            headers.append(HeaderName::from_static(name), value);
        }
        headers
    }

    #[test]
    fn only_what_browsers_say_is_read() {
        let says = |values: &[&str]| {
            let lines: Vec<_> = values.iter().map(|it| ("sec-fetch-site", *it)).collect();
            relation(&headers(&lines))
        };
        assert_eq!(says(&[]), Relation::Silent);
        assert_eq!(says(&["same-origin"]), Relation::SameOrigin);
        assert_eq!(says(&["none"]), Relation::User);
        assert_eq!(says(&["same-site"]), Relation::SameSite);
        assert_eq!(says(&["cross-site"]), Relation::CrossSite);
        for strange in [
            "",
            "Same-Origin",
            "SAME-ORIGIN",
            "same-origin, none",
            "same-origin;x",
            "\"same-origin\"",
            "sameorigin",
            "null",
        ] {
            assert_eq!(says(&[strange]), Relation::Strange, "{strange}");
        }
        assert_eq!(says(&["same-origin", "same-origin"]), Relation::Strange);
        assert_eq!(says(&["same-origin", "cross-site"]), Relation::Strange);
    }

    fn known(https: bool) -> Known<'static> {
        Known {
            public: None,
            https,
            target: None,
            cors: None,
        }
    }

    #[track_caller]
    fn check(origin: &str, host: &str, https: bool, wanted: Page) {
        let headers = headers(&[("origin", origin), ("host", host)]);
        let found = page(&headers, &known(https));
        assert_eq!(found, wanted, "{origin} at {host}, https: {https}");
    }

    #[test]
    fn the_host_of_the_request_is_its_own() {
        for (origin, host, https) in [
            ("https://a.example", "a.example", true),
            ("https://a.example", "A.Example", true),
            ("https://a.example", "a.example:443", true),
            ("http://a.example", "a.example:80", false),
            ("https://a.example:8443", "a.example:8443", true),
            ("http://[2001:db8::a]", "[2001:DB8::A]:80", false),
            ("http://localhost:8080", "localhost:8080", false),
        ] {
            check(origin, host, https, Page::Own);
        }
        for (origin, host, https) in [
            // Another scheme, whichever way.
            ("http://a.example", "a.example", true),
            ("https://a.example", "a.example", false),
            ("http://a.example:443", "a.example:443", true),
            // Another port.
            ("https://a.example", "a.example:80", true),
            ("https://a.example:8443", "a.example", true),
            ("https://a.example:8443", "a.example:8444", true),
            // Another host.
            ("https://b.example", "a.example", true),
            ("https://evil-a.example", "a.example", true),
            ("https://a.example.evil.org", "a.example", true),
            ("https://x.a.example", "a.example", true),
            ("https://a.example", "x.a.example", true),
            ("https://a.example.", "a.example", true),
            // What browsers never write.
            ("https://A.example", "a.example", true),
            ("HTTPS://a.example", "a.example", true),
            ("https://a.example/", "a.example", true),
            ("https://a.example:443", "a.example", true),
            ("https://a.example:443", "a.example:443", true),
            ("https://user@a.example", "a.example", true),
            ("a.example", "a.example", true),
            ("https://", "", true),
            ("", "", true),
            ("null", "null", true),
            ("null", "a.example", true),
            ("https://null", "a.example", true),
        ] {
            check(origin, host, https, Page::Foreign);
        }
    }

    #[test]
    fn every_place_that_names_the_host_agrees() {
        let own = [("origin", "https://a.example"), ("host", "a.example")];
        let at = |target| Known {
            target: Some(target),
            ..known(true)
        };
        assert_eq!(page(&headers(&own), &at("a.example")), Page::Own);
        assert_eq!(page(&headers(&own[..1]), &at("a.example:443")), Page::Own);
        assert_eq!(page(&headers(&own), &at("b.example")), Page::Foreign);
        assert_eq!(page(&headers(&own[..1]), &known(true)), Page::Foreign);
        let two = [own[0], own[1], ("host", "b.example")];
        assert_eq!(page(&headers(&two), &known(true)), Page::Foreign);
    }

    #[test]
    fn the_public_origin_is_its_own_whatever_the_host() {
        let known = Known {
            public: Some("https://www.example"),
            ..known(false)
        };
        let asked = |origin| headers(&[("origin", origin), ("host", "10.0.0.1:8080")]);
        assert_eq!(page(&asked("https://www.example"), &known), Page::Own);
        assert_eq!(page(&asked("http://www.example"), &known), Page::Foreign);
        assert_eq!(page(&asked("http://10.0.0.1:8080"), &known), Page::Own);
    }

    #[test]
    fn only_an_origin_that_may_send_cookies_is_trusted() {
        let with = cors!(origins = ["https://app.example"], credentials = true);
        let without = cors!(origins = ["https://app.example"]);
        let any = cors!(origins = "*");
        let asked = |origin| headers(&[("origin", origin), ("host", "a.example")]);
        for (cors, origin, wanted) in [
            (&with, "https://app.example", Page::Credentialed),
            (&with, "https://app.example:8443", Page::Foreign),
            (&with, "http://app.example", Page::Foreign),
            (&with, "null", Page::Foreign),
            (&without, "https://app.example", Page::Foreign),
            (&any, "https://app.example", Page::Foreign),
            (&any, "null", Page::Foreign),
        ] {
            let (policy, findings) = CorsPolicy::check(cors, &[], true);
            let policy = policy.unwrap_or_else(|| panic!("{findings:?}"));
            let known = Known {
                cors: Some(&policy),
                ..known(true)
            };
            assert_eq!(page(&asked(origin), &known), wanted, "{origin}");
        }
    }

    #[test]
    fn one_origin_is_named_or_none() {
        let own = ("origin", "https://a.example");
        let host = ("host", "a.example");
        assert_eq!(page(&headers(&[host]), &known(true)), Page::Unnamed);
        let two = headers(&[own, own, host]);
        assert_eq!(page(&two, &known(true)), Page::Several);
    }

    #[test]
    fn a_web_socket_is_asked_for_by_any_spelling() {
        let opens = |value: &str| opens_web_socket(&headers(&[("upgrade", value)]));
        for value in ["websocket", "WebSocket", "h2c, websocket", "websocket/13"] {
            assert!(opens(value), "{value}");
        }
        for value in ["h2c", "", "websockets", "xwebsocket"] {
            assert!(!opens(value), "{value}");
        }
        assert!(!opens_web_socket(&HeaderMap::new()));
        let two = headers(&[("upgrade", "h2c"), ("upgrade", "websocket")]);
        assert!(opens_web_socket(&two));
    }
}
