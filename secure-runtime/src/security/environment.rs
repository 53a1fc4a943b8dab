//! Settings from the environment.

mod limits;
mod reader;

use std::{env::VarError, ffi::OsString, fmt, str::FromStr, time::Duration};

use secure_grammar::{
    AllowedOrigin, GrammarError, HostPattern, Origin, parse_duration, parse_quotas, parse_size,
};

use super::{CompleteBuilder, Profile, Security};
use crate::{
    ForwardedHeader, Hosts, ServerSecret,
    account::limits::AccountLimit,
    app_limits,
    edge::{Csp, Hsts, PageCsp, PermissionsPolicy, ProxySettings},
    in_flight::InFlightSettings,
    settings::Loaded,
    token::{Hs256Key, KeyRing, TokenSettings, keys::SigningKey},
};
use reader::Reader;

/// Every variable that is read. Secrets may also stand in a file, named by `…_FILE`.
const VARIABLES: [&str; 42] = [
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
    "SECURE_APP_LIMITS",
    "SECURE_MOST_IN_FLIGHT",
    "SECURE_MOST_IN_FLIGHT_FROM_ONE_CLIENT",
    "SECURE_LIMITS_URL",
    "SECURE_LIMITS_URL_FILE",
    "SECURE_LIMITS_WHEN_DOWN",
    "SECURE_LIMITS_PREFIX",
    "SECURE_LIMITS_MEMORY",
    "SECURE_ACCEPTED_FINDINGS",
    "SECURE_FAILED_SIGN_INS",
    "SECURE_ACCOUNT_MAILS",
    "SECURE_FAILED_LINKS",
    "SECURE_DANGEROUS_NO_LIMITS",
];

/// Those of them that a secret manager is asked for.
pub(super) const SECRETS: [&str; 4] = [
    "SECURE_SECRET",
    "SECURE_PREVIOUS_SECRET",
    "SECURE_KEYS",
    "SECURE_LIMITS_URL",
];

/// Variables with this beginning steer the project's own tests.
const TEST_PREFIX: &str = "SECURE_TEST_";

/// Why the settings were refused: everything that is wrong. It never shows a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct SettingsError {
    findings: Vec<String>,
}

impl SettingsError {
    pub(crate) fn new(findings: Vec<String>) -> Self {
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

/// What the settings are read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To start with them.
    Start,
    /// To say what production would refuse, in whichever world they are meant for.
    Check,
}

/// A builder from the settings, and what is wrong with them. In place of what is wrong there are stand-ins.
pub(super) struct Draft {
    pub(super) builder: CompleteBuilder,
    pub(super) findings: Vec<String>,
}

impl Draft {
    /// The builder, where nothing is wrong.
    pub(super) fn finish(self) -> Result<CompleteBuilder, SettingsError> {
        match self.findings.is_empty() {
            true => Ok(self.builder),
            false => Err(SettingsError::new(self.findings)),
        }
    }
}

/// Reads the settings of this process.
pub(super) fn read_env(loaded: &Loaded, purpose: Purpose) -> Draft {
    read(
        |name| std::env::var(name),
        std::env::vars_os(),
        loaded,
        purpose,
    )
}

/// Reads the settings. `variable` looks one up; `all` lists them, so that a misspelt one is found. `loaded`
/// is what a secret manager has.
pub(super) fn read(
    variable: impl Fn(&str) -> Result<String, VarError>,
    all: impl Iterator<Item = (OsString, OsString)>,
    loaded: &Loaded,
    purpose: Purpose,
) -> Draft {
    let mut reader = Reader::new(variable, loaded);
    for (name, _) in all {
        reader.known(&name.to_string_lossy());
    }
    let profile = reader.profile();
    let production = profile == Profile::Production || purpose == Purpose::Check;

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
    let app_limit = reader.parsed("SECURE_APP_LIMITS", |text| {
        app_limits::parse(text).map_err(|error| error.to_string())
    });
    let in_flight = InFlightSettings {
        most: reader.parsed("SECURE_MOST_IN_FLIGHT", at_least_one),
        from_one_client: reader.parsed("SECURE_MOST_IN_FLIGHT_FROM_ONE_CLIENT", at_least_one),
    };
    let accepted = reader.parsed("SECURE_ACCEPTED_FINDINGS", accepted_findings);
    let mut quotas = |name| {
        reader.parsed(name, |text| {
            parse_quotas(text).map_err(|error| error.to_string())
        })
    };
    let account_limits = [
        (
            AccountLimit::FailedSignIns,
            quotas("SECURE_FAILED_SIGN_INS"),
        ),
        (AccountLimit::Mails, quotas("SECURE_ACCOUNT_MAILS")),
        (AccountLimit::FailedLinks, quotas("SECURE_FAILED_LINKS")),
    ];
    let no_limits = reader.parsed("SECURE_DANGEROUS_NO_LIMITS", flag);
    let limits_memory = limits::memory(&mut reader);
    let limiter = limits::limiter(&mut reader, limits_memory, purpose);
    let findings = reader.findings;

    if findings.is_empty() && secret.is_none() && keys.is_some() {
        tracing::warn!(
            "there are `SECURE_KEYS` and no `SECURE_SECRET`: refresh tokens end with this process"
        );
    }
    let ephemeral_key = secret.is_none() && keys.is_none();
    let secret = secret.unwrap_or_else(ServerSecret::random);
    let (keys, key_file) = keys.unwrap_or_else(|| (ring_of(&secret, &previous), None));
    let stand_in = || "urn:secure-runtime:development".to_owned();
    let builder = Security::builder()
        .issuer(issuer.unwrap_or_else(stand_in))
        .audience(audience.unwrap_or_else(stand_in))
        .signing_key(keys)
        .secret(secret)
        .profile(profile)
        .with_options(|options| {
            options.ephemeral_key = ephemeral_key;
            options.announce = !production;
            options.accepted = accepted.unwrap_or_default();
            if let Some(limit) = app_limit {
                options.app_limits.set_by_operator(limit);
            }
            options.in_flight_by_operator = in_flight;
            options.key_file = key_file;
            let headers = &mut options.headers;
            headers.subdomains = subdomains.unwrap_or(false);
            headers.csp = csp.unwrap_or(headers.csp.clone());
            headers.csp_report_only = csp_report_only;
            headers.page_csp = page_csp.unwrap_or(headers.page_csp.clone());
            headers.permissions_policy =
                permissions_policy.unwrap_or(headers.permissions_policy.clone());
            headers.hsts = hsts.unwrap_or(headers.hsts.clone());
            options.limiter = limiter;
            options.limits_memory = limits_memory.unwrap_or(options.limits_memory);
            options.proxies = proxies;
            options.edge.more_hosts = hosts.map(Hosts::new);
            options.edge.enforce_https = enforce_https;
            options.edge.cors_origins = origins.unwrap_or_default();
            options.body_limit = body_limit.unwrap_or(options.body_limit);
            if let Some((origin, is_https)) = public_origin {
                options.headers.public_https = is_https;
                options.public_origin = Some(origin);
            }
            for (limit, quotas) in account_limits {
                if let Some(quotas) = quotas {
                    options.accounts.limits.set_by_operator(limit, quotas);
                }
            }
            options.no_limits = no_limits.unwrap_or(false);
            let tokens = &mut options.tokens;
            tokens.previous_secrets = previous;
            durations.write(tokens);
        });
    Draft { builder, findings }
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

/// `code: reason; code: reason`
fn accepted_findings(text: &str) -> Result<Vec<(String, String)>, String> {
    let entries = text
        .split(';')
        .map(str::trim)
        .filter(|entry| !entry.is_empty());
    let entries = entries.map(|entry| {
        let (code, because) = entry.split_once(':').unwrap_or((entry, ""));
        let (code, because) = (code.trim().to_owned(), because.trim().to_owned());
        match because.is_empty() {
            true => Err(format!(
                "`{code}` gives no reason; write `code: reason; code: reason`"
            )),
            false => Ok((code, because)),
        }
    });
    entries.collect()
}

/// How many requests.
fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("0 would refuse every request".to_owned()),
        Ok(number) => Ok(number),
        Err(_) => Err(format!("`{text}` is no whole number from 1")),
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
mod tests;
