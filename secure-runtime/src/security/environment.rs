//! Settings from the environment.

mod reader;

use std::{env::VarError, ffi::OsString, fmt, str::FromStr, time::Duration};

use secure_grammar::{
    AllowedOrigin, GrammarError, HostPattern, Origin, parse_duration, parse_size,
};

use super::{CompleteBuilder, Profile, Security};
use crate::{
    ForwardedHeader, Hosts, ServerSecret,
    edge::{Csp, Hsts, PageCsp, PermissionsPolicy, ProxySettings},
    token::{Hs256Key, KeyRing, TokenSettings, keys::SigningKey},
};
use reader::Reader;

/// Every variable that is read. Secrets may also stand in a file, named by `…_FILE`.
const VARIABLES: [&str; 29] = [
    "SECURE_PROFILE",
    "SECURE_SECRET",
    "SECURE_SECRET_FILE",
    "SECURE_PREVIOUS_SECRET",
    "SECURE_PREVIOUS_SECRET_FILE",
    "SECURE_KEYS",
    "SECURE_KEYS_FILE",
    "SECURE_ISSUER",
    "SECURE_AUDIENCE",
    "SECURE_ACCESS_TOKEN_LIFETIME",
    "SECURE_LEEWAY",
    "SECURE_REFRESH_IDLE_LIFETIME",
    "SECURE_REFRESH_ABSOLUTE_LIFETIME",
    "SECURE_REFRESH_GRACE",
    "SECURE_REVOCATION_BOUND",
    "SECURE_JWKS_MAX_AGE",
    "SECURE_BODY_LIMIT",
    "SECURE_PUBLIC_ORIGIN",
    "SECURE_HSTS_SUBDOMAINS",
    "SECURE_TRUSTED_PROXIES",
    "SECURE_FORWARDED_HEADER",
    "SECURE_ALLOWED_HOSTS",
    "SECURE_ENFORCE_HTTPS",
    "SECURE_CORS_ORIGINS",
    "SECURE_CSP",
    "SECURE_CSP_REPORT_ONLY",
    "SECURE_PAGE_CSP",
    "SECURE_PERMISSIONS_POLICY",
    "SECURE_HSTS",
];

/// Variables with this beginning steer the project's own tests.
const TEST_PREFIX: &str = "SECURE_TEST_";

/// Why the settings were refused: everything that is wrong. It never shows a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct SettingsError {
    findings: Vec<String>,
}

impl SettingsError {
    pub(super) fn new(findings: Vec<String>) -> Self {
        Self { findings }
    }

    /// What is wrong, one sentence each.
    pub fn findings(&self) -> &[String] {
        &self.findings
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the security settings are refused:")?;
        for finding in &self.findings {
            write!(f, "\n  - {finding}")?;
        }
        Ok(())
    }
}

/// The same as `Display`: what `main` returns is printed with `Debug`.
impl fmt::Debug for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for SettingsError {}

/// Reads the settings. `variable` looks one up; `all` lists them, so that a misspelt one is found.
pub(super) fn read(
    variable: impl Fn(&str) -> Result<String, VarError>,
    all: impl Iterator<Item = (OsString, OsString)>,
) -> Result<CompleteBuilder, SettingsError> {
    let mut reader = Reader::new(variable);
    for (name, _) in all {
        reader.known(&name.to_string_lossy());
    }
    let profile = reader.profile();
    let production = profile == Profile::Production;

    let (secret, previous) = reader.secrets(production);
    let keys = reader.keys();
    let issuer = reader.required("SECURE_ISSUER", production, "https://auth.example.com");
    let audience = reader.required("SECURE_AUDIENCE", production, "https://api.example.com");
    let mut duration = |name| reader.parsed(name, duration);
    let durations = Durations {
        access_token: duration("SECURE_ACCESS_TOKEN_LIFETIME"),
        leeway: duration("SECURE_LEEWAY"),
        refresh_idle: duration("SECURE_REFRESH_IDLE_LIFETIME"),
        refresh_absolute: duration("SECURE_REFRESH_ABSOLUTE_LIFETIME"),
        refresh_grace: duration("SECURE_REFRESH_GRACE"),
        revocation_bound: duration("SECURE_REVOCATION_BOUND"),
        jwks_max_age: duration("SECURE_JWKS_MAX_AGE"),
    };
    let body_limit = reader.parsed("SECURE_BODY_LIMIT", |text| {
        let bytes = parse_size(text).map_err(|error| error.to_string())?;
        usize::try_from(bytes).map_err(|_| "more than this machine can address".to_owned())
    });
    let public_origin = reader.parsed("SECURE_PUBLIC_ORIGIN", |text| {
        public_origin(text, production).map(|origin| (text.to_owned(), origin.is_https()))
    });
    let subdomains = reader.parsed("SECURE_HSTS_SUBDOMAINS", flag);
    let proxies = ProxySettings {
        networks: reader
            .parsed("SECURE_TRUSTED_PROXIES", networks)
            .unwrap_or_default(),
        header: reader
            .parsed("SECURE_FORWARDED_HEADER", forwarded_header)
            .unwrap_or_default(),
    };
    let hosts = reader.parsed("SECURE_ALLOWED_HOSTS", entries::<HostPattern>);
    let enforce_https = reader.parsed("SECURE_ENFORCE_HTTPS", flag);
    let origins = reader.parsed("SECURE_CORS_ORIGINS", entries::<AllowedOrigin>);
    let csp = reader.parsed("SECURE_CSP", |text| policy(Csp::parse(text)));
    let csp_report_only = reader.parsed("SECURE_CSP_REPORT_ONLY", |text| policy(Csp::parse(text)));
    let page_csp = reader.parsed("SECURE_PAGE_CSP", |text| policy(PageCsp::parse(text)));
    let permissions_policy = reader.parsed("SECURE_PERMISSIONS_POLICY", |text| {
        policy(PermissionsPolicy::parse(text))
    });
    let hsts = reader.parsed("SECURE_HSTS", |text| policy(Hsts::parse(text)));
    if !reader.findings.is_empty() {
        return Err(SettingsError::new(reader.findings));
    }

    if secret.is_none() && keys.is_some() {
        tracing::warn!(
            "there are `SECURE_KEYS` and no `SECURE_SECRET`: refresh tokens end with this process"
        );
    }
    let ephemeral_key = secret.is_none() && keys.is_none();
    let secret = secret.unwrap_or_else(ServerSecret::random);
    let (keys, key_file) = keys.unwrap_or_else(|| (ring_of(&secret, &previous), None));
    let stand_in = || "urn:secure-runtime:development".to_owned();
    Ok(Security::builder()
        .issuer(issuer.unwrap_or_else(stand_in))
        .audience(audience.unwrap_or_else(stand_in))
        .signing_key(keys)
        .secret(secret)
        .profile(profile)
        .with_options(|options| {
            options.ephemeral_key = ephemeral_key;
            options.announce = !production;
            options.key_file = key_file;
            let headers = &mut options.headers;
            headers.subdomains = subdomains.unwrap_or(false);
            headers.csp = csp.unwrap_or(headers.csp.clone());
            headers.csp_report_only = csp_report_only;
            headers.page_csp = page_csp.unwrap_or(headers.page_csp.clone());
            headers.permissions_policy =
                permissions_policy.unwrap_or(headers.permissions_policy.clone());
            headers.hsts = hsts.unwrap_or(headers.hsts.clone());
            options.proxies = proxies;
            options.edge.more_hosts = hosts.map(Hosts::new);
            options.edge.enforce_https = enforce_https;
            options.edge.cors_origins = origins.unwrap_or_default();
            options.body_limit = body_limit.unwrap_or(options.body_limit);
            if let Some((origin, is_https)) = public_origin {
                options.headers.public_https = is_https;
                options.public_origin = Some(origin);
            }
            let tokens = &mut options.tokens;
            tokens.previous_secrets = previous;
            durations.write(tokens);
        }))
}

/// The lifetimes that are set.
struct Durations {
    access_token: Option<Duration>,
    leeway: Option<Duration>,
    refresh_idle: Option<Duration>,
    refresh_absolute: Option<Duration>,
    refresh_grace: Option<Duration>,
    revocation_bound: Option<Duration>,
    jwks_max_age: Option<Duration>,
}

impl Durations {
    fn write(&self, tokens: &mut TokenSettings) {
        let settings = [
            (self.access_token, &mut tokens.lifetime),
            (self.leeway, &mut tokens.leeway),
            (self.refresh_idle, &mut tokens.refresh.idle),
            (self.refresh_absolute, &mut tokens.refresh.absolute),
            (self.refresh_grace, &mut tokens.refresh.grace),
            (self.revocation_bound, &mut tokens.revocation_bound),
            (self.jwks_max_age, &mut tokens.jwks_max_age),
        ];
        for (value, setting) in settings {
            *setting = value.unwrap_or(*setting);
        }
    }
}

/// The HMAC keys that the secrets stand for. A secret that is there twice counts once.
fn ring_of(secret: &ServerSecret, previous: &[ServerSecret]) -> KeyRing {
    let ring = KeyRing::new(Hs256Key::from_secret(secret));
    previous.iter().fold(ring, |ring, secret| {
        let key = SigningKey::from(Hs256Key::from_secret(secret));
        ring.clone().with_previous(key).unwrap_or(ring)
    })
}

fn duration(text: &str) -> Result<Duration, String> {
    match text {
        "0" => Ok(Duration::ZERO),
        text => parse_duration(text).map_err(|error| error.to_string()),
    }
}

/// Where browsers come to.
pub(super) fn public_origin(text: &str, production: bool) -> Result<Origin, String> {
    let origin: Origin = text
        .parse()
        .map_err(|error: GrammarError| error.to_string())?;
    match production && !origin.is_https() {
        true => Err("production is reached by `https`".to_owned()),
        false => Ok(origin),
    }
}

/// The entries of a list with commas, each of which has to be a `T`.
fn entries<T: FromStr<Err = GrammarError>>(text: &str) -> Result<Vec<String>, String> {
    let entries = text.split(',').map(str::trim);
    let entries = entries.map(|entry| match entry.parse::<T>() {
        Ok(_) => Ok(entry.to_owned()),
        Err(error) => Err(error.to_string()),
    });
    entries.collect()
}

/// What the grammar says about the policy of a header.
fn policy<T>(parsed: Result<T, GrammarError>) -> Result<T, String> {
    parsed.map_err(|error| error.to_string())
}

/// The networks of a list with commas.
fn networks(text: &str) -> Result<Vec<String>, String> {
    let networks = text.split(',').map(|network| network.trim().to_owned());
    let settings = ProxySettings {
        networks: networks.collect(),
        ..ProxySettings::default()
    };
    match settings.check() {
        (_, findings) if findings.is_empty() => Ok(settings.networks),
        (_, findings) => Err(findings.join("; ")),
    }
}

fn forwarded_header(text: &str) -> Result<ForwardedHeader, String> {
    match text.to_ascii_lowercase().as_str() {
        "x-forwarded-for" => Ok(ForwardedHeader::XForwardedFor),
        "forwarded" => Ok(ForwardedHeader::Forwarded),
        _ => Err(format!(
            "`{text}` is neither `x-forwarded-for` nor `forwarded`"
        )),
    }
}

fn flag(text: &str) -> Result<bool, String> {
    match text {
        "1" | "true" => Ok(true),
        "0" | "false" => Ok(false),
        other => Err(format!("`{other}` is neither `1` nor `0`")),
    }
}

#[cfg(test)]
mod tests {
    mod edge;

    use super::*;

    const SECRET: &str = "q83vEjRWeJC6mHZUMhDerb7v/+7dzLuqmYh3ZlVEMyI=";

    fn read_from(variables: &[(&str, &str)]) -> Result<crate::Security, SettingsError> {
        let find = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found
                .map(|(_, value)| (*value).to_owned())
                .ok_or(VarError::NotPresent)
        };
        let all = variables
            .iter()
            .map(|(name, value)| (name.into(), value.into()));
        read(find, all)?.build()
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
}
