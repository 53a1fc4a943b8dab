//! Limits of the whole app.

use super::{Purpose, draft, findings, read_from};
use crate::limit;

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
fn an_operator_says_more_than_the_app() {
    let with = |variables: &[(&str, &str)]| {
        let builder = draft(variables, Purpose::Start).finish().expect("settings");
        let security = builder
            .app_limit(limit!("600/minute"))
            .app_limit(limit!("600/minute", by = "user"))
            .most_in_flight(10)
            .most_in_flight_from_one_client(5)
            .build()
            .expect("settings");
        let app = security.report().app().clone();
        let most = (app.most_in_flight, app.most_in_flight_from_one_client);
        (app.limits.join(", "), most)
    };
    let development = ("SECURE_PROFILE", "development");
    assert_eq!(
        with(&[development]),
        (
            "600/minute by ip, 600/minute by user".to_owned(),
            (Some(10), Some(5))
        )
    );
    let variables = [
        development,
        ("SECURE_APP_LIMITS", "9000/minute"),
        ("SECURE_MOST_IN_FLIGHT", "70"),
    ];
    assert_eq!(
        with(&variables),
        (
            "600/minute by user, 9000/minute by ip".to_owned(),
            (Some(70), Some(5))
        )
    );
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
