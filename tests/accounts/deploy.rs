//! `accounts check --deploy`: what keeps a configuration out of production.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Output,
};

use crate::server::{command, fresh_folder, run};

const SECRET: &str = "q83vEjRWeJC6mHZUMhDerb7v/+7dzLuqmYh3ZlVEMyI=";

/// A configuration that may go out.
pub(crate) const GOOD: [(&str, &str); 12] = [
    ("SECURE_PROFILE", "production"),
    ("SECURE_SECRET", SECRET),
    ("SECURE_ISSUER", "https://accounts.example.com"),
    ("SECURE_AUDIENCE", "https://accounts.example.com"),
    ("SECURE_PUBLIC_ORIGIN", "https://accounts.example.com"),
    ("SECURE_HSTS_SUBDOMAINS", "1"),
    ("SECURE_TRUSTED_PROXIES", "10.0.0.0/8"),
    ("DATABASE_URL", "sqlite:/var/lib/accounts/accounts.db"),
    ("REDIS_URL", "rediss://:hunter2@redis.internal"),
    ("MAIL_URL", "smtps://post:hunter2@smtp.example.com"),
    ("CLAMD", "127.0.0.1:3310"),
    ("MAIL_FROM", "Accounts <no-reply@example.com>"),
];

/// What `GOOD` is told of anyway; in an optimised build there is less.
pub(crate) fn always() -> BTreeSet<String> {
    let debug = cfg!(debug_assertions).then_some("debug-assertions");
    let codes = ["password-grant"];
    codes.into_iter().chain(debug).map(str::to_owned).collect()
}

pub(crate) fn check(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Output {
    let mut command = command(folder);
    command.env_remove("PORT").envs(variables.iter().copied());
    run(command.args(["check", "--deploy"]).args(arguments))
}

/// The good configuration with a change: a variable that is another one, or `None` for one that is not set.
pub(crate) fn with(
    change: &[(&'static str, Option<&'static str>)],
) -> Vec<(&'static str, &'static str)> {
    let mut variables = GOOD.to_vec();
    for (name, value) in change {
        variables.retain(|(known, _)| known != name);
        variables.extend(value.map(|value| (*name, value)));
    }
    variables
}

/// The codes that are printed, each with its level.
pub(crate) fn found(output: &Output) -> BTreeSet<(String, String)> {
    let text = String::from_utf8(output.stdout.clone()).expect("UTF-8");
    let lines = text.lines().filter_map(|line| {
        let (level, rest) = line.split_once('[')?;
        let (code, _) = rest.split_once("]: ")?;
        (["error", "warning", "notice"].contains(&level)).then(|| (code.into(), level.into()))
    });
    lines.collect()
}

/// The codes but those that routes have for themselves, with their reasons in the code.
pub(crate) fn codes(output: &Output) -> BTreeSet<String> {
    let codes = found(output).into_iter().map(|(code, _)| code);
    codes.filter(|code| !code.starts_with("route-")).collect()
}

#[test]
fn a_good_configuration_passes_and_nothing_is_made() {
    let folder = fresh_folder();
    let output = check(&folder, &GOOD, &[]);
    let text = String::from_utf8(output.stdout.clone()).expect("UTF-8");
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert_eq!(codes(&output), always());
    let levels = found(&output).into_iter().map(|(_, level)| level);
    assert_eq!(
        levels.collect::<BTreeSet<_>>(),
        BTreeSet::from(["notice".to_owned()])
    );
    assert!(text.contains("  accepted: because there are clients that speak nothing else"));
    assert!(text.contains("notice[route-any-host]: GET /healthz (`alive`): because probes name"));
    assert!(text.contains("\nready to be deployed: 0 errors, 0 warnings, "));
    assert!(!text.contains("hunter2") && !text.contains(SECRET));
    assert_eq!(output.stderr, b"");
    assert_eq!(fs::read_dir(&folder).expect("a folder").count(), 0);
    fs::remove_dir_all(folder).expect("the folder");
}

/// A change, the level of what comes of it, and its codes.
type Case = (
    &'static [(&'static str, Option<&'static str>)],
    &'static str,
    &'static [&'static str],
);

const CASES: &[Case] = &[
    (
        &[("SECURE_PROFILE", Some("development"))],
        "error",
        &["development-profile"],
    ),
    (&[("SECURE_SECRET", None)], "error", &["secret-missing"]),
    (
        &[("SECURE_SECRET", Some("changeme"))],
        "error",
        &["secret-refused"],
    ),
    (
        &[("SECURE_SECRET_FILE", Some("/run/secrets/x"))],
        "error",
        &["secret-refused"],
    ),
    (
        &[
            ("SECURE_SECRET", None),
            ("SECURE_SECRET_FILE", Some("/nowhere")),
        ],
        "error",
        &["secret-refused"],
    ),
    (
        &[("SECURE_PREVIOUS_SECRET", Some("c2hvcnQ="))],
        "error",
        &["secret-refused"],
    ),
    (&[("SECURE_KEYS", Some("{}"))], "error", &["secret-refused"]),
    (
        &[(
            "SECURE_PREVIOUS_SECRET",
            Some("HXV61v0yP3CHaPFD9vLqz1uUj9N1sFFUS5IBBDnbGHw="),
        )],
        "notice",
        &["previous-secret"],
    ),
    (&[("SECURE_ISSUER", None)], "error", &["issuer-missing"]),
    (&[("SECURE_AUDIENCE", None)], "error", &["issuer-missing"]),
    (
        &[("SECURE_PUBLIC_ORIGIN", Some("http://accounts.example.com"))],
        "error",
        &["http-origin"],
    ),
    (
        &[("SECURE_CORS_ORIGINS", Some("http://app.example.com"))],
        "error",
        &["http-origin"],
    ),
    (
        &[("SECURE_ISUER", Some("x"))],
        "error",
        &["unknown-variable"],
    ),
    (
        &[("SECURE_BODY_LIMIT", Some("1 MB!"))],
        "error",
        &["setting-refused"],
    ),
    (
        &[("SECURE_ACCEPTED_FINDINGS", Some("hsts-off"))],
        "error",
        &["setting-refused"],
    ),
    (
        &[("SECURE_ISSUER", Some("urn:accounts"))],
        "error",
        &["routes-refused"],
    ),
    (
        &[("SECURE_ENFORCE_HTTPS", Some("0"))],
        "warning",
        &["https-not-enforced"],
    ),
    (
        &[
            ("SECURE_TRUSTED_PROXIES", None),
            ("SECURE_ENFORCE_HTTPS", Some("1")),
        ],
        "warning",
        &["no-trusted-proxies"],
    ),
    (
        &[("SECURE_HSTS", Some("max-age=0"))],
        "warning",
        &["hsts-off"],
    ),
    (
        &[("SECURE_HSTS", Some("max-age=86400"))],
        "warning",
        &["hsts-short"],
    ),
    (
        &[("SECURE_HSTS_SUBDOMAINS", None)],
        "warning",
        &["hsts-without-subdomains"],
    ),
    (
        &[("SECURE_CORS_ORIGINS", Some("*"))],
        "warning",
        &["cors-any-origin"],
    ),
    (
        &[("SECURE_CSP", Some("default-src 'none'"))],
        "warning",
        &["csp-incomplete"],
    ),
    (
        &[("SECURE_ACCESS_TOKEN_LIFETIME", Some("16m"))],
        "warning",
        &["access-token-long"],
    ),
    (
        &[("SECURE_LEEWAY", Some("45s"))],
        "warning",
        &["leeway-long"],
    ),
    (
        &[("SECURE_REFRESH_ABSOLUTE_LIFETIME", Some("90d"))],
        "warning",
        &["sign-in-long"],
    ),
    (
        &[("SECURE_REVOCATION_BOUND", Some("30s"))],
        "warning",
        &["revocation-slow"],
    ),
    (
        &[("DATABASE_URL", None)],
        "warning",
        &["accounts-database-default"],
    ),
    (
        &[("DATABASE_URL", Some("mysql://db"))],
        "error",
        &["accounts-setting-refused"],
    ),
    (
        &[("PORT", Some("http"))],
        "error",
        &["accounts-setting-refused"],
    ),
    (
        &[("MAIL_URL", Some("smpt://post"))],
        "error",
        &["accounts-setting-refused"],
    ),
    (
        &[("MAIL_URL", Some("./outbox"))],
        "warning",
        &["accounts-mail-folder"],
    ),
    (&[("MAIL_URL", None)], "error", &["accounts-mail-missing"]),
    (&[("CLAMD", None)], "warning", &["uploads-unscanned"]),
    (
        &[("REDIS_URL", None)],
        "notice",
        &["accounts-no-redis", "one-instance"],
    ),
    (
        &[
            (
                "SECURE_LIMITS_URL",
                Some("redis://:hunter2@limits.internal"),
            ),
            ("SECURE_LIMITS_WHEN_DOWN", Some("fail_closed")),
        ],
        "warning",
        &["limits-plain"],
    ),
    (
        &[
            (
                "SECURE_LIMITS_URL",
                Some("rediss://:hunter2@limits.internal"),
            ),
            ("SECURE_LIMITS_WHEN_DOWN", Some("fail_open")),
        ],
        "warning",
        &["limits-fail-open"],
    ),
    (
        &[("REDIS_URL", Some("redis://:hunter2@redis.internal"))],
        "warning",
        &["accounts-redis-plain", "limits-plain"],
    ),
    (
        &[("REDIS_URL", Some("redis://localhost@redis.internal:6379/0"))],
        "warning",
        &["accounts-redis-plain", "limits-plain"],
    ),
    (
        &[("REDIS_URL", Some("redis://localhost.example.com"))],
        "warning",
        &["accounts-redis-plain", "limits-plain"],
    ),
    (
        &[("REDIS_URL", Some("redis://:hunter2@127.0.0.1:6379/0"))],
        "notice",
        &[],
    ),
    (
        &[("REDIS_URL", Some("redis.internal:6379"))],
        "error",
        &["accounts-setting-refused"],
    ),
    (
        &[("SECURE_ISSUER", Some("http://accounts.example.com"))],
        "error",
        &["http-origin"],
    ),
    (
        &[("SECURE_PUBLIC_ORIGIN", Some("https://localhost"))],
        "warning",
        &["public-origin-local"],
    ),
    (
        &[("SECURE_TRUSTED_PROXIES", Some("0.0.0.0/1,128.0.0.0/1"))],
        "warning",
        &["proxies-wide"],
    ),
    (
        &[("SECURE_BODY_LIMIT", Some("1GiB"))],
        "warning",
        &["body-large"],
    ),
    (
        &[(
            "SECURE_PAGE_CSP",
            Some("default-src 'none'; base-uri 'none'; frame-ancestors *; form-action 'self'"),
        )],
        "warning",
        &["csp-incomplete"],
    ),
];

#[test]
fn each_wrong_turn_has_its_code() {
    let folder = fresh_folder();
    for (change, level, expected) in CASES {
        let output = check(&folder, &with(change), &[]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let new: BTreeSet<_> = codes(&output).difference(&always()).cloned().collect();
        let expected: BTreeSet<_> = expected.iter().map(|code| (*code).to_owned()).collect();
        assert_eq!(new, expected, "{change:?}: {text}");
        for code in expected {
            let entry = (code, (*level).to_owned());
            assert!(found(&output).contains(&entry), "{change:?}: {text}");
        }
        let fails = *level != "notice";
        assert_eq!(
            output.status.code(),
            Some(fails.into()),
            "{change:?}: {text}"
        );
        assert!(
            !text.contains("hunter2") && !text.contains(SECRET),
            "{text}"
        );
    }
    assert_eq!(fs::read_dir(&folder).expect("a folder").count(), 0);
    fs::remove_dir_all(folder).expect("the folder");
}

#[test]
fn a_newcomer_is_told_everything_at_once() {
    let folder = fresh_folder();
    let output = check(&folder, &[], &[]);
    assert_eq!(output.status.code(), Some(1));
    let missing = [
        "secret-missing",
        "issuer-missing",
        "public-origin-missing",
        "every-host",
        "https-not-enforced",
        "no-trusted-proxies",
        "hsts-off",
        "accounts-origin-required",
        "accounts-mail-missing",
        "accounts-database-default",
        "accounts-no-redis",
        "one-instance",
        "uploads-unscanned",
    ];
    let profile = cfg!(debug_assertions).then_some("development-profile");
    let mut expected = always();
    expected.extend(missing.into_iter().chain(profile).map(str::to_owned));
    assert_eq!(codes(&output), expected);
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    // The worst comes first, and each says why, and how it is mended.
    assert!(text.starts_with("error["), "{text}");
    let lines = |start: &str| text.lines().filter(|line| line.starts_with(start)).count();
    assert_eq!(lines("  why: "), lines("  fix: ") + lines("  accepted: "));
    fs::remove_dir_all(folder).expect("the folder");
}

#[test]
fn a_warning_is_accepted_with_a_reason() {
    let folder = fresh_folder();
    let accepted = [
        ("SECURE_HSTS_SUBDOMAINS", None),
        (
            "SECURE_ACCEPTED_FINDINGS",
            Some(
                "hsts-without-subdomains: print.example.com has no HTTPS; accounts-mail-folder: a relay reads it",
            ),
        ),
        ("MAIL_URL", Some("./outbox")),
    ];
    let output = check(&folder, &with(&accepted), &[]);
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(
        text.contains("  accepted: print.example.com has no HTTPS\n"),
        "{text}"
    );
    assert!(text.contains("  accepted: a relay reads it\n"), "{text}");
    fs::remove_dir_all(folder).expect("the folder");
}

#[test]
fn what_is_to_be_checked_is_said() {
    let folder = fresh_folder();
    let output = run(command(&folder).arg("check"));
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(text.contains("--deploy"), "{text}");
    fs::remove_dir_all(folder).expect("the folder");
}

#[test]
fn the_page_has_every_code_of_the_service() {
    let page = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/deploy-checks.md");
    let page = fs::read_to_string(page).expect("the page");
    let documented: BTreeSet<_> = page
        .lines()
        .filter_map(|line| line.strip_prefix("### `")?.strip_suffix('`'))
        .filter(|code| code.starts_with("accounts-"))
        .collect();
    let mut provoked: BTreeSet<_> = CASES
        .iter()
        .flat_map(|(_, _, codes)| *codes)
        .copied()
        .collect();
    // By the tests above, and those of `deploy_tls`.
    provoked.extend([
        "accounts-origin-required",
        "accounts-tls-refused",
        "accounts-certificate-refused",
        "accounts-key-readable",
    ]);
    provoked.retain(|code| code.starts_with("accounts-"));
    assert_eq!(documented, provoked);

    let source =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples/accounts/src/check.rs");
    let source = fs::read_to_string(source).expect("the source");
    let written = source.lines().filter_map(|line| {
        let line = line.trim().strip_prefix('"')?;
        let code = line.strip_suffix("\",")?;
        code.starts_with("accounts-").then_some(code)
    });
    assert_eq!(written.collect::<BTreeSet<_>>(), documented);
}
