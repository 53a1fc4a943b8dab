use secure_grammar::CookiePolicy as Grammar;
use secure_runtime::{edge::CookiePolicy, fuzzing};

use super::{lines, sound, text};

/// The first line is what a cookie is, the second one a value, the third one what a request sends.
///
/// A value that is taken comes back from a browser as it is, and cannot be read as more than a value.
pub fn cookie(input: &[u8]) {
    let [policy, value, sent] = lines(input);
    let (policy, value) = (&*text(policy), &*text(value));
    read(sent, "session");
    let Some(known) = sound(policy, Grammar::parse(policy)) else {
        return;
    };
    assert_eq!(Grammar::parse(&known.to_string()).as_ref(), Ok(&known));
    let name = known.name();
    read(sent, name);
    let is_token = |byte: u8| byte.is_ascii_graphic() && !b"\"(),/:;<=>?@[\\]{}".contains(&byte);
    assert!(!name.is_empty() && name.bytes().all(is_token), "{name:?}");

    let cookie = CookiePolicy::parse(policy).expect("the same");
    let Ok(header) = cookie.set(value) else {
        return;
    };
    let header = header.to_str().expect("ASCII");
    let mut parts = header.split("; ");
    let pair = parts.next().unwrap_or_default();
    assert_eq!(pair.split_once('='), Some((name, value)));
    let attributes: Vec<_> = parts.collect();
    assert_eq!(attributes.contains(&"Secure"), known.is_secure());
    assert_eq!(attributes.contains(&"HttpOnly"), known.is_http_only());
    let domains = attributes.iter().filter(|part| part.starts_with("Domain="));
    assert_eq!(domains.count(), usize::from(known.domain().is_some()));
    if name.starts_with("__Host-") {
        assert!(known.is_secure() && known.domain().is_none() && known.path() == "/");
    }
    let line = format!("a=b; {pair}; c=d");
    let back = fuzzing::cookies(line.as_bytes(), name).expect("a header");
    assert!(back.contains(&value.to_owned()), "{back:?}");
}

fn read(sent: &[u8], name: &str) {
    let Some(values) = fuzzing::cookies(sent, name) else {
        return;
    };
    let pairs = sent.split(|byte| *byte == b';').count();
    assert!(values.len() <= pairs);
    for value in values {
        assert!(!value.contains(';'));
        assert_eq!(value.trim(), value);
        assert!(
            sent.windows(value.len().max(1))
                .any(|part| part == value.as_bytes())
                || value.is_empty()
        );
    }
}
