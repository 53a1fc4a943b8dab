//! What is legal, and which value it has.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::Duration;

use secure_grammar::{
    PathPattern, Quota, format_duration, parse_duration, parse_quotas, parse_size,
};

fn quota(text: &str) -> (u32, u64) {
    let quota: Quota = text.parse().expect(text);
    (quota.amount().get(), quota.period_seconds().get())
}

#[test]
fn quotas() {
    const DAY: u64 = 86_400;
    for (text, value) in [
        ("5/minute", (5, 60)),
        ("10 per hour", (10, 3_600)),
        ("5/2 minutes", (5, 120)),
        ("5 per 2 minutes", (5, 120)),
        (" 5\t/ 2minutes ", (5, 120)),
        ("5 PER2 MINUTES", (5, 120)),
        ("005/second", (5, 1)),
        ("1/day", (1, DAY)),
        ("1/week", (1, 7 * DAY)),
        ("1/Month", (1, 30 * DAY)),
        ("1/2 years", (1, 730 * DAY)),
        ("4294967295/10 years", (u32::MAX, 3_650 * DAY)),
    ] {
        assert_eq!(quota(text), value, "{text}");
    }
}

#[test]
fn several_quotas_that_all_matter() {
    for text in [
        "10/minute; 100/day",
        "10/minute;5/second",
        "100/day ; 10/minute; 2/second",
    ] {
        assert_eq!(
            parse_quotas(text).expect(text).len(),
            text.split(';').count()
        );
    }
}

#[test]
fn canonical_quotas() {
    for (text, canonical) in [
        ("5/60 seconds", "5/minute"),
        ("5/90 seconds", "5/90 seconds"),
        ("10/120 minutes", "10/2 hours"),
        ("10/14 days", "10/2 weeks"),
        ("10/month", "10/30 days"),
        ("10/year", "10/365 days"),
    ] {
        assert_eq!(text.parse::<Quota>().expect(text).to_string(), canonical);
    }
}

#[test]
fn durations() {
    for (text, seconds) in [
        ("5m", 300),
        ("90s", 90),
        ("1h30m", 5_400),
        ("7d", 604_800),
        ("2w", 1_209_600),
        ("1h0m", 3_600),
    ] {
        assert_eq!(
            parse_duration(text),
            Ok(Duration::from_secs(seconds)),
            "{text}"
        );
    }
    assert_eq!(format_duration(Duration::from_secs(5_400)), "1h30m");
    assert_eq!(format_duration(Duration::from_millis(1_999)), "1s");
    assert_eq!(format_duration(Duration::ZERO), "0s");
    assert!(!format_duration(Duration::MAX).is_empty());
}

#[test]
fn sizes() {
    for (text, bytes) in [
        ("512B", 512),
        ("64KiB", 65_536),
        ("2MiB", 2_097_152),
        ("1GiB", 1 << 30),
        ("1KB", 1_000),
        ("1MB", 1_000_000),
        ("1GB", 1_000_000_000),
        ("18446744073709551615B", u64::MAX),
    ] {
        assert_eq!(parse_size(text), Ok(bytes), "{text}");
    }
}

#[test]
fn patterns() {
    for (text, normalized, parameters) in [
        ("", "", &[] as &[&str]),
        ("/", "/", &[]),
        ("/notes/", "/notes/", &[]),
        ("/é/a:b", "/é/a:b", &[]),
        ("/a/{id}", "/a/{}", &["id"]),
        ("/a/{user_id}", "/a/{}", &["user_id"]),
        ("/v{major}.{minor}", "/v{}.{}", &["major", "minor"]),
        ("/a/{tail}*", "/a/{}*", &["tail"]),
        ("/a/{tail:.*}", "/a/{}*", &["tail"]),
        ("/a/{id:[^/]+}", "/a/{}", &["id"]),
        (r"/a/{id:\d{3}}/b", r"/a/{:\d{3}}/b", &["id"]),
        ("/{id:(?:a|b)+?}", "/{:(?:a|b)+?}", &["id"]),
        ("/{id:[]a-z(*]{2,5}}", "/{:[]a-z(*]{2,5}}", &["id"]),
        (
            r"/{id:(?i:a)\x{41}\.(b|c)?}",
            r"/{:(?i:a)\x{41}\.(b|c)?}",
            &["id"],
        ),
    ] {
        let pattern = PathPattern::parse(text).expect(text);
        assert_eq!(pattern.normalized(), normalized);
        assert_eq!(pattern.parameters(), parameters);
        assert_eq!(pattern.as_str(), text);
        assert_eq!(pattern.has_tail(), text.ends_with("}*"));
    }
}

#[test]
fn deep_and_long_texts_end() {
    let _ = parse_quotas(&"5/minute ".repeat(20_000));
    let _ = parse_quotas(&";".repeat(20_000));
    let _ = PathPattern::parse(&format!("/{}", "{a:(".repeat(20_000)));
    let _ = parse_duration(&"1h".repeat(20_000));
}
