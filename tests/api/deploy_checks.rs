//! `deploy_check`: each code is provoked by one change of a configuration that is good, and stands in
//! `docs/deploy-checks.md`.

use std::{collections::BTreeSet, fs, path::Path as FilePath, time::Duration};

use actix_web::{HttpResponse, Responder, web, web::Path};
use secure_runtime::{
    Profile, Routes, Security, ServerSecret, cookie, cors, csp, dangerous,
    deploy::{DeployReport, Deployment, Finding, Level, checks},
    hosts, hsts,
    limit::{RedisLimiter, WhenDown},
    oauth,
    password::{Argon2Params, Passwords},
    prelude::*,
    session::SessionSettings,
    test::{TestClock, cheap_passwords},
    token::Hs256Key,
    upload::{Clamd, UploadSettings},
};

use crate::support::{Complete, People, SharedStore};

#[get("/health")]
#[public]
async fn health() -> impl Responder {
    "well"
}

#[post("/beacons")]
#[public(unlimited = "because the gateway counts them")]
async fn beacon() -> impl Responder {
    "seen"
}

#[get("/probe")]
#[public(any_host = "because the balancer asks by address")]
async fn probe() -> impl Responder {
    "well"
}

#[post("/embedded")]
#[protected(csrf_off = "because the partner's pages post to it")]
async fn embedded() -> impl Responder {
    "taken"
}

#[get("/echo/{text}")]
#[public]
async fn echo(#[unvalidated = "because it is only echoed"] text: Path<String>) -> String {
    text.into_inner()
}

/// Nothing is to be said about these.
fn good_routes(routes: &mut Routes) {
    routes.service(health);
}

/// What has neither origin nor proxies nor a store.
fn bare() -> Complete {
    Security::builder()
        .issuer("https://auth.example.com")
        .audience("https://api.example.com")
        .signing_key(Hs256Key::random())
}

fn with_store(builder: Complete) -> Complete {
    builder.store(SharedStore::new(&TestClock::default()))
}

fn without_store() -> Complete {
    bare()
        .public_origin("https://api.example.com")
        .public_https()
        .hsts_include_subdomains()
        .trusted_proxies(["10.0.0.0/8"])
}

/// Nothing is to be said about this.
fn good() -> Complete {
    with_store(without_store())
}

fn with_people(builder: Complete) -> Complete {
    builder.accounts(People::default(), Passwords::new(Argon2Params::default()))
}

fn one() -> Deployment {
    Deployment::new().instances(1)
}

fn codes(report: &DeployReport) -> Vec<&'static str> {
    let findings = report.findings().iter();
    let codes = findings.map(|finding| finding.code());
    // That the tests are no optimised build is no matter here.
    codes.filter(|code| *code != "debug-assertions").collect()
}

/// The finding with this code.
fn the<'a>(report: &'a DeployReport, code: &str) -> &'a Finding {
    let mut findings = report.findings().iter();
    let found = findings.find(|finding| finding.code() == code);
    found.expect("a finding")
}

/// The codes of a change to what is good.
fn changed(change: impl FnOnce(Complete) -> Complete) -> Vec<&'static str> {
    codes(&change(good()).deploy_check(&one(), good_routes))
}

fn mounted(listing: impl Fn(&mut Routes) + Send + Sync + 'static) -> Vec<&'static str> {
    codes(&with_people(good()).deploy_check(&one(), listing))
}

#[test]
fn a_good_configuration_has_nothing_against_it() {
    let report = good().deploy_check(&one(), good_routes);
    assert_eq!(codes(&report), [""; 0], "{report}");
    assert!(report.passes());
    let debug = report.findings().iter().map(|finding| finding.code());
    let expected = Vec::from_iter(cfg!(debug_assertions).then_some("debug-assertions"));
    assert_eq!(debug.collect::<Vec<_>>(), expected);
}

type Change = fn(Complete) -> Complete;

/// Each change, and the codes that come of it.
const CHANGES: &[(Change, &[&str])] = &[
    (
        |b| b.profile(Profile::Development),
        &["development-profile"],
    ),
    (
        |b| b.public_origin("http://api.example.com"),
        &["http-origin", "https-not-enforced"],
    ),
    (
        |b| b.cors_origins(["http://app.example.com"]),
        &["http-origin"],
    ),
    (|b| b.body_limit(0), &["setting-refused"]),
    (
        |b| b.unlisted_routes("  "),
        &["setting-refused", "unlisted-routes"],
    ),
    (
        |b| b.allowed_hosts(secure_runtime::Hosts::new(["a b"])),
        &["setting-refused"],
    ),
    (
        |b| b.previous_secret(ServerSecret::random()),
        &["previous-secret"],
    ),
    (|b| b.enforce_https(false), &["https-not-enforced"]),
    (
        |b| b.trusted_proxies([""; 0]),
        &["https-not-enforced", "no-trusted-proxies"],
    ),
    (
        |b| b.trusted_proxies([""; 0]).enforce_https(true),
        &["no-trusted-proxies"],
    ),
    (|b| b.hsts(hsts!("max-age=0")), &["hsts-off"]),
    (|b| b.hsts(hsts!("max-age=31535999")), &["hsts-short"]),
    (|b| b.hsts(hsts!("max-age=31536000")), &[]),
    (
        |b| b.cors(cors!(origins = ["https://app.example.com"])),
        &[],
    ),
    (|b| b.cors(cors!(origins = ["*"])), &["cors-any-origin"]),
    (|b| b.cors_origins(["*"]), &["cors-any-origin"]),
    (
        |b| b.csp(csp!("default-src 'none'; base-uri 'none'")),
        &["csp-incomplete"],
    ),
    (
        |b| {
            b.page_csp(csp!(
                "default-src 'none'; script-src 'nonce'; base-uri 'none'; form-action 'self'"
            ))
        },
        &["csp-incomplete"],
    ),
    (
        |b| {
            b.page_csp(csp!(
                "default-src 'none'; script-src 'nonce'; base-uri 'none'; frame-ancestors 'none'"
            ))
        },
        &["csp-incomplete"],
    ),
    // What is there, and limits nothing.
    (
        |b| {
            b.csp(csp!(
                "default-src 'none'; base-uri 'none'; frame-ancestors *"
            ))
        },
        &["csp-incomplete"],
    ),
    (
        |b| {
            b.csp(csp!(
                "default-src 'none'; base-uri 'none'; frame-ancestors https:"
            ))
        },
        &["csp-incomplete"],
    ),
    (|b| b.issuer("http://auth.example.com"), &["http-origin"]),
    (
        |b| b.public_origin("https://localhost:8443"),
        &["public-origin-local"],
    ),
    (
        |b| b.public_origin("https://app.localhost"),
        &["public-origin-local"],
    ),
    (
        |b| b.public_origin("https://127.0.0.1"),
        &["public-origin-local"],
    ),
    (
        |b| b.public_origin("https://[::1]:8443"),
        &["public-origin-local"],
    ),
    (|b| b.public_origin("https://localhost.example.com"), &[]),
    (
        |b| b.trusted_proxies(["0.0.0.0/1", "10.0.0.0/8", "128.0.0.0/1"]),
        &["proxies-wide", "proxies-wide"],
    ),
    (|b| b.trusted_proxies(["2000::/3"]), &["proxies-wide"]),
    (
        |b| b.trusted_proxies(["::ffff:0.0.0.0/97"]),
        &["proxies-wide"],
    ),
    (|b| b.trusted_proxies(["fc00::/7", "2001:db8::/32"]), &[]),
    (|b| b.body_limit(16 * 1024 * 1024 + 1), &["body-large"]),
    (|b| b.body_limit(16 * 1024 * 1024), &[]),
    (
        |b| b.body_deadline(Duration::from_secs(121)),
        &["body-slow"],
    ),
    (
        |b| {
            b.page_csp(csp!(
                "default-src 'none'; script-src 'nonce'; style-src 'unsafe-inline'; \
                 base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
                unsafe_inline_styles = "because the charts write style attributes"
            ))
        },
        &["csp-weak"],
    ),
    (
        |b| {
            b.csp(csp!(
                "base-uri 'none'; frame-ancestors 'none'",
                scripts_from_anywhere = "because it is no page"
            ))
        },
        &["csp-incomplete", "csp-weak"],
    ),
    (
        |b| b.csp_report_only(csp!("default-src 'none'; report-uri /csp")),
        &["csp-report-only"],
    ),
    (
        |b| b.page_csp_report_only(csp!("default-src 'none'; report-uri /csp")),
        &["csp-report-only"],
    ),
    (
        |b| b.access_token_lifetime(Duration::from_secs(901)),
        &["access-token-long"],
    ),
    (|b| b.access_token_lifetime(Duration::from_secs(900)), &[]),
    (
        |b| b.access_token_lifetime(Duration::from_secs(7200)),
        &["setting-refused", "access-token-long"],
    ),
    (|b| b.leeway(Duration::from_secs(31)), &["leeway-long"]),
    (
        |b| b.refresh_absolute_lifetime(Duration::from_secs(31 * 24 * 60 * 60)),
        &["sign-in-long"],
    ),
    (
        |b| b.revocation_bound(Duration::from_secs(11)),
        &["revocation-slow"],
    ),
    (
        |b| b.accept_unchecked_tokens_for(Duration::from_secs(1)),
        &["revocation-tolerance"],
    ),
    (dangerous::api_keys_in_query, &["api-keys-in-query"]),
    (dangerous::no_limits, &["no-limits"]),
    (
        |b| b.failed_sign_ins(limit!("100/10 minutes; 200/day")),
        &["account-limits-weak"],
    ),
    (
        |b| b.account_mails(limit!("51/day")),
        &["account-limits-weak"],
    ),
    (
        |b| b.accounts(People::default(), cheap_passwords()),
        &["cheap-hashes"],
    ),
    (
        |b| {
            let passwords = Passwords::builder(Argon2Params::default());
            let passwords = dangerous::bcrypt_truncating(passwords).build();
            b.accounts(People::default(), passwords)
        },
        &["bcrypt-truncated"],
    ),
    (
        |b| {
            let idle = SessionSettings::new().idle(Duration::from_secs(31 * 60));
            with_people(b).sessions(idle)
        },
        &["session-idle-long"],
    ),
    (
        |b| {
            let long = SessionSettings::new().absolute(Duration::from_secs(13 * 60 * 60));
            with_people(b).sessions(long)
        },
        &["session-long"],
    ),
    (
        |b| {
            let cookie = cookie!("__Host-embedded; Path=/; Secure; HttpOnly; SameSite=None");
            with_people(b).sessions(SessionSettings::new().cookie(cookie))
        },
        &["session-cross-site"],
    ),
    (
        |b| {
            let cookie =
                cookie!("__Secure-app; Path=/; Secure; HttpOnly; SameSite=Lax; Domain=example.com");
            with_people(b).sessions(SessionSettings::new().cookie(cookie))
        },
        &["session-cookie-unbound"],
    ),
    (|b| with_people(b).sessions(SessionSettings::new()), &[]),
    // There is none, and nobody makes it to look at it.
    (
        |b| b.uploads(UploadSettings::new("/nonexistent/uploads")),
        &["uploads-unscanned"],
    ),
    (
        |b| {
            b.uploads(
                UploadSettings::new("/nonexistent/uploads").scanner(Clamd::tcp("scanner:3310")),
            )
        },
        &[],
    ),
    // As every folder of the system is: everybody looks into it.
    (
        |b| b.uploads(UploadSettings::new("/usr").scanner(Clamd::tcp("scanner:3310"))),
        &["uploads-folder-open"],
    ),
    (
        |b| b.uploads(UploadSettings::new("/nonexistent/uploads").scan_deadline(Duration::ZERO)),
        &["setting-refused", "uploads-unscanned"],
    ),
    (
        |b| b.unlisted_routes("because the old API moves in spring"),
        &["unlisted-routes"],
    ),
];

#[test]
fn each_change_of_the_settings_is_found() {
    for (at, (change, expected)) in CHANGES.iter().enumerate() {
        assert_eq!(&changed(change), expected, "change {at}");
    }
}

/// What starts from less than everything.
fn lacking() -> Vec<(Vec<&'static str>, &'static [&'static str])> {
    let check = |builder: Complete| codes(&builder.deploy_check(&one(), good_routes));
    let store = |builder: Complete| with_store(builder.trusted_proxies(["10.0.0.0/8"]));
    vec![
        (check(without_store()), &["memory-store"]),
        (
            check(store(bare()).allowed_hosts(hosts!("api.example.com"))),
            &[
                "public-origin-missing",
                "https-not-enforced",
                "hsts-without-subdomains",
            ],
        ),
        (
            check(store(bare())),
            &[
                "public-origin-missing",
                "every-host",
                "https-not-enforced",
                "hsts-without-subdomains",
            ],
        ),
        (
            check(
                with_store(bare())
                    .public_origin("https://api.example.com")
                    .enforce_https(true),
            ),
            &["no-trusted-proxies", "hsts-off"],
        ),
        (
            check(
                store(bare())
                    .public_origin("https://api.example.com")
                    .public_https(),
            ),
            &["hsts-without-subdomains"],
        ),
    ]
}

#[test]
fn what_is_not_there_is_found() {
    for (found, expected) in lacking() {
        assert_eq!(found, expected);
    }
    // A server with TLS of its own needs no proxy, and sends HSTS itself.
    let builder = with_store(bare().public_origin("https://api.example.com"))
        .hsts_include_subdomains()
        .enforce_https(true);
    let report = builder.deploy_check(&one().with_tls(), good_routes);
    assert_eq!(codes(&report), [""; 0], "{report}");
}

#[test]
fn instances_that_share_nothing_are_found() {
    let of = |builder: Complete, deployment: Deployment| {
        codes(&builder.deploy_check(&deployment, good_routes))
    };
    assert_eq!(of(good(), Deployment::new()), ["one-instance"]);
    assert_eq!(of(good(), Deployment::new().instances(1)), [""; 0]);
    let several = || Deployment::new().instances(2);
    assert_eq!(of(good(), several()), ["instances-apart"]);
    assert_eq!(
        of(without_store(), several()),
        ["memory-store", "instances-apart"]
    );
    let alone = secure_runtime::limit::InProcess::default();
    assert_eq!(of(good().limiter(alone), several()), ["instances-apart"]);
    let limiter = || {
        let url = "rediss://limits.internal";
        RedisLimiter::lazy(url, WhenDown::CountHere).expect("an address")
    };
    assert_eq!(of(good().limiter(limiter()), several()), [""; 0]);
    assert_eq!(
        of(without_store().limiter(limiter()), several()),
        ["memory-store", "instances-apart"]
    );
}

#[test]
fn what_is_weak_about_the_redis_of_limits_is_found() {
    let of = |url: &str, when_down| {
        let limiter = RedisLimiter::lazy(url, when_down).expect("an address");
        codes(&good().limiter(limiter).deploy_check(&one(), good_routes))
    };
    for url in [
        "redis://:hunter2@limits.internal",
        "redis://10.0.0.7:6379",
        "redis://127.0.0.1.example.com",
        "redis://[2001:db8::1]:6379",
    ] {
        assert_eq!(of(url, WhenDown::CountHere), ["limits-plain"], "{url}");
    }
    for url in [
        "rediss://:hunter2@limits.internal",
        "redis://127.0.0.1",
        "redis://[::1]:6379",
        "redis://localhost:6379/0",
        "redis+unix:///run/redis.sock",
    ] {
        assert_eq!(of(url, WhenDown::FailClosed), [""; 0], "{url}");
        assert_eq!(of(url, WhenDown::FailOpen), ["limits-fail-open"], "{url}");
    }
}

#[test]
fn what_routes_say_with_a_reason_is_a_notice() {
    type Listing = fn(&mut Routes);
    let routes: [(Listing, &str, &str); 6] = [
        (
            |routes| {
                routes.service(embedded);
            },
            "route-csrf-off",
            "POST /embedded (`embedded`): because the partner's pages post to it",
        ),
        (
            |routes| {
                routes.service(beacon);
            },
            "route-unlimited",
            "POST /beacons (`beacon`): because the gateway counts them",
        ),
        (
            |routes| {
                routes.service(probe);
            },
            "route-any-host",
            "GET /probe (`probe`): because the balancer asks by address",
        ),
        (
            |routes| {
                routes.service(echo);
            },
            "route-unvalidated",
            "GET /echo/{text} (`echo`): because it is only echoed",
        ),
        (
            |routes| {
                let metrics = web::resource("/metrics").to(HttpResponse::Ok);
                routes.service(unchecked("because the port is closed outside", metrics));
            },
            "route-unchecked",
            "/…: because the port is closed outside",
        ),
        (
            |routes| {
                routes.scope("/old", |old| {
                    let files = web::resource("/files").to(HttpResponse::Ok);
                    old.service(unchecked("because they are public", files));
                });
            },
            "route-unchecked",
            "/old/…: because they are public",
        ),
    ];
    for (listing, code, what) in routes {
        let builder = with_people(good()).sessions(SessionSettings::new());
        let report = builder.deploy_check(&one(), listing);
        assert_eq!(codes(&report), [code]);
        assert!(report.passes(), "{report}");
        assert_eq!(the(&report, code).what(), what);
    }
}

#[test]
fn the_password_grant_is_found_and_accepted_with_a_reason() {
    let listing = |routes: &mut Routes| {
        routes.scope("/auth", |auth| {
            auth.service(oauth::legacy::token);
        });
    };
    assert_eq!(mounted(listing), ["password-grant"]);
    let other = |routes: &mut Routes| {
        routes.service(oauth::token);
    };
    assert_eq!(mounted(other), [""; 0]);

    let people = People::default();
    let builder = good()
        .accounts(people, Passwords::new(Argon2Params::default()))
        .accept_finding("password-grant", "because of the old phones");
    let report = builder.deploy_check(&one(), listing);
    assert!(report.passes(), "{report}");
    let finding = the(&report, "password-grant");
    assert_eq!(finding.level(), Level::Notice);
    assert_eq!(
        finding.accepted_because(),
        Some("because of the old phones")
    );
    assert_eq!(
        finding.what(),
        "`oauth::legacy::token` is mounted at /auth/token"
    );
}

#[test]
fn routes_that_do_not_start_are_found_once_whatever_else_is_wrong() {
    let listing = |routes: &mut Routes| {
        routes.service(health).service(health);
    };
    assert_eq!(
        codes(&good().deploy_check(&one(), listing)),
        ["routes-refused"]
    );
    let needy = |routes: &mut Routes| {
        routes.service(oauth::legacy::token);
    };
    let report = good().deploy_check(&one(), needy);
    assert!(codes(&report).contains(&"routes-refused"), "{report}");
    let both = good().body_limit(0).deploy_check(&one(), listing);
    let mut found = codes(&both);
    found.sort_unstable();
    assert_eq!(found, ["routes-refused", "setting-refused"]);
}

#[test]
fn an_error_is_accepted_by_no_reason() {
    let builder = good()
        .body_limit(0)
        .accept_finding("setting-refused", "because");
    assert!(!builder.deploy_check(&one(), good_routes).passes());
    let builder = good().leeway(Duration::from_secs(31));
    let builder = builder.accept_finding("leeway-long", " ");
    assert!(!builder.deploy_check(&one(), good_routes).passes());
}

#[test]
fn each_code_is_provoked_by_a_test() {
    // Those of the environment, in `tests/accounts/deploy.rs`, of which each has its case there.
    let elsewhere = [
        "secret-missing",
        "secret-refused",
        "issuer-missing",
        "unknown-variable",
    ];
    // By the tests above that have no table.
    let above = [
        "routes-refused",
        "instances-apart",
        "one-instance",
        "limits-plain",
        "limits-fail-open",
        "password-grant",
        "route-csrf-off",
        "route-unlimited",
        "route-any-host",
        "route-unvalidated",
        "route-unchecked",
        "debug-assertions",
    ];
    let mut provoked: BTreeSet<&str> = elsewhere.into_iter().chain(above).collect();
    provoked.extend(CHANGES.iter().flat_map(|(_, codes)| codes.iter()));
    provoked.extend(lacking().iter().flat_map(|(_, codes)| codes.iter()));
    let known: BTreeSet<&str> = checks().iter().map(|check| check.code()).collect();
    assert_eq!(known.len(), checks().len(), "a code is there twice");
    assert_eq!(provoked, known);
}

/// The page's entries: each code with the text below it.
fn page() -> Vec<(String, String)> {
    let path = FilePath::new(env!("CARGO_MANIFEST_DIR")).join("../docs/deploy-checks.md");
    let text = fs::read_to_string(path).expect("the page");
    let entries = text.split("\n### `").skip(1);
    let entries = entries.map(|entry| {
        let (code, rest) = entry.split_once("`\n").expect("a code");
        let rest = rest.split("\n## ").next().expect("a text");
        let words: Vec<_> = rest.split_whitespace().collect();
        (code.to_owned(), words.join(" "))
    });
    entries.collect()
}

#[test]
fn the_page_has_every_code_and_no_other() {
    let page = page();
    let documented: Vec<&str> = page.iter().map(|(code, _)| code.as_str()).collect();
    let ours: Vec<&str> = documented
        .iter()
        .copied()
        .filter(|code| !code.starts_with("accounts-"))
        .collect();
    let known: Vec<&str> = checks().iter().map(|check| check.code()).collect();
    assert_eq!(ours, known);
    for check in checks() {
        let (_, text) = page
            .iter()
            .find(|(code, _)| code == check.code())
            .expect("an entry");
        for part in [
            format!("*{}*", check.level()),
            format!("**Why:** {}.", check.reason()),
            format!("**Mend:** {}.", check.fix()),
        ] {
            assert!(text.contains(&part), "`{}` lacks: {part}", check.code());
        }
    }
}
