//! From settings to the handle.

use std::sync::{Arc, OnceLock, atomic::AtomicBool};

use super::{
    Options,
    limits::{self, NoLimits},
};
#[cfg(feature = "uploads")]
use crate::upload::{UploadSettings, Uploads};
use crate::{
    api_key::{ApiKeys, Surroundings},
    clock::SystemClock,
    crypto::{Sealer, Signer},
    edge::{DefaultHeaders, HeaderSettings},
    in_flight::InFlight,
    limit::{InProcess, Limiter},
    oauth::OAuth,
    routes::CounterIds,
    security::{Profile, Security, SettingsError, State, environment},
    session::{self, Records, Sessions},
    store::MemoryStore,
    token::{KeyRing, OneTimeTokens, Tokens},
};

/// Checks the settings and makes the handle.
pub(super) fn build(
    issuer: String,
    audience: String,
    keys: KeyRing,
    options: Options,
) -> Result<Security, SettingsError> {
    let mut findings = options.refused;
    for (name, value) in [("issuer", &issuer), ("audience", &audience)] {
        if value.trim().is_empty() {
            findings.push(format!("the {name} is blank"));
        }
    }
    if options.body_limit == 0 {
        findings.push("the body limit is zero".to_owned());
    }
    if options.body_deadline.is_zero() {
        findings.push("the deadline of bodies is zero".to_owned());
    }
    match &options.unlisted_routes {
        Some(because) if because.trim().is_empty() => {
            findings.push("`unlisted_routes` gives no reason".to_owned());
        }
        Some(because) => {
            tracing::warn!(because, "routes that declare no policy are let through");
        }
        None => {}
    }
    let clock = options
        .clock
        .unwrap_or_else(|| Arc::new(SystemClock::default()));
    if options.store.is_none() && options.profile == Profile::Production {
        tracing::warn!(
            "refresh tokens and revocations are held in memory: they end with this process, and no \
             other instance knows of them; `.store(…)` says where else"
        );
    }
    let store = options
        .store
        .unwrap_or_else(|| Arc::new(MemoryStore::new().with_clock(clock.clone())));
    let public_origin = options.public_origin;
    let production = options.profile == Profile::Production;
    if options.owners.is_some() && options.account_owners.is_some() {
        findings.push(
            "`.accounts(…)` and `.resource_owners(…)` both say what subjects may have; leave \
             `.resource_owners(…)` out"
                .to_owned(),
        );
    }
    let owners = options.account_owners.or(options.owners);
    let oauth = OAuth::new(
        owners.clone(),
        public_origin.clone(),
        &issuer,
        options.tokens.jwks_max_age,
    );
    findings.extend(options.tokens.findings());
    findings.extend(options.api_keys.findings());
    if let Some(sessions) = &options.sessions {
        findings.extend(sessions.findings(options.tokens.revocation_bound));
        if owners.is_none() {
            findings.push(
                "nobody says what the subjects of sessions may do; say `.accounts(…)` or \
                 `.resource_owners(…)`"
                    .to_owned(),
            );
        }
    }
    let bound = options.tokens.revocation_bound;
    let (proxies, wrong) = options.proxies.check();
    findings.extend(
        wrong
            .iter()
            .map(|why| format!("the trusted proxies: {why}")),
    );
    let origin = public_origin
        .as_deref()
        .map(|text| environment::public_origin(text, production));
    let origin = match origin.transpose() {
        Ok(origin) => origin,
        Err(why) => {
            findings.push(format!("the public origin: {why}"));
            None
        }
    };
    let (edge, wrong) = options.edge.check(production, &proxies, origin.as_ref());
    findings.extend(wrong);
    let headers = HeaderSettings {
        production,
        ..options.headers
    };
    headers.announce();
    #[cfg(feature = "uploads")]
    findings.extend(options.uploads.as_ref().and_then(UploadSettings::finding));
    #[cfg(feature = "uploads")]
    let uploads = match options.uploads {
        // What is refused anyhow makes no folder.
        Some(settings) if options.is_dry || !findings.is_empty() => {
            Some(Uploads::without_folder(settings, clock.clone()))
        }
        Some(settings) => match Uploads::open_folder(settings, clock.clone()) {
            Ok(uploads) => Some(uploads),
            Err(finding) => {
                findings.push(finding);
                None
            }
        },
        None => None,
    };
    let counters = CounterIds::default();
    let account_limits = options.accounts.limits.check(&counters);
    findings.extend(options.accounts.limits.findings());
    findings.extend(account_limits.as_ref().err().cloned());
    for weaker in options.accounts.limits.weaker() {
        tracing::warn!("{weaker}");
    }
    let (app_limits, wrong) = options.app_limits.check(&counters);
    findings.extend(wrong);
    findings.extend(options.in_flight.findings());
    let limiter: Box<dyn Limiter> = match options.no_limits {
        true => {
            findings.extend(limits::finding_of_none(production));
            Box::new(NoLimits)
        }
        false => options
            .limiter
            .unwrap_or_else(|| Box::new(InProcess::default())),
    };
    let secrets = options.tokens.secrets(&keys);
    let records = Arc::new(Records::new(store.clone(), clock.clone()));
    let tokens = secrets.and_then(|secrets| {
        let tokens = Tokens::new(
            (issuer, audience, keys),
            options.tokens,
            &secrets,
            (store.clone(), clock.clone(), options.audit.clone()),
            records.clone(),
        );
        Ok((secrets, tokens?))
    });
    let ((secrets, tokens), account_limits) = match tokens.map(|made| (made, account_limits)) {
        Ok((made, Ok(limits))) if findings.is_empty() => (made, limits),
        Ok(_) => return Err(SettingsError::new(findings)),
        Err(finding) => {
            findings.push(finding);
            return Err(SettingsError::new(findings));
        }
    };
    let sessions = Sessions::new(
        options.sessions,
        session::Surroundings {
            records,
            clock: clock.clone(),
            owners: owners.clone(),
            endings: tokens.endings().clone(),
            own_claims: tokens.access().own_claims(),
            bound,
        },
    );
    let api_keys = ApiKeys::new(
        options.api_keys,
        Surroundings {
            store: store.clone(),
            clock: clock.clone(),
            audit: options.audit.clone(),
            owners,
            revocations: tokens.revocations().clone(),
            sealer: Sealer::new(secrets.clone()),
            bound,
        },
    );
    Ok(Security::new(State {
        profile: options.profile,
        tokens,
        one_time: OneTimeTokens::new(store.clone(), clock.clone(), &secrets),
        signer: Signer::new(secrets.clone(), clock.clone()),
        sealer: Sealer::new(secrets.clone()),
        secrets,
        audit: options.audit,
        oauth,
        accounts: options.accounts,
        api_keys,
        sessions,
        #[cfg(feature = "uploads")]
        uploads,
        key_file: options.key_file,
        store,
        clock,
        limiter,
        account_limits,
        app_limits,
        in_flight: Arc::new(InFlight::new(options.in_flight)),
        allowances: options.allowances,
        counters,
        headers: DefaultHeaders::new(headers, None),
        reporting: OnceLock::new(),
        proxies,
        edge,
        body_limit: options.body_limit,
        body_deadline: options.body_deadline,
        unlisted_routes: options.unlisted_routes,
        ephemeral_key: options.ephemeral_key,
        announce: AtomicBool::new(options.announce),
        table: OnceLock::new(),
        listing: OnceLock::new(),
    }))
}
