use std::time::Duration;

use secure_grammar::{
    AllowedOrigin, HostPattern, Origin, PermissionsPolicy, Quota, StrictTransportSecurity,
    format_duration, parse_duration, parse_quotas, parse_size,
};

use super::{sound, text};

/// Every word of a policy that is no policy of its own: what is taken prints, and is read again as the same.
pub fn grammar(input: &[u8]) {
    let text = &*text(input);
    for quota in sound(text, parse_quotas(text)).unwrap_or_default() {
        assert!(quota.period().as_secs() <= Quota::LONGEST_PERIOD_SECONDS);
        assert_eq!(quota.to_string().parse(), Ok(quota));
    }
    if let Some(quota) = sound(text, text.parse::<Quota>()) {
        assert_eq!(parse_quotas(text), Ok(vec![quota]));
    }
    if let Some(duration) = sound(text, parse_duration(text)) {
        assert!(duration > Duration::ZERO);
        assert_eq!(parse_duration(&format_duration(duration)), Ok(duration));
    }
    if let Some(size) = sound(text, parse_size(text)) {
        assert!(size > 0);
        assert_eq!(parse_size(&format!("{size}B")), Ok(size));
    }
    if let Some(host) = sound(text, text.parse::<HostPattern>()) {
        assert_eq!(host.to_string(), text);
        // Whatever it is, it is one word of a header.
        assert!(text.bytes().all(|byte| byte.is_ascii_graphic()));
        assert!(text.len() <= 255 + 8);
    }
    if let Some(origin) = sound(text, text.parse::<Origin>()) {
        assert_eq!(origin.to_string(), text);
        let url = url::Url::parse(text).expect("an address");
        assert_eq!(url.origin().ascii_serialization(), text);
    }
    let allowed = sound(text, text.parse::<AllowedOrigin>());
    if let Some(AllowedOrigin::One(origin)) = &allowed {
        assert_eq!(text.parse().as_ref(), Ok(origin));
    }
    assert!(allowed.is_some() || text.parse::<Origin>().is_err());
    if let Some(policy) = sound(text, PermissionsPolicy::parse(text)) {
        let printed = policy.to_string();
        assert!(printed.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
        assert_eq!(PermissionsPolicy::parse(&printed), Ok(policy));
    }
    if let Some(policy) = sound(text, StrictTransportSecurity::parse(text)) {
        assert_eq!(
            StrictTransportSecurity::parse(&policy.to_string()),
            Ok(policy)
        );
    }
}
