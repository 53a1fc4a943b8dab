//! What holds for every text and every value.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Debug;
use std::num::{NonZeroU32, NonZeroU64};
use std::time::Duration;

use proptest::prelude::*;
use secure_grammar::{
    AllowedOrigin, ContentSecurityPolicy, CookiePolicy, CspSwitch, GrammarError, HostNames,
    HostPattern, Origin, PathPattern, PermissionsPolicy, Quota, StrictTransportSecurity,
    format_duration, nearest, parse_duration, parse_quotas, parse_size, same,
};

const UNITS: [(&str, u64); 7] = [
    ("second", 1),
    ("minute", 60),
    ("hour", 3_600),
    ("day", 86_400),
    ("week", 604_800),
    ("month", 2_592_000),
    ("year", 31_536_000),
];

/// Any text at all, and texts that look almost right.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "5",
        "0",
        "1.5",
        "-",
        "٥",
        "1_000",
        "99999999999",
        "/",
        "per",
        " ",
        "\t",
        "minute",
        "Hours",
        "minuet",
        "m",
        "s",
        "h",
        "d",
        ";",
        ",",
        "é",
        "時",
        "\u{200b}",
        "\n",
        "KiB",
        "MB",
        "B",
        "{",
        "}",
        "{id}",
        "{id:",
        "*",
        "?",
        "#",
        "//",
        "(",
        ")",
        "[",
        "]",
        "|",
        "\\",
        "+",
        "(?i",
        "\\d{2}",
        "\u{1f600}",
        "and",
        "−",
        "https://",
        "HTTP://",
        "*.",
        ".",
        ":443",
        ":",
        "@",
        "example.com",
        "127.0.0.1",
        "[::1]",
        "::ffff:1.2.3.4",
        "null",
    ]);
    prop_oneof![
        any::<String>(),
        prop::collection::vec(piece.clone(), 0..12).prop_map(|pieces| pieces.concat()),
        prop::collection::vec(piece, 0..12).prop_map(|pieces| format!("/{}", pieces.concat())),
    ]
}

/// Texts that look like the policies of headers.
fn policies() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "default-src",
        "script-src",
        "style-src",
        "img-src",
        "object-src",
        "base-uri",
        "report-uri",
        "report-to",
        "sandbox",
        "trusted-types",
        "upgrade-insecure-requests",
        "'none'",
        "'self'",
        "'nonce'",
        "'nonce-abc'",
        "'strict-dynamic'",
        "'unsafe-inline'",
        "'unsafe-eval'",
        "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
        "self",
        "'",
        "\"",
        "*",
        "*.example.com",
        "https://example.com:8443/a%20b",
        "data:",
        "https:",
        "/reports",
        "csp",
        "allow-forms",
        "; ",
        ";",
        ", ",
        " ",
        "\t",
        "camera=",
        "geolocation=",
        "usb",
        "()",
        "(self)",
        "(",
        ")",
        "=",
        "\"https://a.example\"",
        "(self \"https://*.a.example:1\")",
        "__Host-",
        "__Secure-",
        "theme",
        "Path=",
        "/",
        "Domain=",
        "example.com",
        "Max-Age=",
        "Secure",
        "HttpOnly",
        "SameSite=",
        "None",
        "Lax",
        "max-age=",
        "31536000",
        "0",
        "includeSubDomains",
        "preload",
        "é",
        "\u{200b}",
        "\n",
        "’",
    ]);
    let spaced = prop::collection::vec(piece.clone(), 0..16).prop_map(|pieces| pieces.join(" "));
    let joined = prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat());
    prop_oneof![any::<String>(), spaced, joined]
}

/// Content security policies that are sound but perhaps weak.
fn csps() -> impl Strategy<Value = String> {
    let directive = prop::sample::select(vec![
        "script-src",
        "style-src",
        "img-src",
        "connect-src",
        "object-src",
        "frame-ancestors",
    ]);
    let plain = prop::sample::select(vec![
        "'self'",
        "*",
        "data:",
        "https:",
        "*.example.com",
        "https://example.com:*/a/",
        "localhost",
    ]);
    let sources = prop::collection::hash_set(plain, 1..5);
    let directives = prop::collection::hash_map(directive, sources, 0..6);
    let space = prop::sample::select(vec![" ", "  ", "\t "]);
    (directives, space).prop_map(|(directives, space)| {
        let mut text = format!("default-src{space}'none'");
        for (name, sources) in directives {
            let sources: Vec<_> = sources.into_iter().collect();
            text.push_str(&format!("{space};{name}{space}{}", sources.join(space)));
        }
        text
    })
}

fn sound<T: Debug>(text: &str, result: Result<T, GrammarError>) {
    if let Err(error) = result {
        let span = error.span();
        assert!(text.get(span.clone()).is_some(), "{text:?} {span:?}");
        assert!(error.drawing().starts_with(error.message()));
        assert_eq!(error.drawing().lines().count(), 3, "{error}");
        assert!(
            error
                .to_string()
                .ends_with(error.help().expect("every mistake has help"))
        );
        assert!(
            !error
                .to_string()
                .replace('\n', "")
                .contains(char::is_control),
            "{error:?}"
        );
    }
}

/// A spelling of a quota, and its value.
fn spelled() -> impl Strategy<Value = (String, Quota)> {
    let space = || prop::sample::select(vec!["", " ", "\t", "  \t "]);
    let count = prop::option::of(1u64..=10);
    (
        1u32..,
        count,
        0..UNITS.len(),
        any::<[bool; 3]>(),
        any::<u64>(),
        [space(), space(), space(), space(), space()],
    )
        .prop_map(
            |(amount, count, unit, [per, plural, padded], case, [a, b, c, d, e])| {
                let (name, seconds) = UNITS[unit];
                // `per` and a unit need a space between them
                let after = if per && c.is_empty() { " " } else { c };
                let separator = if per { "per" } else { "/" };
                let count_text = count.map_or(String::new(), |count| format!("{count}{d}"));
                let plural = if plural { "s" } else { "" };
                let zeros = if padded { "00" } else { "" };
                let text =
                    format!("{a}{zeros}{amount}{b}{separator}{after}{count_text}{name}{plural}{e}");
                let text = text
                    .char_indices()
                    .map(|(at, char)| match case >> (at % 64) & 1 {
                        1 => char.to_ascii_uppercase(),
                        _ => char,
                    });
                let seconds = NonZeroU64::new(seconds * count.unwrap_or(1)).unwrap();
                (
                    text.collect(),
                    Quota::new(NonZeroU32::new(amount).unwrap(), seconds),
                )
            },
        )
}

/// A host without a port: a name, an IPv4 address, an IPv6 address.
fn hosts() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z0-9]([a-z0-9_-]{0,10}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?){0,3}\\.[a-z]{2,6}",
        any::<[u8; 4]>().prop_map(|bytes| std::net::Ipv4Addr::from(bytes).to_string()),
        any::<u128>()
            .prop_map(std::net::Ipv6Addr::from_bits)
            .prop_filter("IPv4 in IPv6 clothes", |address| address
                .to_ipv4_mapped()
                .is_none())
            .prop_map(|address| format!("[{address}]")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn no_text_panics(text in texts()) {
        sound(&text, parse_quotas(&text));
        sound(&text, text.parse::<Quota>());
        sound(&text, parse_duration(&text));
        sound(&text, parse_size(&text));
        sound(&text, PathPattern::parse(&text));
        sound(&text, text.parse::<HostPattern>());
        sound(&text, text.parse::<Origin>());
        sound(&text, text.parse::<AllowedOrigin>());
    }

    #[test]
    fn no_policy_panics_and_what_is_printed_parses_to_the_same(text in policies()) {
        for switches in [&[][..], &CspSwitch::ALL] {
            let policy = ContentSecurityPolicy::parse_with(&text, switches);
            if let Ok(policy) = &policy {
                let printed = policy.to_string();
                prop_assert_eq!(ContentSecurityPolicy::parse_with(&printed, policy.used()), Ok(policy.clone()));
                prop_assert_eq!(policy.has_nonce(), printed.contains(ContentSecurityPolicy::NONCE));
                prop_assert!(printed.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
            }
            sound(&text, policy);
        }
        let permissions = PermissionsPolicy::parse(&text);
        if let Ok(policy) = &permissions {
            prop_assert_eq!(PermissionsPolicy::parse(&policy.to_string()), Ok(policy.clone()));
        }
        sound(&text, permissions);
        let cookie = CookiePolicy::parse(&text);
        if let Ok(policy) = &cookie {
            prop_assert_eq!(&CookiePolicy::parse(&policy.to_string()).unwrap(), policy);
        }
        sound(&text, cookie);
        let hsts = StrictTransportSecurity::parse(&text);
        if let Ok(policy) = &hsts {
            prop_assert_eq!(StrictTransportSecurity::parse(&policy.to_string()), Ok(*policy));
        }
        sound(&text, hsts);
    }

    #[test]
    fn sound_csps_round_trip(text in csps()) {
        let policy = ContentSecurityPolicy::parse_with(&text, &CspSwitch::ALL).expect("sound");
        let printed = policy.to_string();
        prop_assert_eq!(ContentSecurityPolicy::parse_with(&printed, policy.used()), Ok(policy.clone()));
        // Without the switches that it needed it is refused.
        prop_assert_eq!(ContentSecurityPolicy::parse(&text).is_ok(), policy.used().is_empty());
    }

    #[test]
    fn permissions_round_trip(
        allowed in prop::collection::hash_map(
            prop::sample::select(vec!["camera", "usb", "payment", "web-share"]),
            prop::sample::select(vec!["()", "*", "self", "(self)", "(\"https://a.example\" self)", "( )"]),
            1..5,
        ),
    ) {
        let text: Vec<_> = allowed.iter().map(|(name, list)| format!("{name}={list}")).collect();
        let policy = PermissionsPolicy::parse(&text.join(" ,")).expect("sound");
        prop_assert_eq!(policy.features().count(), allowed.len());
        prop_assert_eq!(PermissionsPolicy::parse(&policy.to_string()), Ok(policy));
    }

    /// Whatever is written: what is taken, browsers keep.
    #[test]
    fn cookies_round_trip(
        prefix in prop::sample::select(vec!["", "__Host-", "__Secure-"]),
        name in "[a-z]{1,8}",
        attributes in prop::sample::subsequence(vec![
            "Path=/", "Domain=example.com", "Max-Age=60", "Secure", "HttpOnly", "SameSite=None",
        ], 0..=6).prop_shuffle(),
    ) {
        let mut parts = vec![format!("{prefix}{name}")];
        parts.extend(attributes.iter().map(|&attribute| attribute.to_owned()));
        let policy = CookiePolicy::parse(&parts.join("; "));
        let has = |attribute| attributes.contains(&attribute);
        let needs_secure = !prefix.is_empty() || has("SameSite=None");
        let is_kept = (has("Secure") || !needs_secure)
            && !(prefix == "__Host-" && has("Domain=example.com"));
        prop_assert_eq!(policy.is_ok(), is_kept);
        if let Ok(policy) = policy {
            prop_assert_eq!(policy.is_secure(), has("Secure"));
            prop_assert_eq!(policy.is_http_only(), has("HttpOnly"));
            prop_assert_eq!(policy.max_age(), has("Max-Age=60").then_some(60));
            prop_assert_eq!(policy.domain(), has("Domain=example.com").then_some("example.com"));
            prop_assert_eq!(CookiePolicy::parse(&policy.to_string()), Ok(policy));
        }
    }

    #[test]
    fn hsts_round_trips(max_age in 0u64..=315_360_000, subdomains: bool, preload: bool) {
        let mut text = format!("max-age={max_age}");
        if preload {
            text.push_str(";preload");
        }
        if subdomains {
            text.push_str(" ; includeSubDomains");
        }
        let policy = StrictTransportSecurity::parse(&text);
        let preloadable = max_age >= 31_536_000 && subdomains;
        prop_assert_eq!(policy.is_ok(), !preload || preloadable);
        if let Ok(policy) = policy {
            prop_assert_eq!(policy.max_age(), max_age);
            prop_assert_eq!(StrictTransportSecurity::parse(&policy.to_string()), Ok(policy));
        }
    }

    #[test]
    fn quotas_round_trip(amount in 1u32.., period in 1..=Quota::LONGEST_PERIOD_SECONDS) {
        let quota = Quota::new(NonZeroU32::new(amount).unwrap(), NonZeroU64::new(period).unwrap());
        prop_assert_eq!(quota.to_string().parse::<Quota>(), Ok(quota));
    }

    #[test]
    fn quotas_in_whole_units_round_trip(amount in 1u32.., count in 1u64..=10, unit in 0..UNITS.len()) {
        let period = NonZeroU64::new(count * UNITS[unit].1).unwrap();
        let quota = Quota::new(NonZeroU32::new(amount).unwrap(), period);
        prop_assert_eq!(quota.to_string().parse::<Quota>(), Ok(quota));
    }

    #[test]
    fn spelling_does_not_matter((text, quota) in spelled()) {
        prop_assert_eq!(parse_quotas(&text), Ok(vec![quota]), "{}", text);
    }

    #[test]
    fn durations_round_trip(seconds in 1..=Quota::LONGEST_PERIOD_SECONDS) {
        let duration = Duration::from_secs(seconds);
        prop_assert_eq!(parse_duration(&format_duration(duration)), Ok(duration));
    }

    #[test]
    fn sizes_round_trip(count in 1u64..=u64::MAX >> 30, unit in 0usize..7) {
        let (name, bytes) = [
            ("B", 1), ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000),
            ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30),
        ][unit];
        prop_assert_eq!(parse_size(&format!("{count}{name}")), Ok(count * bytes));
        prop_assert_eq!(parse_size(&format!("{}B", count * bytes)), Ok(count * bytes));
    }

    #[test]
    fn nearest_is_an_index(word in any::<String>(), words in prop::collection::vec(any::<String>(), 0..8)) {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        prop_assert!(nearest(&word, &words).is_none_or(|index| index < words.len()));
    }

    #[test]
    fn one_slip_in_a_long_word_is_found(word in "[a-z]{6,64}", at in 0usize..6) {
        let mut slipped = word.clone();
        slipped.remove(at);
        prop_assert_eq!(nearest(&slipped, &["0000", &word]), Some(1));
        prop_assert_eq!(nearest(&word.to_ascii_uppercase(), &[&word]), Some(0));
    }

    #[test]
    fn same_is_equality(a in "[ab]{0,3}", b in "[ab]{0,3}") {
        prop_assert_eq!(same(&a, &b), a == b);
    }

    #[test]
    fn plain_patterns_parse(names in prop::collection::hash_set("[a-z_][a-z0-9_]{0,8}", 1..=16)) {
        let text: String = names.iter().map(|name| format!("/{{{name}}}")).collect();
        let pattern = PathPattern::parse(&text).expect("legal");
        prop_assert_eq!(pattern.parameters().len(), names.len());
        prop_assert_eq!(pattern.normalized(), "/{}".repeat(names.len()));
    }

    #[test]
    fn hosts_and_origins_round_trip(host in hosts(), port in prop::option::of(1u16..), https in any::<bool>()) {
        let text = match port {
            Some(port) => format!("{host}:{port}"),
            None => host.clone(),
        };
        let pattern: HostPattern = text.parse().expect("legal");
        prop_assert_eq!(pattern.to_string(), text.clone());
        prop_assert_eq!(pattern.port(), port);
        let below = format!("*.{text}").parse::<HostPattern>();
        match pattern.host() {
            HostNames::Name(name) if name.contains('.') => {
                prop_assert_eq!(below.expect("legal").to_string(), format!("*.{text}"));
            }
            _ => prop_assert!(below.is_err()),
        }
        let (scheme, default) = if https { ("https", 443) } else { ("http", 80) };
        let origin = format!("{scheme}://{text}").parse::<Origin>();
        if port == Some(default) {
            prop_assert!(origin.is_err());
        } else {
            let origin = origin.expect("legal");
            prop_assert_eq!(origin.is_https(), https);
            prop_assert_eq!(origin.host(), Some(pattern));
            let slashed = format!("{origin}/").parse::<Origin>();
            prop_assert!(slashed.is_err());
            prop_assert!(origin.as_str().to_ascii_uppercase().parse::<Origin>().is_err());
        }
    }

    #[test]
    fn whatever_is_a_host_prints_as_it_was_written(text in texts()) {
        if let Ok(pattern) = text.parse::<HostPattern>() {
            prop_assert_eq!(pattern.to_string(), text.clone());
        }
        if let Ok(origin) = text.parse::<Origin>() {
            prop_assert_eq!(origin.to_string(), text);
        }
    }
}
