//! Limits of the whole app.

use super::{findings, read_from};

#[test]
fn limits_of_the_app_are_read() {
    let security = read_from(&[
        ("SECURE_PROFILE", "development"),
        ("SECURE_APP_LIMITS", "600/minute; 10000 per day"),
        ("SECURE_MOST_IN_FLIGHT", "2000"),
        ("SECURE_MOST_IN_FLIGHT_FROM_ONE_CLIENT", "100"),
    ]);
    let report = security.expect("settings").report();
    let app = report.app();
    assert_eq!(app.limits, ["600/minute; 10000/day by ip"]);
    assert_eq!(app.most_in_flight, Some(2000));
    assert_eq!(app.most_in_flight_from_one_client, Some(100));
}

#[test]
fn by_default_the_app_is_not_limited() {
    let security = read_from(&[("SECURE_PROFILE", "development")]).expect("settings");
    let report = security.report();
    assert!(report.app().limits.is_empty());
    assert_eq!(report.app().most_in_flight, None);
    assert_eq!(report.app().most_in_flight_from_one_client, None);
}

#[test]
fn what_is_no_limit_is_found() {
    let found = |name, value| {
        let found = findings(&[("SECURE_PROFILE", "development"), (name, value)]);
        assert_eq!(found.len(), 1, "{name}={value}: {found:?}");
        assert!(found[0].contains(name), "{found:?}");
        found[0].clone()
    };
    assert!(found("SECURE_APP_LIMITS", "600/minuet").contains("unknown time unit `minuet`"));
    found("SECURE_APP_LIMITS", "600");
    found("SECURE_APP_LIMITS", "600/minute;");
    for name in [
        "SECURE_MOST_IN_FLIGHT",
        "SECURE_MOST_IN_FLIGHT_FROM_ONE_CLIENT",
    ] {
        assert!(found(name, "0").contains("would refuse every request"));
        for wrong in ["-1", "many", "1.5", "99999999999999999999999"] {
            assert!(found(name, wrong).contains("is no whole number from 1"));
        }
    }
}
