use secure_grammar::{ContentSecurityPolicy, CspSwitch};
use secure_runtime::{
    edge::{Csp, PageCsp},
    fuzzing,
};

use super::{sound, text};

/// A policy that is taken prints as one line that is read again as the same, and without a switch nothing in
/// it lets a script in that nobody chose.
pub fn csp(input: &[u8]) {
    let text = &*text(input);
    let strict = sound(text, ContentSecurityPolicy::parse(text));
    if let Some(policy) = &strict {
        assert!(policy.used().is_empty());
        assert_strict(&policy.to_string());
    }
    let lenient = sound(
        text,
        ContentSecurityPolicy::parse_with(text, &CspSwitch::ALL),
    );
    match &lenient {
        None => assert!(strict.is_none()),
        Some(policy) => {
            assert_eq!(strict.is_some(), policy.used().is_empty());
            let printed = policy.to_string();
            assert!(printed.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
            assert!(!printed.contains(','), "another policy: {printed}");
            assert_eq!(
                policy.has_nonce(),
                printed.contains(ContentSecurityPolicy::NONCE)
            );
            let again = ContentSecurityPolicy::parse_with(&printed, policy.used());
            assert_eq!(again.as_ref(), Ok(policy));
        }
    }
    let plain = sound(text, Csp::parse(text));
    let page = sound(text, PageCsp::parse(text));
    assert_eq!(page.is_some(), strict.is_some());
    if let Some(plain) = plain {
        assert!(!plain.to_string().contains(ContentSecurityPolicy::NONCE));
        assert_eq!(page.map(|page| page.to_string()), Some(plain.to_string()));
    }
}

/// Read as browsers do: by directives, the first of a name, and `default-src` for what is not there.
fn assert_strict(policy: &str) {
    let directives: Vec<(&str, Vec<&str>)> = policy
        .split(';')
        .filter_map(|directive| {
            let mut words = directive.split_ascii_whitespace();
            Some((words.next()?, words.collect()))
        })
        .collect();
    let find = |name: &str| {
        let mut same = directives.iter().filter(|(known, _)| *known == name);
        let found = same.next();
        assert!(same.next().is_none(), "twice: {policy}");
        found.map(|(_, values)| values)
    };
    for name in [
        "script-src",
        "script-src-elem",
        "script-src-attr",
        "object-src",
    ] {
        let values = find(name).or_else(|| find("default-src"));
        for value in values.into_iter().flatten() {
            let lower = value.to_ascii_lowercase();
            let is_weak = lower.starts_with("'unsafe-")
                || lower == "*"
                || (lower.ends_with(':') && !lower.contains("//"))
                || lower.ends_with("://*");
            // For plugins these words mean nothing.
            let is_harmless = name == "object-src" && lower.starts_with("'unsafe-");
            assert!(!is_weak || is_harmless, "{value} in {policy}");
        }
    }
}

/// Whatever is reported: what is noted is bounded, and holds no query.
pub fn csp_report(input: &[u8]) {
    for is_list in [false, true] {
        let noted = fuzzing::violations(is_list, input).unwrap_or_default();
        assert!(noted.len() <= 20);
        for (texts, addresses) in noted {
            for text in texts.iter().chain(&addresses) {
                assert!(text.chars().count() <= 200);
            }
            for address in addresses {
                assert!(!address.contains(['?', '#']), "{address}");
            }
        }
    }
}
