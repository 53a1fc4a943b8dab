//! Every mistake and the whole of what we say about it, against the goldens in `tests/messages`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::HashSet;
use std::fmt::Debug;

use secure_grammar::{
    AllowedOrigin, GrammarError, HostPattern, PathPattern, Quota, parse_duration, parse_quotas,
    parse_size,
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
fn origins() {
    check(
        ORIGINS,
        str::parse::<AllowedOrigin>,
        include_str!("messages/origin.txt"),
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
