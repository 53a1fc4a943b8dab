//! Hosts, HTTPS and CORS.

use actix_web::http::header::{HeaderMap, HeaderValue, ORIGIN};

use super::{SECRET, findings, read_from};

#[test]
fn hosts_and_origins_are_lists() {
    let security = read_from(&[
        ("SECURE_PROFILE", "production"),
        ("SECURE_SECRET", SECRET),
        ("SECURE_ISSUER", "https://auth.example.com"),
        ("SECURE_AUDIENCE", "https://api.example.com"),
        ("SECURE_PUBLIC_ORIGIN", "https://example.com"),
        (
            "SECURE_ALLOWED_HOSTS",
            "api.example.com, *.example.org,10.0.0.1:8080",
        ),
        (
            "SECURE_CORS_ORIGINS",
            "https://app.example.com, https://b.example",
        ),
        ("SECURE_ENFORCE_HTTPS", "1"),
    ]);
    let security = security.expect("settings");
    let edge = security.state.edge();
    for host in [
        "example.com",
        "api.example.com",
        "a.example.org",
        "10.0.0.1:8080",
    ] {
        assert!(edge.hosts.allow([host.as_bytes()]), "{host}");
    }
    for host in ["10.0.0.1", "example.org", "localhost", "evil.example"] {
        assert!(!edge.hosts.allow([host.as_bytes()]), "{host}");
    }
    assert!(edge.https.is_some());
    let cors = edge.cors.as_ref().expect("a policy");
    let asks = |origin: &'static str| {
        let mut headers = HeaderMap::new();
        let origin = HeaderValue::from_static(origin);
        headers.insert(ORIGIN, origin);
        cors.allow_origin(&headers).is_some()
    };
    assert!(asks("https://app.example.com") && asks("https://b.example"));
    assert!(!asks("https://example.com"));
}

#[test]
fn by_default_nothing_is_said_of_hosts_and_origins() {
    let security = read_from(&[("SECURE_PROFILE", "development")]).expect("settings");
    let edge = security.state.edge();
    assert!(edge.hosts.allow([&b"localhost:8080"[..]]));
    assert!(!edge.hosts.allow([&b"evil.example"[..]]));
    assert!(edge.https.is_none() && edge.cors.is_none());
}

#[test]
fn hosts_and_origins_that_cannot_be_meant_are_found() {
    let found = findings(&[
        ("SECURE_PROFILE", "development"),
        ("SECURE_ALLOWED_HOSTS", "example.com,,other.example"),
        ("SECURE_CORS_ORIGINS", "https://app.example.com/"),
        ("SECURE_ENFORCE_HTTPS", "yes"),
        ("SECURE_PUBLIC_ORIGIN", "https://example.com/"),
    ]);
    assert_eq!(found.len(), 4, "{found:?}");
    let all = found.join("\n");
    for words in [
        "`SECURE_ALLOWED_HOSTS`: empty host pattern",
        "`SECURE_CORS_ORIGINS`: trailing `/` in origin",
        "`SECURE_ENFORCE_HTTPS`: `yes` is neither",
        "`SECURE_PUBLIC_ORIGIN`: trailing `/` in origin",
    ] {
        assert!(all.contains(words), "{words}: {all}");
    }
    // HTTPS can only be enforced where there is an origin to send pages to.
    let found = findings(&[
        ("SECURE_PROFILE", "development"),
        ("SECURE_ENFORCE_HTTPS", "1"),
    ]);
    assert!(found[0].starts_with("HTTPS: "), "{found:?}");
}
