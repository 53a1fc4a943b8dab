//! Every mistake and the whole of what we say about it, against the goldens in `tests/messages`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::HashSet;
use std::fmt::Debug;

use secure_grammar::{
    AllowedOrigin, ContentSecurityPolicy, GrammarError, HostPattern, PathPattern,
    PermissionsPolicy, Quota, StrictTransportSecurity, parse_duration, parse_quotas, parse_size,
};

const QUOTAS: &[&str] = &[
    "",
    "  ",
    ";",
    "5/minute;",
    ";5/minute",
    "5/minute;;6/hour",
    "/minute",
    "per minute",
    "minute",
    "x/minute",
    "0/minute",
    "5/0 minutes",
    "5/0",
    "-5/minute",
    "−5/minute",
    "- 1.5/minute",
    "+5/minute",
    "1.5/minute",
    "1.5 per 2 hours",
    "0.0/minute",
    "1,5/minute",
    "1.000/minute",
    "5/1.5 minutes",
    "5/0.3 seconds",
    "1.2.3/minute",
    "٥/minute",
    "½/minute",
    "4294967296/minute",
    "99999999999999999999999/minute",
    "5/11 years",
    "5/99999999999999999999 days",
    "5/88888888888888888 days",
    "5",
    "5 ",
    "5 minute",
    "5min",
    "5perhour",
    "5 foo minute",
    "5@minute",
    "5/",
    "5 per",
    "5/2",
    "5//minute",
    "5/per minute",
    "5/@",
    "5/minuet",
    "5/minits",
    "5/fortnight",
    "5/s",
    "5/sec",
    "5/min",
    "5/m",
    "5/h",
    "5/hr",
    "5/d",
    "5/M",
    "5/ms",
    "5/minute x",
    "5/minute, 100/day",
    "5/minute and 100/day",
    "5/minute 100/day",
    "5/minute.",
    "1_000/minute",
    "1,000/minute",
    "1 000/minute",
    "5/1_000 seconds",
    "10/minute; 20/60 seconds",
    "10/minute;10 per minute",
    "100/minute; 50/hour",
    "50/hour; 100/minute",
    "1/minute;1/day",
    "5\u{a0}/minute",
    "5/minute\n",
    "５／minute",
    "5/分",
];

const DURATIONS: &[&str] = &[
    "",
    "300",
    "5M",
    "5 m",
    " 5m",
    "5m ",
    "30m1h",
    "1h2h",
    "0s",
    "0h0m",
    "1.5h",
    "0.3s",
    "5min",
    "5minutes",
    "1y",
    "3mo",
    "5ms",
    "m",
    "h5",
    "-5m",
    "٥m",
    "1_000s",
    "99999999999999999999s",
    "3651d",
    "5x",
    "5m!",
    "1h30",
    "1h30m1h",
    "5\u{200b}m",
    "30m2h1s",
];

const SIZES: &[&str] = &[
    "",
    "512",
    "64",
    "64 KiB",
    "64kb",
    "64k",
    "64Ki",
    "1.5MiB",
    "1.5KB",
    "1.5B",
    "0B",
    "0",
    "64TB",
    "64bytes",
    "KiB",
    "x",
    "64KiB!",
    "17179869184GiB",
    "99999999999999999999B",
    "1,000B",
    "-1B",
];

const PATTERNS: &[&str] = &[
    "users",
    "{id}",
    "https://x.org/a/b",
    "/a b",
    " /a",
    "/a\n",
    "/a\u{200b}b",
    "/a//b",
    "///",
    "/a?x=1",
    "/a#x",
    "/a}",
    "/{",
    "/{id",
    "/{id/{b}",
    "/{}",
    "/{:x}",
    "/{user-id}",
    "/{1a}",
    "/{*rest}",
    "/{rest..}",
    "/{id?}",
    "/{ø}",
    "/{a}/{a}",
    "/user/{id}/post/{id}",
    "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}/{j}/{k}/{l}/{m}/{n}/{o}/{p}/{q}",
    "/{tail}*/x",
    "/*",
    "/a*b/c",
    "/{tail:.*}*",
    "/{id:}",
    "/{id:\\}}",
    "/{id:\\{}",
    "/{id:a)|(b}",
    "/{id:(a}",
    "/{id:[a}",
    "/{id:*}",
    "/{id:a|*}",
    "/{id:(?=a)}",
    "/{id:(?P<x>a)}",
    "/{id:(?<x>a)}",
    "/{id:(?x)a}",
    "/{id:(a)\\1}",
    "/{id:a{999}}",
    "/{id:{2}}",
    "/{id:\\y}",
    "/{id:a{3,2}}",
];

const HOSTS: &[&str] = &[
    "",
    " ",
    "*",
    "*.",
    "*.com",
    "*.192.0.2.1",
    "*.*.example.com",
    "a.*.example.com",
    "*example.com",
    "example.*",
    "Example.com",
    "example.COM:8080",
    "example.com.",
    "example.com..",
    ".",
    ".example.com",
    "example..com",
    "example.com/",
    "example.com/path",
    "https://example.com",
    "https://example.com/path",
    "https://",
    "user@example.com",
    "example.com:",
    "example.com:0",
    "example.com:080",
    "example.com:65536",
    "example.com:http",
    "example.com:80:80",
    ":8080",
    "exa mple.com",
    " example.com",
    "example.com\t",
    "example.com\u{200b}",
    "exämple.com",
    "例え.jp",
    "example,com",
    "a.com, b.com",
    "-example.com",
    "example-.com",
    "1.2.3",
    "256.0.0.1",
    "192.0.2.01",
    "2001:db8::1",
    "[2001:db8::1",
    "[2001:DB8::1]",
    "[2001:db8:0:0:0:0:0:1]",
    "[::ffff:192.0.2.1]",
    "[example.com]",
    "[::1]x",
    "[::1]:",
    "[::1]:99999",
    "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg.com",
];

const ORIGINS: &[&str] = &[
    "",
    "null",
    "Null",
    "app.example.com",
    "app.example.com/",
    "localhost:3000",
    "//app.example.com",
    "https:/app.example.com",
    "https://",
    "https://:8443",
    "https://app.example.com/",
    "https://app.example.com/path",
    "https://app.example.com//",
    "https://app.example.com?x",
    "https://app.example.com#x",
    "https://app.example.com\\x",
    "https://*.example.com",
    "https://app.*.com",
    "https://*",
    "https://App.example.com",
    "HTTPS://app.example.com",
    "htps://app.example.com",
    "file:///tmp/x",
    "chrome-extension://abcdef",
    "https://user@app.example.com",
    "https://user:secret@app.example.com",
    "https://app.example.com:443",
    "http://app.example.com:80",
    "https://app.example.com:",
    "https://app.example.com:0443",
    "https://app.example.com.",
    "https://exämple.com",
    "https://app.example.com ",
    "https://app.example.com\n",
    "https://a.com,https://b.com",
    "https://2001:db8::1",
    "https://[2001:db8:0::1]",
    "https://1.2.3.4.5",
];

const CSPS: &[&str] = &[
    "",
    " ",
    ";",
    "default-src 'none';",
    "; default-src 'none'",
    "default-src 'none';; img-src 'self'",
    "default-src 'none', img-src 'self'",
    "default-src 'none'\nimg-src 'self'",
    "default-src ‘self’",
    "default-src “self”",
    "default-src exämple.com",
    "default-src \"self\"",
    "defualt-src 'none'",
    "Default-Src 'none'",
    "default-src: 'none'",
    "default 'none'",
    "frobnicate 'none'",
    "'self'; default-src 'none'",
    "https://example.com",
    "default-src 'none'; block-all-mixed-content",
    "default-src 'none'; plugin-types text/html",
    "default-src 'none'; default-src 'self'",
    "default-src",
    "default-src 'none'; img-src",
    "default-src 'none'; upgrade-insecure-requests 1",
    "default-src 'none'; report-to a b",
    "default-src 'none' 'self'",
    "default-src 'self' 'none'",
    "default-src 'self' 'self'",
    "default-src self",
    "default-src NONE",
    "default-src 'SELF'",
    "default-src 'slef'",
    "default-src slef",
    "default-src 'none",
    "default-src self'",
    "default-src 'self''none'",
    "default-src 'frobnicate'",
    "default-src 'https://example.com'",
    "default-src '*'",
    "default-src cdn",
    "default-src 'nonce-abc'",
    "default-src nonce-abc",
    "default-src sha256-abc",
    "default-src 'sha256-abc'",
    "default-src 'sha1-abc'",
    "default-src 'none'; img-src 'nonce'",
    "default-src 'none'; img-src 'unsafe-inline'",
    "default-src 'none'; style-src 'strict-dynamic'",
    "default-src 'none'; script-src-attr 'nonce'",
    "default-src 'none'; script-src-attr https://example.com",
    "default-src 'none'; img-src htps:",
    "default-src 'none'; img-src HTTPS:",
    "default-src 'none'; img-src javascript:",
    "default-src 'none'; img-src htps://example.com",
    "default-src 'none'; img-src *example.com",
    "default-src 'none'; img-src a.*.com",
    "default-src 'none'; img-src example..com",
    "default-src 'none'; img-src a_b.com",
    "default-src 'none'; img-src 10.0.0.1",
    "default-src 'none'; img-src https://[::1]",
    "default-src 'none'; img-src https://user@example.com",
    "default-src 'none'; img-src example.com:99999",
    "default-src 'none'; img-src example.com:",
    "default-src 'none'; img-src example.com/a?b=c",
    "default-src 'none'; img-src example.com/a#b",
    "default-src 'none'; img-src example.com/a|b",
    "default-src 'none'; img-src https://",
    "default-src 'none'; sandbox allow-script",
    "default-src 'none'; webrtc 'deny'",
    "default-src 'none'; require-trusted-types-for script",
    "default-src 'none'; trusted-types 'allow-duplicate'",
    "default-src 'none'; report-to :x",
    "default-src 'none'; report-uri csp-reports",
    "default-src 'none'; report-uri //example.com/csp",
    "default-src 'none'; report-uri mailto:a@example.com",
    "default-src 'unsafe-inline'",
    "default-src 'none'; script-src 'unsafe-inline'",
    "default-src 'none'; script-src 'unsafe-hashes'",
    "default-src 'none'; script-src-attr 'unsafe-inline'",
    "default-src 'none'; style-src 'unsafe-inline'",
    "default-src 'unsafe-inline'; script-src 'self'",
    "default-src 'none'; script-src 'unsafe-eval'",
    "default-src *",
    "default-src https:",
    "default-src *; script-src 'self'",
    "default-src 'none'; script-src *",
    "default-src 'none'; script-src http:",
    "default-src 'none'; script-src-elem data:",
    "default-src 'none'; script-src https://*",
    "default-src 'none'; script-src *:443",
    "default-src 'none'; object-src blob:",
    "default-src 'none'; base-uri *",
    "default-src 'none'; script-src 'strict-dynamic'",
    "default-src 'none'; script-src 'self' 'strict-dynamic'",
    "default-src 'none'; script-src 'nonce'",
    "default-src 'nonce'",
    "img-src 'self'",
    "script-src 'self'",
    "sandbox allow-scripts",
];

const PERMISSIONS: &[&str] = &[
    "",
    " ",
    ",",
    "camera=(),",
    "camera=(),,usb=()",
    "camera=()\n",
    "camera=(é)",
    "cammera=()",
    "Camera=()",
    "=()",
    "vibrate=()",
    "camera=(), camera=(self)",
    "camera",
    "camera 'none'",
    "camera self",
    "camera *",
    "camera https://example.com",
    "camera 'none'; usb 'none'",
    "camera =()",
    "camera= ()",
    "camera=",
    "camera=none",
    "camera='none'",
    "camera='self'",
    "camera=(); usb=()",
    "camera=https://example.com",
    "camera=\"https://example.com\"",
    "camera=(",
    "camera=(self",
    "camera=() usb=()",
    "camera=(self self)",
    "camera=(self *)",
    "camera=('self')",
    "camera=('none')",
    "camera=(none)",
    "camera=(https://example.com)",
    "camera=(example)",
    "camera=(\"https://example.com)",
    "camera=(\"https://a.example\"\"https://b.example\")",
    "camera=(\"example.com\")",
    "camera=(\"https://example.com/\")",
    "camera=(\"https://example.com/path\")",
    "camera=(\"https://Example.com\")",
    "camera=(\"https://a.*.com\")",
    "camera=(\"https://example.com:0\")",
    "camera=(\"null\")",
    "camera=(\"\")",
];

const HSTS: &[&str] = &[
    "",
    "  ",
    ";",
    "max-age=1;",
    "max-age=1;;preload",
    "max-age=1\n",
    "max-age",
    "max-age=",
    "max-age=\"1\"",
    "max-age=-1",
    "max-age=1.5",
    "max-age=2 years",
    "max-age=63_072_000",
    "max-age=315360001",
    "max-age=99999999999999999999999",
    "max-age=1; max-age=2",
    "maxage=1",
    "Max-Age=1",
    "includeSubDomains",
    "max-age=1; includeSubdomains",
    "max-age=1; include-subdomains",
    "max-age=1; includeSubDomains=1",
    "max-age=1; prelaod",
    "max-age=1; frobnicate",
    "max-age=1, preload",
    "2 years",
    "max-age=63072000; preload",
    "max-age=31535999; includeSubDomains; preload",
    "max-age=0; includeSubDomains; preload",
];

/// Fails with all that was said, so that a golden can be replaced by it after a look at it.
fn check<T: Debug>(texts: &[&str], parse: impl Fn(&str) -> Result<T, GrammarError>, golden: &str) {
    let mut said = String::new();
    for text in texts {
        let error = parse(text).expect_err(text);
        assert!(
            text.get(error.span()).is_some(),
            "{text}: {:?}",
            error.span()
        );
        assert!(
            !error.message().ends_with('.') && error.help().is_some(),
            "{text}"
        );
        said.push_str(&format!("error: {error}\n\n"));
    }
    assert_eq!(
        texts.len(),
        texts.iter().collect::<HashSet<_>>().len(),
        "a text twice"
    );
    assert!(said == golden, "this is what is said now:\n{said}");
}

#[test]
fn quotas() {
    check(QUOTAS, parse_quotas, include_str!("messages/quota.txt"));
}

#[test]
fn durations() {
    check(
        DURATIONS,
        parse_duration,
        include_str!("messages/duration.txt"),
    );
}

#[test]
fn sizes() {
    check(SIZES, parse_size, include_str!("messages/size.txt"));
}

#[test]
fn patterns() {
    check(
        PATTERNS,
        PathPattern::parse,
        include_str!("messages/pattern.txt"),
    );
}

#[test]
fn hosts() {
    check(
        HOSTS,
        str::parse::<HostPattern>,
        include_str!("messages/host.txt"),
    );
}

#[test]
fn content_security_policies() {
    check(
        CSPS,
        ContentSecurityPolicy::parse,
        include_str!("messages/csp.txt"),
    );
}

#[test]
fn origins() {
    check(
        ORIGINS,
        str::parse::<AllowedOrigin>,
        include_str!("messages/origin.txt"),
    );
}

#[test]
fn a_nonce_is_not_for_every_response() {
    let text = "default-src 'none'; script-src 'nonce'; base-uri 'none'";
    let error = ContentSecurityPolicy::parse_without_nonce(text).unwrap_err();
    assert_eq!(error.span(), 31..38);
    assert!(error.message().contains("nonce") && error.help().is_some());
    assert!(ContentSecurityPolicy::parse(text).is_ok_and(|policy| policy.has_nonce()));
    assert!(ContentSecurityPolicy::parse_without_nonce("default-src 'self'").is_ok());
}

#[test]
fn permissions_policies() {
    check(
        PERMISSIONS,
        PermissionsPolicy::parse,
        include_str!("messages/permissions_policy.txt"),
    );
}

#[test]
fn hsts_policies() {
    check(
        HSTS,
        StrictTransportSecurity::parse,
        include_str!("messages/hsts.txt"),
    );
}

#[test]
fn one_quota_is_one() {
    let error = "1/minute;2/hour".parse::<Quota>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "2 rate limits where one is expected\n         \"1/minute;2/hour\"\n                  ^^^^^^^\nhelp: write one of them, such as `1/minute`"
    );
}
