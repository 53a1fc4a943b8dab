//! Under which names the service answers.

mod request_host;

use std::net::{IpAddr, Ipv4Addr};

use secure_grammar::{HostNames, HostPattern};

pub(crate) use request_host::RequestHost;

/// The ports that need not be written, because a scheme has them anyway.
const USUAL_PORTS: [u16; 2] = [80, 443];

/// The names under which a service is called: [`hosts!`](crate::hosts), or texts from a configuration of
/// one's own.
///
/// ```
/// use secure_runtime::{Hosts, hosts};
///
/// const HOSTS: Hosts = hosts!("example.com", "*.example.org", "localhost:8080");
/// ```
#[derive(Debug, Clone)]
pub struct Hosts(Texts);

#[derive(Debug, Clone)]
enum Texts {
    Literals(&'static [&'static str]),
    Told(Vec<String>),
}

impl Hosts {
    /// The hosts of these patterns, which are checked when the settings are.
    pub fn new<T: Into<String>>(patterns: impl IntoIterator<Item = T>) -> Self {
        Self(Texts::Told(patterns.into_iter().map(Into::into).collect()))
    }

    /// Written by [`hosts!`](crate::hosts), which has checked the patterns.
    #[doc(hidden)]
    pub const fn literals(patterns: &'static [&'static str]) -> Self {
        Self(Texts::Literals(patterns))
    }

    /// The patterns, and what is wrong with the others.
    pub(super) fn check(&self) -> (Vec<HostPattern>, Vec<String>) {
        let texts: Vec<&str> = match &self.0 {
            Texts::Literals(texts) => texts.to_vec(),
            Texts::Told(texts) => texts.iter().map(|text| text.trim()).collect(),
        };
        let (mut patterns, mut findings) = (Vec::new(), Vec::new());
        if texts.is_empty() {
            findings.push("no host is named, so every request would be refused".to_owned());
        }
        for text in texts {
            match text.parse::<HostPattern>() {
                Ok(pattern) => patterns.push(pattern),
                Err(error) => findings.push(error.to_string()),
            }
        }
        (patterns, findings)
    }
}

/// Which hosts a request may name.
#[derive(Debug)]
pub(crate) enum AllowedHosts {
    /// Nothing is known about the names of the service.
    All,
    These {
        patterns: Vec<HostPattern>,
        /// In development: `localhost`, names below it and loopback addresses too, and any port.
        local: bool,
    },
}

impl AllowedHosts {
    /// Whether a request may name these hosts: each of them is allowed, they are one and the same, and there
    /// is one.
    ///
    /// A request names its host in up to two places: its target (an absolute URL, the `:authority` of
    /// HTTP/2) and its `Host` header. Whatever reads either of them later reads an allowed one.
    pub(crate) fn allow<'a>(&self, named: impl IntoIterator<Item = &'a [u8]>) -> bool {
        let Self::These { patterns, local } = self else {
            return true;
        };
        let mut first: Option<RequestHost<'_>> = None;
        for text in named {
            let Some(host) = RequestHost::parse(text) else {
                return false;
            };
            let same = first.as_ref().is_none_or(|first| first.is_same(&host));
            let known = (*local && is_local(&host))
                || patterns.iter().any(|one| matches(one, &host, *local));
            if !same || !known {
                return false;
            }
            first = Some(host);
        }
        first.is_some()
    }

    /// A host that a request may name, for the test kit.
    #[cfg(feature = "test")]
    pub(crate) fn sample(&self) -> String {
        let Self::These { patterns, .. } = self else {
            return "service.test".to_owned();
        };
        let exact = patterns
            .iter()
            .find(|pattern| !matches!(pattern.host(), HostNames::Below(_)));
        match (exact, patterns.first()) {
            (Some(exact), _) => exact.to_string(),
            (None, Some(below)) => below.to_string().replacen('*', "www", 1),
            (None, None) => "localhost".to_owned(),
        }
    }
}

/// Whether a browser that called this service by these names may be told to come by HTTPS alone. It would
/// hold that against whatever else runs on `localhost`, and addresses are left out (RFC 6797 §8.1.1).
pub(crate) fn may_have_hsts<'a>(named: impl IntoIterator<Item = &'a [u8]>) -> bool {
    let mut hosts = named.into_iter().filter_map(RequestHost::parse);
    hosts.all(|host| host.address().is_none() && !is_local(&host))
}

fn matches(pattern: &HostPattern, host: &RequestHost<'_>, any_port: bool) -> bool {
    let port = match (pattern.port(), host.port) {
        (None, None) => true,
        (None, Some(port)) => any_port || USUAL_PORTS.contains(&port),
        (Some(port), None) => USUAL_PORTS.contains(&port),
        (Some(port), Some(asked)) => port == asked,
    };
    port && match pattern.host() {
        HostNames::Name(name) => host.is_name(name),
        HostNames::Below(name) => host.is_below(name),
        HostNames::Address(address) => host.is_address(*address),
    }
}

/// What only this machine calls itself.
fn is_local(host: &RequestHost<'_>) -> bool {
    let loopback =
        |address: IpAddr| address.is_loopback() || address == IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    host.is_name("localhost") || host.is_below("localhost") || host.address().is_some_and(loopback)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn allowed(patterns: &[&str], local: bool) -> AllowedHosts {
        let (patterns, findings) = Hosts::new(patterns.iter().copied()).check();
        assert_eq!(findings, Vec::<String>::new());
        AllowedHosts::These { patterns, local }
    }

    fn allows(hosts: &AllowedHosts, named: &str) -> bool {
        hosts.allow([named.as_bytes()])
    }

    #[test]
    fn spelling_makes_no_difference() {
        let hosts = allowed(&["example.com", "192.0.2.1", "[2001:db8::1]"], false);
        for yes in [
            "example.com",
            "EXAMPLE.com",
            "example.com.",
            "example.com:80",
            "example.com:443",
            "example.com.:443",
            "example.com:",
            "192.0.2.1",
            "192.0.2.1:80",
            "[2001:db8::1]",
            "[2001:DB8:0:0:0:0:0:1]:443",
            "[::ffff:192.0.2.1]",
        ] {
            assert!(allows(&hosts, yes), "{yes}");
        }
        for no in [
            "",
            ".",
            ":80",
            "example.org",
            "www.example.com",
            "xexample.com",
            "example.com.evil.org",
            "example.com..",
            ".example.com",
            "example.com:8080",
            "example.com:080x",
            "example.com:+80",
            "example.com:99999",
            "example.com:80:80",
            "example.com@evil.org",
            "evil.org@example.com",
            "example.com/",
            "example.com\\",
            "example.com,evil.org",
            "example.com evil.org",
            " example.com",
            "http://example.com",
            "exämple.com",
            "192.0.2.2",
            "192.0.2.1.",
            "2001:db8::1",
            "[2001:db8::1",
            "[2001:db8::1]x",
            "[2001:db8::2]",
            "[example.com]",
            "localhost",
            "127.0.0.1",
        ] {
            assert!(!allows(&hosts, no), "{no}");
        }
    }

    #[test]
    fn a_wildcard_means_names_below_at_any_depth_and_not_the_name() {
        let hosts = allowed(&["*.example.com"], false);
        for yes in ["a.example.com", "a.b.Example.COM", "a.example.com.:443"] {
            assert!(allows(&hosts, yes), "{yes}");
        }
        for no in [
            "example.com",
            ".example.com",
            "aexample.com",
            "a..example.com",
            "a.example.com.org",
            "a.example.com:8080",
        ] {
            assert!(!allows(&hosts, no), "{no}");
        }
    }

    #[test]
    fn a_port_that_is_named_is_the_only_one() {
        let hosts = allowed(&["example.com:8443", "example.org:443"], false);
        assert!(allows(&hosts, "example.com:8443"));
        assert!(allows(&hosts, "example.org"));
        assert!(allows(&hosts, "example.org:443"));
        for no in ["example.com", "example.com:443", "example.org:80"] {
            assert!(!allows(&hosts, no), "{no}");
        }
    }

    #[test]
    fn development_knows_this_machine_and_any_port() {
        let hosts = allowed(&["example.com"], true);
        for yes in [
            "localhost:3000",
            "app.localhost:3000",
            "127.0.0.1:8080",
            "127.9.9.9",
            "0.0.0.0:8080",
            "[::1]:8080",
            "example.com:8080",
        ] {
            assert!(allows(&hosts, yes), "{yes}");
        }
        for no in ["evil.org", "localhost.evil.org", "192.168.1.5:8080"] {
            assert!(!allows(&hosts, no), "{no}");
        }
    }

    #[test]
    fn what_only_this_machine_calls_itself_has_no_hsts() {
        for yes in [
            "example.com",
            "localhost.example.com",
            "EXAMPLE.com.:443",
            "",
        ] {
            assert!(may_have_hsts([yes.as_bytes()]), "{yes}");
        }
        for no in [
            "localhost",
            "LOCALHOST.:8443",
            "app.localhost",
            "127.0.0.1",
            "192.0.2.1:443",
            "[2001:db8::1]",
        ] {
            assert!(!may_have_hsts([no.as_bytes()]), "{no}");
        }
        assert!(!may_have_hsts([&b"example.com"[..], b"localhost"]));
    }

    #[test]
    fn two_names_are_one_and_both_allowed() {
        let hosts = allowed(&["example.com", "example.org"], false);
        let both = |a: &str, b: &str| hosts.allow([a.as_bytes(), b.as_bytes()]);
        assert!(both("example.com", "EXAMPLE.com.:443"));
        assert!(!both("example.com", "example.org"));
        assert!(!both("example.com", "evil.org"));
        assert!(!both("evil.org", "example.com"));
        assert!(!hosts.allow([]));
        assert!(AllowedHosts::All.allow([]));
    }

    proptest! {
        #[test]
        fn no_bytes_panic_and_no_stranger_passes(text in prop::collection::vec(any::<u8>(), 0..40)) {
            let hosts = allowed(&["example.com", "[2001:db8::1]"], false);
            prop_assert!(!hosts.allow([&text[..]]));
        }

        #[test]
        fn whatever_a_pattern_says_it_allows(name in "[a-z]{1,9}(\\.[a-z]{2,9}){1,3}", port in 1u16..) {
            let hosts = allowed(&[&format!("{name}:{port}"), &format!("*.{name}:{port}")], false);
            let host = format!("{name}:{port}");
            prop_assert!(allows(&hosts, &host));
            let below = format!("x.{host}").to_ascii_uppercase();
            prop_assert!(allows(&hosts, &below));
            let other = format!("x{host}");
            prop_assert!(!allows(&hosts, &other));
        }
    }
}
