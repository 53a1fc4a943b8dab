use std::{sync::LazyLock, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secure_runtime::{
    Security,
    crypto::{Sealable, Sealed, Signable, Signed},
    fuzzing,
    test::TestClock,
    token::Hs256Key,
};
use serde_json::Value;

use super::{lines, text};

const ISSUER: &str = "https://auth.test";
const AUDIENCE: &str = "https://api.test";
/// Drawn at random for this test.
const SECRET: [u8; 32] = [
    0x5b, 0x1e, 0xd3, 0x90, 0x2f, 0xa7, 0x64, 0x08, 0xbc, 0x71, 0x3d, 0xe9, 0x46, 0x1a, 0xf5, 0x82,
    0x97, 0x0c, 0x6e, 0xdb, 0x35, 0xc8, 0x53, 0xa1, 0x7f, 0x24, 0xe2, 0x49, 0xb6, 0x10, 0x8d, 0x3a,
];
/// Where a test clock stands.
const NOW: f64 = 1_893_456_000.0;
const LEEWAY: f64 = 30.0;

static SECURITY: LazyLock<Security> = LazyLock::new(|| {
    let key = Hs256Key::from_bytes(&SECRET).expect("a key");
    let key = key.with_kid("k").expect("an id");
    Security::builder()
        .issuer(ISSUER)
        .audience(AUDIENCE)
        .signing_key(key)
        .clock(TestClock::default())
        .build()
        .expect("settings")
});

/// The first line says what the rest is: `text` of a token, or the header and the payload of one that is
/// `signed` as ours are.
///
/// A token that is taken carries our signature, and says what an access token of ours has to say, read by
/// somebody else.
pub fn token(input: &[u8]) {
    let [kind, first, second] = lines(input);
    let token = match kind {
        b"signed" => fuzzing::token(&SECRET, first, second),
        _ => text(first).into_owned(),
    };
    let Some(subject) = fuzzing::subject_of(&SECURITY, &token) else {
        return;
    };
    assert!(token.len() <= 8 * 1024);
    let parts: Vec<_> = token.split('.').collect();
    let &[header, payload, signature] = &parts[..] else {
        panic!("{} parts", parts.len());
    };
    let message = format!("{header}.{payload}");
    let decode = |part: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(part).expect("base64url");
        assert_eq!(
            URL_SAFE_NO_PAD.encode(&bytes),
            part,
            "one text for one token"
        );
        bytes
    };
    assert_eq!(decode(signature), fuzzing::signature(&SECRET, &message));
    let Some(header) = json(&decode(header)) else {
        return;
    };
    assert_eq!(header["alg"], "HS256");
    assert_eq!(header["kid"], "k");
    let typ = header["typ"].as_str().expect("a type").to_ascii_lowercase();
    assert!(typ == "at+jwt" || typ == "application/at+jwt", "{typ}");
    assert!(header.get("crit").is_none() && header.get("b64").is_none());

    let Some(claims) = json(&decode(payload)) else {
        return;
    };
    assert_eq!(claims["iss"], ISSUER);
    assert_eq!(claims["sub"], subject);
    assert!(!subject.is_empty());
    let audience = &claims["aud"];
    let is_ours = |one: &Value| one == AUDIENCE;
    assert!(
        is_ours(audience)
            || audience
                .as_array()
                .is_some_and(|all| all.iter().any(is_ours))
    );
    let date = |name: &str| claims[name].as_f64().expect("a number");
    assert!(date("exp") + LEEWAY > NOW);
    for name in ["nbf", "iat", "auth_time"] {
        assert!((0.0..=NOW + LEEWAY + 0.001).contains(&date(name)), "{name}");
    }
    // Cut off, or with more behind it, it is no token.
    assert!(fuzzing::subject_of(&SECURITY, &token[..token.len() - 1]).is_none());
    assert!(fuzzing::subject_of(&SECURITY, &format!("{token}=")).is_none());
    assert!(fuzzing::subject_of(&SECURITY, &format!("{message}.")).is_none());
}

/// What JSON says. `None` where half of a surrogate pair stands in what nobody reads: JSON has that, and Rust's
/// texts have not.
fn json(bytes: &[u8]) -> Option<Value> {
    let text = str::from_utf8(bytes).expect("UTF-8");
    match serde_json::from_str(text) {
        Ok(value) => Some(value),
        Err(error) => {
            assert!(text.contains("\\u"), "{error}");
            None
        }
    }
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Link {
    file: u32,
}

impl Signable for Link {
    const PURPOSE: &'static str = "link";
    const MAX_AGE: Duration = Duration::from_secs(60);
}

impl Sealable for Link {
    const PURPOSE: &'static str = "link";
}

/// Everything else that opens something: it is taken apart in one way alone, and nobody can make it up.
pub fn credential(input: &[u8]) {
    let text = &*text(input);
    if let Some(name) = fuzzing::session(text) {
        assert!(text.starts_with(&name) && text[name.len()..].starts_with('.'));
        assert!(text.bytes().all(|byte| byte.is_ascii_graphic()));
    }
    if let Some(name) = fuzzing::session_name(text) {
        assert_eq!(name, text);
    }
    if let Some(id) = fuzzing::api_key("key", text) {
        let rest = text.strip_prefix("key_").expect("the prefix");
        assert!(rest.starts_with(&id));
        assert!(rest.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        // A slip of the pen is noticed.
        let mut slipped = text.to_owned();
        let last = slipped.pop().expect("a character");
        slipped.push(if last == 'A' { 'B' } else { 'A' });
        assert!(fuzzing::api_key("key", &slipped).is_none());
    }
    assert!(
        SECURITY
            .signer()
            .verify(&Signed::<Link>::from_untrusted(text))
            .is_err()
    );
    assert!(
        SECURITY
            .sealer()
            .open(&Sealed::<Link>::from_stored(text), b"")
            .is_err()
    );
    if fuzzing::reads_stored_password(text) {
        assert!(text.starts_with('$') && text.len() <= 512);
    }
}
