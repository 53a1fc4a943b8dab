//! What one address may do to accounts, and no limits at all.

use super::{SECRET, draft, findings, read_from};
use crate::{account::limits::AccountLimit, limit, security::environment::Purpose};

const PRODUCTION: [(&str, &str); 4] = [
    ("SECURE_PROFILE", "production"),
    ("SECURE_SECRET", SECRET),
    ("SECURE_ISSUER", "https://auth.example.com"),
    ("SECURE_AUDIENCE", "https://api.example.com"),
];

fn in_production(more: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    [&PRODUCTION, more].concat()
}

#[test]
fn quotas_are_read_by_the_grammar_of_the_attributes() {
    let set = in_production(&[
        ("SECURE_FAILED_SIGN_INS", "60/10 minutes; 1000/day"),
        ("SECURE_ACCOUNT_MAILS", "5 per hour"),
    ]);
    let security = read_from(&set).expect("settings");
    let limits = security.state.account_limits();
    for (which, described) in [
        (
            AccountLimit::FailedSignIns,
            "60/10 minutes; 1000/day by ip, failed sign-ins",
        ),
        (AccountLimit::Mails, "5/hour by ip, account mails"),
        (
            AccountLimit::FailedLinks,
            "30/10 minutes; 200/day by ip, failed links",
        ),
    ] {
        assert_eq!(limits.described(which), described);
    }
}

#[test]
fn an_operator_says_more_than_the_app() {
    let set = in_production(&[("SECURE_FAILED_SIGN_INS", "8/hour")]);
    let builder = draft(&set, Purpose::Start).finish().expect("settings");
    let security = builder
        .failed_sign_ins(limit!("25/10 minutes; 190/day"))
        .account_mails(limit!("7/hour"))
        .build()
        .expect("settings");
    let limits = security.state.account_limits();
    assert_eq!(
        limits.described(AccountLimit::FailedSignIns),
        "8/hour by ip, failed sign-ins"
    );
    assert_eq!(
        limits.described(AccountLimit::Mails),
        "7/hour by ip, account mails"
    );
}

#[test]
fn a_quota_that_cannot_be_read_is_refused() {
    for (name, text) in [
        ("SECURE_FAILED_SIGN_INS", "30/minuet"),
        ("SECURE_ACCOUNT_MAILS", "0/day"),
        ("SECURE_FAILED_LINKS", "many"),
    ] {
        let found = findings(&in_production(&[(name, text)]));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with(&format!("`{name}`")), "{found:?}");
    }
}

#[test]
fn no_limits_are_for_development() {
    let development = |value| {
        read_from(&[
            ("SECURE_PROFILE", "development"),
            ("SECURE_DANGEROUS_NO_LIMITS", value),
        ])
    };
    for value in ["1", "0"] {
        assert!(development(value).is_ok(), "{value}");
    }
    assert!(development("please").is_err());
    let found = findings(&in_production(&[("SECURE_DANGEROUS_NO_LIMITS", "1")]));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("nothing is limited: "), "{found:?}");
    assert_eq!(
        findings(&in_production(&[("SECURE_DANGEROUS_NO_LIMITS", "0")])),
        [""; 0]
    );
}

#[test]
fn a_deployment_is_told_what_is_weaker_than_the_default() {
    let codes = |more: &[(&'static str, &'static str)]| {
        let draft = draft(&in_production(more), Purpose::Check);
        let builder = crate::security::CompleteBuilder::from(draft);
        let report = builder.deploy_check(&crate::deploy::Deployment::new(), |_| {});
        let findings = report.findings().iter();
        let ours = ["no-limits", "account-limits-weak"];
        let codes = findings.map(|finding| finding.code());
        codes.filter(|code| ours.contains(code)).collect::<Vec<_>>()
    };
    assert_eq!(codes(&[]), [""; 0]);
    assert_eq!(codes(&[("SECURE_FAILED_SIGN_INS", "8/hour")]), [""; 0]);
    assert_eq!(
        codes(&[
            ("SECURE_FAILED_SIGN_INS", "31/10 minutes; 200/day"),
            ("SECURE_ACCOUNT_MAILS", "10/minute"),
        ]),
        ["account-limits-weak"; 2]
    );
    assert_eq!(codes(&[("SECURE_DANGEROUS_NO_LIMITS", "1")]), ["no-limits"]);
}
