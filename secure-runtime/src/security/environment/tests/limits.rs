use super::*;

const DEVELOPMENT: (&str, &str) = ("SECURE_PROFILE", "development");

#[test]
fn what_an_outage_means_has_no_default() {
    let url = ("SECURE_LIMITS_URL", "redis://:hunter2@127.0.0.1:1");
    let found = findings(&[DEVELOPMENT, url]);
    let [finding] = &found[..] else {
        panic!("{found:?}");
    };
    #[cfg(feature = "redis")]
    for word in [
        "`SECURE_LIMITS_WHEN_DOWN` is not set",
        "`fail_closed`",
        "`fail_open`",
        "`count_here`",
    ] {
        assert!(finding.contains(word), "{finding}");
    }
    #[cfg(not(feature = "redis"))]
    assert!(finding.contains("the feature `redis`"), "{finding}");
    assert!(!finding.contains("hunter2"), "{finding}");
}

#[test]
fn what_belongs_to_the_server_needs_one() {
    for name in ["SECURE_LIMITS_WHEN_DOWN", "SECURE_LIMITS_PREFIX"] {
        let found = findings(&[DEVELOPMENT, (name, "fail_open")]);
        let expected =
            format!("`{name}` says nothing without `SECURE_LIMITS_URL`, which is not set");
        assert_eq!(found, [expected]);
    }
}

#[test]
fn a_file_that_is_not_there_is_one_finding() {
    let found = findings(&[
        DEVELOPMENT,
        ("SECURE_LIMITS_URL_FILE", "/nowhere/at/all"),
        ("SECURE_LIMITS_WHEN_DOWN", "fail_open"),
    ]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("SECURE_LIMITS_URL_FILE"), "{found:?}");
}

#[cfg(feature = "redis")]
#[test]
fn choices_and_addresses_are_checked_and_never_shown() {
    for (url, when_down, words) in [
        (
            "redis://:hunter2@127.0.0.1:1",
            "open",
            "`SECURE_LIMITS_WHEN_DOWN`: `open` is no choice; write `fail_closed`",
        ),
        (
            "http://:hunter2@127.0.0.1:1",
            "fail_open",
            "`SECURE_LIMITS_URL`: ",
        ),
        ("hunter2", "fail_open", "`SECURE_LIMITS_URL`: "),
    ] {
        let found = findings(&[
            DEVELOPMENT,
            ("SECURE_LIMITS_URL", url),
            ("SECURE_LIMITS_WHEN_DOWN", when_down),
        ]);
        let [finding] = &found[..] else {
            panic!("{found:?}");
        };
        assert!(finding.starts_with(words), "{finding}");
        assert!(!finding.contains("hunter2"), "{finding}");
    }
}

#[cfg(feature = "redis")]
#[test]
fn the_limiter_is_the_one_that_was_said() {
    for (choice, shown) in [
        ("fail_closed", "FailClosed"),
        (" fail_open ", "FailOpen"),
        ("count_here", "CountHere"),
    ] {
        // Nothing listens there: the app starts all the same.
        let security = read_from(&[
            DEVELOPMENT,
            ("SECURE_LIMITS_URL", "redis://:hunter2@127.0.0.1:1"),
            ("SECURE_LIMITS_WHEN_DOWN", choice),
            ("SECURE_LIMITS_PREFIX", "shop:"),
        ]);
        let security = security.expect("settings");
        let limiter = format!("{:?}", security.state.limiter());
        assert!(limiter.contains("RedisLimiter"), "{limiter}");
        assert!(limiter.contains(shown), "{limiter}");
        assert!(limiter.contains("shop:"), "{limiter}");
        assert!(!limiter.contains("hunter2"), "{limiter}");
    }
}
