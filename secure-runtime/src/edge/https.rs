//! What is done with a request that came by plain HTTP.

use std::net::SocketAddr;

use actix_web::http::header::{HeaderMap, HeaderValue};
use secure_grammar::Origin;

use super::TrustedProxies;

/// Where pages are sent that came by plain HTTP.
#[derive(Debug)]
pub(crate) struct HttpsOnly {
    origin: Origin,
}

/// How a request came to the first party that is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Transport {
    /// This server ended the TLS of the connection.
    pub(crate) tls: bool,
    /// What trusted proxies say: by HTTPS or not. `None` where none is before this server, or says so.
    pub(crate) forwarded: Option<bool>,
}

impl Transport {
    /// How a request from `peer` came. `tls` says whether this server ended the TLS of the connection.
    pub(crate) fn of(
        headers: &HeaderMap,
        peer: Option<SocketAddr>,
        tls: bool,
        proxies: &TrustedProxies,
    ) -> Self {
        let forwarded = peer.and_then(|peer| {
            proxies.is_https(peer.ip(), || {
                let lines = headers.get_all(proxies.scheme_header());
                lines.map(HeaderValue::as_bytes).collect()
            })
        });
        Self { tls, forwarded }
    }

    /// Whether the client has spoken TLS. A proxy that is trusted knows better than this server, which may
    /// be reached by TLS from a proxy that was not.
    pub(crate) fn is_https(self) -> bool {
        self.forwarded.unwrap_or(self.tls)
    }

    /// As [`is_https`](Self::is_https), where the configuration may know that a proxy ends the TLS that says
    /// nothing about it. RFC 6797 §7.2: `Strict-Transport-Security` does not go out by plain HTTP.
    pub(crate) fn is_https_as_configured(self, public_https: bool) -> bool {
        self.forwarded.unwrap_or(self.tls || public_https)
    }
}

impl HttpsOnly {
    /// `None` where plain HTTP is taken, and what is wrong with the settings.
    ///
    /// `asked` is what the operator says. By default it is enforced where it can be known: in production, at
    /// a public origin with HTTPS, behind trusted proxies. Without them and without TLS of its own, a server
    /// that enforced it would refuse every request.
    pub(crate) fn check(
        asked: Option<bool>,
        production: bool,
        proxies: bool,
        origin: Option<&Origin>,
    ) -> (Option<Self>, Vec<String>) {
        let https = origin.filter(|origin| origin.is_https());
        let wanted = asked.unwrap_or(production && proxies && https.is_some());
        match (wanted, https) {
            (false, _) => (None, Vec::new()),
            (true, Some(origin)) => {
                let origin = origin.clone();
                (Some(Self { origin }), Vec::new())
            }
            (true, None) => {
                let finding = "HTTPS is enforced, and there is no public origin with `https` to send \
                               pages to; say `SECURE_PUBLIC_ORIGIN` or `.public_origin(…)`";
                (None, vec![finding.to_owned()])
            }
        }
    }

    /// The same place by HTTPS. `target` is path and query of the request.
    pub(crate) fn location(&self, target: &str) -> String {
        match target.starts_with('/') {
            true => format!("{}{target}", self.origin),
            false => format!("{}/", self.origin),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(text: &str) -> Origin {
        text.parse().expect("an origin")
    }

    #[test]
    fn it_is_enforced_where_it_can_be_known() {
        let (https, http) = (origin("https://a.example"), origin("http://a.example"));
        let enforced = |asked, production, proxies, origin: Option<&Origin>| {
            let (made, findings) = HttpsOnly::check(asked, production, proxies, origin);
            (made.is_some(), findings.len())
        };
        assert_eq!(enforced(None, true, true, Some(&https)), (true, 0));
        assert_eq!(enforced(None, true, false, Some(&https)), (false, 0));
        assert_eq!(enforced(None, true, true, None), (false, 0));
        assert_eq!(enforced(None, false, true, Some(&https)), (false, 0));
        assert_eq!(enforced(None, false, true, Some(&http)), (false, 0));
        assert_eq!(enforced(Some(true), true, false, Some(&https)), (true, 0));
        assert_eq!(enforced(Some(false), true, true, Some(&https)), (false, 0));
        assert_eq!(enforced(Some(true), true, true, None), (false, 1));
        assert_eq!(enforced(Some(true), false, true, Some(&http)), (false, 1));
    }

    #[test]
    fn a_proxy_knows_better_than_this_server() {
        let is_https = |tls, forwarded| Transport { tls, forwarded }.is_https();
        assert!(is_https(true, None));
        assert!(is_https(false, Some(true)));
        assert!(!is_https(true, Some(false)));
        assert!(!is_https(false, None));
    }

    #[test]
    fn what_is_configured_counts_where_no_proxy_says_otherwise() {
        let is_https =
            |tls, forwarded, public| Transport { tls, forwarded }.is_https_as_configured(public);
        assert!(is_https(false, None, true));
        assert!(is_https(true, None, false));
        assert!(is_https(false, Some(true), false));
        assert!(!is_https(false, Some(false), true));
        assert!(!is_https(true, Some(false), false));
        assert!(!is_https(false, None, false));
    }

    #[test]
    fn the_place_stays_within_the_origin() {
        let (made, _) =
            HttpsOnly::check(Some(true), true, false, Some(&origin("https://a.example")));
        let made = made.expect("enforced");
        assert_eq!(made.location("/a?b=c"), "https://a.example/a?b=c");
        assert_eq!(made.location("//evil.org"), "https://a.example//evil.org");
        for odd in ["*", "", "@evil.org", ".evil.org"] {
            assert_eq!(made.location(odd), "https://a.example/");
        }
    }
}
