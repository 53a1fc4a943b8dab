//! Whose word is taken, and what becomes of everybody else's.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;

use super::{ForwardedHeader, ProxySettings, TrustedProxies};

const PEER: &str = "10.0.0.1";
/// An address that is not known.
const NOBODY: &str = "nobody";

fn settings(networks: &[&str], header: ForwardedHeader) -> ProxySettings {
    ProxySettings {
        networks: networks.iter().map(|text| (*text).to_owned()).collect(),
        header,
    }
}

fn proxies(header: ForwardedHeader) -> TrustedProxies {
    let (proxies, findings) = settings(&["10.0.0.0/8", "2001:db8:10::/48", "::1"], header).check();
    assert_eq!(findings, Vec::<String>::new());
    proxies
}

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

/// Whom the lines of a header name, sent by a proxy.
fn named(header: ForwardedHeader, lines: &[&str]) -> String {
    let lines = || lines.iter().map(|line| line.as_bytes()).collect();
    let client = proxies(header).client(ip(PEER), lines);
    client.map_or_else(|| NOBODY.to_owned(), |client| client.to_string())
}

#[test]
fn only_a_trusted_peer_is_listened_to() {
    for header in [ForwardedHeader::XForwardedFor, ForwardedHeader::Forwarded] {
        for stranger in [
            "192.0.2.1",
            "11.0.0.1",
            "2001:db8:11::1",
            "::2",
            "::ffff:192.0.2.1",
        ] {
            let unread = || panic!("the header was read");
            let client = proxies(header).client(ip(stranger), unread);
            assert_eq!(client, Some(ip(stranger).to_canonical()));
        }
    }
    let nobody = TrustedProxies::default();
    let client = nobody.client(ip("127.0.0.1"), || panic!("the header was read"));
    assert_eq!(client, Some(ip("127.0.0.1")));
}

#[test]
fn a_peer_in_ipv6_clothes_is_trusted_as_what_it_is() {
    let lines = || vec![&b"192.0.2.7"[..]];
    let client = proxies(ForwardedHeader::XForwardedFor).client(ip("::ffff:10.0.0.1"), lines);
    assert_eq!(client, Some(ip("192.0.2.7")));
}

#[test]
fn x_forwarded_for_is_read_from_the_right() {
    let cases: &[(&[&str], &str)] = &[
        // Nothing is named.
        (&[], NOBODY),
        (&[""], NOBODY),
        (&["192.0.2.1", ""], NOBODY),
        (&["192.0.2.1,"], NOBODY),
        // One hop, several, several lines.
        (&["192.0.2.1"], "192.0.2.1"),
        (&["192.0.2.1, 10.0.0.2"], "192.0.2.1"),
        (&["192.0.2.1,10.0.0.2 ,\t10.0.0.3"], "192.0.2.1"),
        (&["192.0.2.1", "10.0.0.2, 10.0.0.3"], "192.0.2.1"),
        (&["10.0.0.3, 192.0.2.1", "10.0.0.2"], "192.0.2.1"),
        (&["192.0.2.1, 2001:db8:10::5, ::1"], "192.0.2.1"),
        // All of them are proxies: whoever is the furthest away.
        (&["10.0.0.9, 10.0.0.2"], "10.0.0.9"),
        // What the client has sent itself.
        (&["203.0.113.9, 192.0.2.1"], "192.0.2.1"),
        (&["203.0.113.9", "192.0.2.1"], "192.0.2.1"),
        (&["10.0.0.7, 192.0.2.1, 10.0.0.2"], "192.0.2.1"),
        (&["127.0.0.1, 192.0.2.1"], "192.0.2.1"),
        (&["unknown, 192.0.2.1"], "192.0.2.1"),
        (&["\"192.0.2.8, 192.0.2.1"], "192.0.2.1"),
        // No address: nobody, and nobody further left.
        (&["203.0.113.9, unknown"], NOBODY),
        (&["203.0.113.9, unknown, 10.0.0.2"], NOBODY),
        (&["203.0.113.9, , 10.0.0.2"], NOBODY),
        (&["203.0.113.9, _hidden, 10.0.0.2"], NOBODY),
        (&["203.0.113.9, evil.example, 10.0.0.2"], NOBODY),
        (&["203.0.113.9, 010.0.0.2"], NOBODY),
        (&["203.0.113.9, 10.0.0.2.3"], NOBODY),
        (&["203.0.113.9, 10.0.0"], NOBODY),
        (&["203.0.113.9, 167772162"], NOBODY),
        (&["203.0.113.9, 0x0a000002"], NOBODY),
        (&["203.0.113.9, 10.0.0.2/8"], NOBODY),
        (&["203.0.113.9; 10.0.0.2"], NOBODY),
        (&["203.0.113.9 10.0.0.2"], NOBODY),
        (&["203.0.113.9, for=10.0.0.2"], NOBODY),
        (&["203.0.113.9, fe80::1%eth0"], NOBODY),
        (&["203.0.113.9, [2001:db8::1"], NOBODY),
        (&["203.0.113.9, 2001:db8::1]"], NOBODY),
        (&["203.0.113.9, [10.0.0.2]"], NOBODY),
        (&["203.0.113.9, [2001:db8::1]443"], NOBODY),
        (&["203.0.113.9, 192.0.2.1:"], NOBODY),
        (&["203.0.113.9, 192.0.2.1:65536"], NOBODY),
        (&["203.0.113.9, 192.0.2.1:+80"], NOBODY),
        (&["203.0.113.9, 192.0.2.1:80:80"], NOBODY),
        (&["203.0.113.9, \u{a0}192.0.2.1"], NOBODY),
        (&["203.0.113.9, １０.0.0.2"], NOBODY),
        // Ports, and IPv4 in IPv6 clothes.
        (&["192.0.2.1:443"], "192.0.2.1"),
        (&["192.0.2.1:443, 10.0.0.2:8080"], "192.0.2.1"),
        (&["[2001:db8::1]:443"], "2001:db8::1"),
        (&["[2001:db8::1]"], "2001:db8::1"),
        (&["2001:db8::1"], "2001:db8::1"),
        (&["2001:DB8:0::0:1, [2001:db8:10::2]:443"], "2001:db8::1"),
        (&["::ffff:192.0.2.1"], "192.0.2.1"),
        (&["[::ffff:192.0.2.1]:443"], "192.0.2.1"),
        (&["192.0.2.1, ::ffff:10.0.0.2"], "192.0.2.1"),
    ];
    for (lines, client) in cases {
        let seen = named(ForwardedHeader::XForwardedFor, lines);
        assert_eq!(seen, *client, "{lines:?}");
    }
}

#[test]
fn forwarded_is_read_from_the_right() {
    let cases: &[(&[&str], &str)] = &[
        (&[], NOBODY),
        (&[""], NOBODY),
        (&["for=192.0.2.1"], "192.0.2.1"),
        (&["For=192.0.2.1;proto=https;by=10.0.0.1"], "192.0.2.1"),
        (&["proto=https; FOR=\"192.0.2.1:443\" "], "192.0.2.1"),
        (&["for=\"[2001:db8::1]:443\""], "2001:db8::1"),
        (&["for=\"[2001:db8::1]\", for=10.0.0.2"], "2001:db8::1"),
        (
            &["for=192.0.2.1, for=\"[2001:db8:10::2]:_gw1\""],
            "192.0.2.1",
        ),
        (&["for=192.0.2.1", "for=10.0.0.2"], "192.0.2.1"),
        (&["for=10.0.0.9, for=10.0.0.2"], "10.0.0.9"),
        (&["for=192.0.2.1;host=\"a,b;for=10.0.0.2\""], "192.0.2.1"),
        (
            &["for=192.0.2.1;host=\"\\\"\\\\\", for=10.0.0.2"],
            "192.0.2.1",
        ),
        // What the client has sent itself.
        (&["for=203.0.113.9, for=192.0.2.1"], "192.0.2.1"),
        (&["for=203.0.113.9", "for=192.0.2.1"], "192.0.2.1"),
        (&["for=\"", "for=192.0.2.1"], "192.0.2.1"),
        (&["for=unknown, for=192.0.2.1"], "192.0.2.1"),
        (&[";;==\\, for=192.0.2.1"], "192.0.2.1"),
        // A quote that the client has left open never makes it an address of its choice.
        (&["for=\"203.0.113.9, for=192.0.2.1"], NOBODY),
        (&["for=203.0.113.9;x=\", for=192.0.2.1"], NOBODY),
        (&["for=203.0.113.9;x=\", for=\"[2001:db8::1]:443\""], NOBODY),
        (
            &["for=203.0.113.9, x=\", for=\"[2001:db8::1]\", for=\"[2001:db8:10::2]\""],
            NOBODY,
        ),
        (&["for=203.0.113.9;x=\"\\, for=\"[2001:db8::1]\""], NOBODY),
        (&["for=203.0.113.9;x=\"\\\", for=\"[2001:db8::1]\""], NOBODY),
        (&["for=203.0.113.9;x=a\"b, for=192.0.2.1"], NOBODY),
        // No address: nobody, and nobody further left.
        (&["for=203.0.113.9, for=unknown"], NOBODY),
        (&["for=203.0.113.9, for=_hidden, for=10.0.0.2"], NOBODY),
        (&["for=203.0.113.9, proto=https, for=10.0.0.2"], NOBODY),
        (&["for=203.0.113.9, , for=10.0.0.2"], NOBODY),
        (&["for=203.0.113.9, for="], NOBODY),
        (&["for=203.0.113.9, for"], NOBODY),
        (&["for=203.0.113.9, for=\"\""], NOBODY),
        (&["for=203.0.113.9, for=192.0.2.1;for=192.0.2.2"], NOBODY),
        (&["for=203.0.113.9, for=192.0.2.1;"], NOBODY),
        (&["for=203.0.113.9, for = 192.0.2.1"], NOBODY),
        (&["for=203.0.113.9, for=\"192.0.2.1\"x"], NOBODY),
        (&["for=203.0.113.9, for=\"192.0.2.\\1\""], NOBODY),
        (&["for=203.0.113.9, 192.0.2.1"], NOBODY),
        (&["for=203.0.113.9, for=192.0.2.1:_"], NOBODY),
    ];
    for (lines, client) in cases {
        let seen = named(ForwardedHeader::Forwarded, lines);
        assert_eq!(seen, *client, "{lines:?}");
    }
}

#[test]
fn bytes_that_are_no_text_name_nobody() {
    for header in [ForwardedHeader::XForwardedFor, ForwardedHeader::Forwarded] {
        let lines = || vec![&b"203.0.113.9, \xff\xfe\x00"[..]];
        assert_eq!(proxies(header).client(ip(PEER), lines), None);
    }
}

#[test]
fn what_would_trust_the_wrong_ones_is_found() {
    let findings = |text: &str| {
        let (_, findings) = settings(&[text], ForwardedHeader::default()).check();
        findings.join(" ")
    };
    let good = [
        "10.0.0.0/8",
        "192.0.2.1",
        "192.0.2.1/32",
        "::1",
        "2001:db8::/32",
        " fd00::/8 ",
        "::ffff:10.0.0.0/104",
        "128.0.0.0/1",
    ];
    for text in good {
        assert_eq!(findings(text), "", "{text}");
    }
    let malformed = [
        "",
        "proxy",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0/8",
        "10.0.0.0/8/8",
        "::1/129",
        "10.0.0.0/255.0.0.0",
    ];
    for text in malformed {
        assert!(findings(text).contains("is no network"), "{text}");
    }
    let within = [
        ("10.0.0.5/8", "`10.0.0.0/8`"),
        ("2001:db8::1/32", "`2001:db8::/32`"),
        ("1.2.3.4/0", "`0.0.0.0/0`"),
    ];
    for (text, network) in within {
        let found = findings(text);
        assert!(found.contains("within a network"), "{text}");
        assert!(found.contains(network), "{found}");
    }
    for text in ["0.0.0.0/0", "::/0", "::ffff:0:0/96"] {
        assert!(findings(text).contains("trusts everybody"), "{text}");
    }
    let several = settings(&["proxy", "10.0.0.0/8", "::/0"], ForwardedHeader::default());
    assert_eq!(several.check().1.len(), 2);
}

#[test]
fn a_network_of_ipv4_addresses_in_ipv6_clothes_holds_for_them() {
    let (proxies, _) = settings(&["::ffff:10.0.0.0/104"], ForwardedHeader::default()).check();
    let lines = || vec![&b"192.0.2.7"[..]];
    assert_eq!(proxies.client(ip("10.1.2.3"), lines), Some(ip("192.0.2.7")));
    assert_eq!(proxies.client(ip("11.1.2.3"), lines), Some(ip("11.1.2.3")));
}

/// How proxies write an address.
fn written(header: ForwardedHeader, address: IpAddr, port: Option<u16>) -> String {
    let node = match (address, port) {
        (IpAddr::V4(address), None) => address.to_string(),
        (IpAddr::V4(address), Some(port)) => format!("{address}:{port}"),
        (IpAddr::V6(address), None) => format!("[{address}]"),
        (IpAddr::V6(address), Some(port)) => format!("[{address}]:{port}"),
    };
    match header {
        ForwardedHeader::XForwardedFor => node,
        ForwardedHeader::Forwarded if node.contains(':') => format!("proto=https;for=\"{node}\""),
        ForwardedHeader::Forwarded => format!("for={node};proto=https"),
    }
}

fn any_header() -> impl Strategy<Value = ForwardedHeader> {
    prop_oneof![
        Just(ForwardedHeader::XForwardedFor),
        Just(ForwardedHeader::Forwarded)
    ]
}

fn any_address() -> impl Strategy<Value = IpAddr> {
    prop_oneof![
        any::<u32>().prop_map(|bits| IpAddr::from(Ipv4Addr::from(bits))),
        any::<u128>().prop_map(|bits| IpAddr::from(Ipv6Addr::from(bits)).to_canonical()),
    ]
}

/// One that is trusted.
fn any_proxy() -> impl Strategy<Value = IpAddr> {
    prop_oneof![
        any::<u32>().prop_map(|bits| Ipv4Addr::from(10 << 24 | bits >> 8).into()),
        any::<u64>().prop_map(|bits| {
            let network = Ipv6Addr::new(0x2001, 0xdb8, 0x10, 0, 0, 0, 0, 0);
            Ipv6Addr::from(u128::from(network) | u128::from(bits)).into()
        }),
    ]
}

/// What somebody sends who wants to be somebody else.
fn anything() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,40}",
        "([,;\"\\\\= ]|for|for=|unknown|_x|203\\.0\\.113\\.9|10\\.0\\.0\\.7|\\[|\\]|:1){0,12}",
    ]
}

proptest! {
    #[test]
    fn an_address_is_read_as_it_is_written(
        header in any_header(),
        client in any_address(),
        port in any::<Option<u16>>(),
    ) {
        let line = written(header, client, port);
        let seen = proxies(header).client(ip(PEER), || vec![line.as_bytes()]);
        prop_assert_eq!(seen, Some(client));
    }

    /// Whatever a client sends: behind proxies that add whom they were called by, it is itself; or, where it
    /// has left a quote open in a line that the proxies go on with, it is nobody.
    #[test]
    fn nobody_becomes_somebody_else(
        header in any_header(),
        sent in prop::collection::vec(anything(), 0..3),
        client in any_address(),
        way in prop::collection::vec((any_proxy(), any::<Option<u16>>(), any::<bool>()), 1..4),
    ) {
        let proxies = proxies(header);
        prop_assume!(!proxies.trusts(client));
        let mut lines = sent;
        let (mut caller, mut is_apart) = (client, true);
        for (proxy, port, on_a_line_of_its_own) in &way {
            let entry = written(header, caller, *port);
            match lines.last_mut() {
                Some(line) if !on_a_line_of_its_own => {
                    line.push_str(", ");
                    line.push_str(&entry);
                    is_apart &= header == ForwardedHeader::XForwardedFor;
                }
                _ => lines.push(entry),
            }
            caller = *proxy;
        }
        let lines = || lines.iter().map(|line| line.as_bytes()).collect();
        let seen = proxies.client(caller, lines);
        let is_nobody = !is_apart && seen.is_none();
        prop_assert!(seen == Some(client) || is_nobody, "{} is {:?}", client, seen);
    }

    #[test]
    fn no_bytes_are_too_strange(
        header in any_header(),
        lines in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 0..4),
    ) {
        let lines = || lines.iter().map(Vec::as_slice).collect();
        proxies(header).client(ip(PEER), lines);
    }
}

/// Whether a proxy's lines say that the client came by HTTPS.
fn by_https(header: ForwardedHeader, lines: &[&str]) -> Option<bool> {
    let lines = || lines.iter().map(|line| line.as_bytes()).collect();
    proxies(header).is_https(ip(PEER), lines)
}

#[test]
fn the_scheme_is_asked_of_trusted_peers_alone() {
    for header in [ForwardedHeader::XForwardedFor, ForwardedHeader::Forwarded] {
        let said = proxies(header).is_https(ip("192.0.2.1"), || panic!("the header was read"));
        assert_eq!(said, None);
    }
}

#[test]
fn every_entry_of_x_forwarded_proto_is_https() {
    let said = |lines: &[&str]| by_https(ForwardedHeader::XForwardedFor, lines);
    assert_eq!(said(&[]), None);
    for yes in [
        &["https"][..],
        &[" HTTPS "],
        &["https, https"],
        &["https", "wss"],
    ] {
        assert_eq!(said(yes), Some(true), "{yes:?}");
    }
    for no in [
        &["http"][..],
        &[""],
        &["https,"],
        &["https, http"],
        &["http, https"],
        &["https", "http"],
        &["httpss"],
    ] {
        assert_eq!(said(no), Some(false), "{no:?}");
    }
}

#[test]
fn the_outermost_trusted_proxy_says_the_scheme_in_forwarded() {
    let said = |lines: &[&str]| by_https(ForwardedHeader::Forwarded, lines);
    for (lines, expected) in [
        (&[][..], None),
        (&["proto=https"], Some(true)),
        (&["proto=http"], Some(false)),
        (&["for=192.0.2.7;proto=https"], Some(true)),
        (&["for=192.0.2.7;Proto=\"HTTPS\""], Some(true)),
        (&["for=192.0.2.7"], None),
        // The client, the outer proxy, the inner one.
        (
            &[
                "proto=https",
                "for=192.0.2.7;proto=http",
                "for=10.0.0.2;proto=https",
            ],
            Some(false),
        ),
        (
            &["proto=http, for=192.0.2.7;proto=https, for=10.0.0.2;proto=http"],
            Some(true),
        ),
        (&["for=192.0.2.7, for=10.0.0.2;proto=https"], None),
        // What is broken says nothing.
        (&["for=192.0.2.7;proto=https;proto=https"], None),
        (&["for=192.0.2.7;proto=https;"], None),
        (&["for=\"192.0.2.7;proto=https"], None),
        (
            &["proto=https;for=\"", "for=192.0.2.7;proto=http"],
            Some(false),
        ),
        (&["proto=https;for=\", for=192.0.2.7;proto=http"], None),
    ] {
        assert_eq!(said(lines), expected, "{lines:?}");
    }
}
