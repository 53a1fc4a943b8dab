mod app_limits;
mod edge;
mod limits;
mod managed;

use super::*;

const SECRET: &str = "q83vEjRWeJC6mHZUMhDerb7v/+7dzLuqmYh3ZlVEMyI=";

fn read_from(variables: &[(&str, &str)]) -> Result<crate::Security, SettingsError> {
    draft(variables, Purpose::Start).finish()?.build()
}

fn draft(variables: &[(&str, &str)], purpose: Purpose) -> Draft {
    let find = |name: &str| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found
            .map(|(_, value)| (*value).to_owned())
            .ok_or(VarError::NotPresent)
    };
    let all = variables
        .iter()
        .map(|(name, value)| (name.into(), value.into()));
    read(find, all, &Loaded::default(), purpose)
}

fn findings(variables: &[(&str, &str)]) -> Vec<String> {
    match read_from(variables) {
        Ok(_) => Vec::new(),
        Err(error) => error.findings().to_vec(),
    }
}

#[test]
fn development_needs_nothing() {
    let security = read_from(&[("SECURE_PROFILE", "development")]).expect("settings");
    assert_eq!(security.profile(), Profile::Development);
    assert!(security.state.ephemeral_key);
}

#[test]
fn production_needs_key_issuer_and_audience() {
    let found = findings(&[("SECURE_PROFILE", "production")]);
    assert_eq!(found.len(), 3, "{found:?}");
    let complete = [
        ("SECURE_PROFILE", "production"),
        ("SECURE_SECRET", SECRET),
        ("SECURE_ISSUER", "https://auth.example.com"),
        ("SECURE_AUDIENCE", "https://api.example.com"),
    ];
    let security = read_from(&complete).expect("settings");
    assert_eq!(security.profile(), Profile::Production);
    assert_eq!(
        security.access_tokens().lifetime(),
        Duration::from_secs(600)
    );
}

#[test]
fn every_finding_at_once_and_no_secret_among_them() {
    let weak = "c2hvcnQtc2VjcmV0";
    let found = findings(&[
        ("SECURE_PROFILE", "production"),
        ("SECURE_SECRET", weak),
        ("SECURE_ACCESS_TOKEN_LIFETIME", "forever"),
        ("SECURE_BODY_LIMIT", "1 MB!"),
        ("SECURE_PUBLIC_ORIGIN", "http://example.com"),
        ("SECURE_HSTS_SUBDOMAINS", "yes"),
    ]);
    assert_eq!(found.len(), 7, "{found:?}");
    assert!(found.iter().all(|finding| !finding.contains(weak)));
}

#[test]
fn a_misspelt_variable_is_found() {
    let found = findings(&[("SECURE_PROFILE", "development"), ("SECURE_ISUER", "x")]);
    assert_eq!(
        found,
        ["`SECURE_ISUER` is no setting; did you mean `SECURE_ISSUER`?"]
    );
}

#[test]
fn an_unknown_profile_is_refused() {
    let found = findings(&[("SECURE_PROFILE", "prod")]);
    assert!(found[0].contains("`prod` is no profile"), "{found:?}");
}

#[test]
fn a_secret_stands_in_one_place() {
    let found = findings(&[
        ("SECURE_PROFILE", "development"),
        ("SECURE_SECRET", SECRET),
        ("SECURE_SECRET_FILE", "/nowhere"),
    ]);
    assert_eq!(found.len(), 1);
    let found = findings(&[
        ("SECURE_PROFILE", "development"),
        ("SECURE_SECRET_FILE", "/nowhere/at/all"),
    ]);
    assert!(found[0].contains("cannot be read"), "{found:?}");
}

#[test]
fn policies_of_headers_are_read() {
    let security = read_from(&[
        ("SECURE_PROFILE", "development"),
        ("SECURE_CSP", "default-src  'none'"),
        ("SECURE_CSP_REPORT_ONLY", "default-src 'self'"),
        (
            "SECURE_PAGE_CSP",
            "default-src 'none'; script-src 'nonce'; base-uri 'none'",
        ),
        ("SECURE_PERMISSIONS_POLICY", "camera=self"),
        ("SECURE_HSTS", "max-age=86400"),
    ]);
    let security = security.expect("settings");
    let settings = security.state.headers().settings();
    assert_eq!(settings.csp.to_string(), "default-src 'none'");
    let report_only = settings.csp_report_only.as_ref().expect("a policy");
    assert_eq!(report_only.to_string(), "default-src 'self'");
    assert_eq!(
        settings.page_csp.to_string(),
        "default-src 'none'; script-src 'nonce'; base-uri 'none'"
    );
    assert_eq!(settings.permissions_policy.to_string(), "camera=(self)");
    assert_eq!(settings.hsts.to_string(), "max-age=86400");
    assert!(!settings.production);
}

#[test]
fn policies_of_headers_that_cannot_be_meant_are_found() {
    let found = findings(&[
        ("SECURE_PROFILE", "development"),
        ("SECURE_CSP", "default-src self"),
        (
            "SECURE_CSP_REPORT_ONLY",
            "default-src 'none'; script-src 'nonce'; base-uri 'none'",
        ),
        ("SECURE_PAGE_CSP", "default-src 'unsafe-inline'"),
        ("SECURE_PERMISSIONS_POLICY", "camera 'none'"),
        ("SECURE_HSTS", "max-age=63072000; preload"),
    ]);
    let expected = [
        "`SECURE_CSP`: unquoted `self` in content security policy",
        "`SECURE_CSP_REPORT_ONLY`: nonce in a content security policy of every response",
        "`SECURE_PAGE_CSP`: `'unsafe-inline'` in `default-src` lets any inline script run",
        "`SECURE_PERMISSIONS_POLICY`: no `=` after `camera`",
        "`SECURE_HSTS`: the preload list takes no host without its subdomains",
    ];
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (finding, expected) in found.iter().zip(expected) {
        assert!(finding.starts_with(expected), "{finding}");
    }
}

#[test]
fn proxies_are_a_list_and_their_header_is_named() {
    let security = read_from(&[
        ("SECURE_PROFILE", "development"),
        (
            "SECURE_TRUSTED_PROXIES",
            "10.0.0.0/8, 192.0.2.1 ,2001:db8::/32",
        ),
        ("SECURE_FORWARDED_HEADER", "Forwarded"),
    ]);
    let security = security.expect("settings");
    let client = |peer: &str| {
        let lines = || vec![&b"for=203.0.113.9"[..]];
        let peer = peer.parse().expect("an address");
        let client = security.state.proxies().client(peer, lines);
        client.expect("an address").to_string()
    };
    for trusted in ["10.1.2.3", "192.0.2.1", "2001:db8::7"] {
        assert_eq!(client(trusted), "203.0.113.9", "{trusted}");
    }
    assert_eq!(client("192.0.2.2"), "192.0.2.2");
    assert_eq!(security.state.proxies().header(), "forwarded");
}

#[test]
fn no_proxy_is_trusted_by_default() {
    let blank = ("SECURE_TRUSTED_PROXIES", " ");
    let security = read_from(&[("SECURE_PROFILE", "development"), blank]);
    let security = security.expect("settings");
    let proxies = security.state.proxies();
    let peer = [127, 0, 0, 1].into();
    let client = proxies.client(peer, || panic!("the header was read"));
    assert_eq!(client, Some(peer));
    assert_eq!(proxies.header(), "x-forwarded-for");
}

#[test]
fn proxies_that_cannot_be_meant_are_found() {
    let found = findings(&[
        ("SECURE_PROFILE", "development"),
        ("SECURE_TRUSTED_PROXIES", "10.0.0.1/8,,0.0.0.0/0"),
        ("SECURE_FORWARDED_HEADER", "x-real-ip"),
    ]);
    let [proxies, header] = &found[..] else {
        panic!("two findings: {found:?}")
    };
    assert!(proxies.starts_with("`SECURE_TRUSTED_PROXIES`: `10.0.0.1/8` is an address"));
    assert!(proxies.contains("`` is no network"), "{proxies}");
    assert!(
        proxies.contains("`0.0.0.0/0` trusts everybody"),
        "{proxies}"
    );
    assert!(header.contains("`x-real-ip` is neither"), "{header}");
}

#[test]
fn previous_secrets_are_a_list() {
    let other = "HXV61v0yP3CHaPFD9vLqz1uUj9N1sFFUS5IBBDnbGHw=";
    let list = format!("{other}, {SECRET}");
    let read = draft(
        &[
            ("SECURE_PROFILE", "development"),
            ("SECURE_PREVIOUS_SECRET", &list),
        ],
        Purpose::Start,
    );
    let builder = read.finish().expect("settings");
    let mut count = 0;
    let _ = builder.with_options(|options| count = options.tokens.previous_secrets.len());
    assert_eq!(count, 2);

    let with_a_gap = format!("{other},,{SECRET}");
    let found = findings(&[
        ("SECURE_PROFILE", "development"),
        ("SECURE_PREVIOUS_SECRET", &with_a_gap),
    ]);
    assert!(found[0].contains("`SECURE_PREVIOUS_SECRET`: the secret is empty"));
    assert!(!found[0].contains(other) && !found[0].contains(SECRET));
}

#[test]
fn a_draft_is_judged_as_production_and_has_every_finding() {
    let read = draft(
        &[
            ("SECURE_PROFILE", "development"),
            ("SECURE_PUBLIC_ORIGIN", "http://example.com"),
        ],
        Purpose::Check,
    );
    assert_eq!(read.findings.len(), 4, "{:?}", read.findings);
    assert!(!read.builder.is_production());
}

#[test]
fn findings_are_accepted_with_a_reason() {
    let read = |text: &str| {
        let variable = [
            ("SECURE_PROFILE", "development"),
            ("SECURE_ACCEPTED_FINDINGS", text),
        ];
        let mut accepted = Vec::new();
        let builder = draft(&variable, Purpose::Start).finish()?;
        let _ = builder.with_options(|options| accepted.clone_from(&options.accepted));
        Ok::<_, SettingsError>(accepted)
    };
    let pair = |code: &str, because: &str| (code.to_owned(), because.to_owned());
    assert_eq!(
        read("hsts-short: until March; memory-store:one node: no state ;").expect("settings"),
        [
            pair("hsts-short", "until March"),
            pair("memory-store", "one node: no state")
        ]
    );
    for without in ["hsts-short", "hsts-short:", "a: b; hsts-short: "] {
        let refused = read(without).expect_err("no reason").to_string();
        assert!(
            refused.contains("`hsts-short` gives no reason"),
            "{refused}"
        );
    }
}
