//! What a compact JWS must be, and what it is refused for.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::*;

/// A token with that header, signed rightly.
fn token(key: &SigningKey, header: &str) -> String {
    let message = format!("{}.e30", URL_SAFE_NO_PAD.encode(header));
    let signature = key.sign(message.as_bytes()).expect("a signature");
    format!("{message}.{signature}")
}

fn verdict(header: &str) -> Result<Vec<u8>, JwsError> {
    let key = SigningKey::from(Hs256Key::random().with_kid("ours").expect("a key"));
    key.verifying_key().verify_compact(&token(&key, header))
}

#[test]
fn headers_that_are_taken() {
    for header in [
        r#"{"alg":"HS256"}"#,
        r#"{"alg":"HS256","kid":"ours","typ":"at+jwt","cty":"x"}"#,
        " { \"alg\" : \"HS256\" } ",
        // Keys that a token brings along are not looked at.
        r#"{"alg":"HS256","jwk":{"kty":"oct","k":"AA"},"jku":"https://evil.example","x5u":"x","x5c":["x"]}"#,
    ] {
        assert_eq!(verdict(header).expect(header), b"{}");
    }
}

#[test]
fn headers_that_are_refused() {
    for header in [
        "",
        "null",
        "[]",
        r#"["HS256",null,null]"#,
        r#""HS256""#,
        "{}",
        r#"{"alg":null}"#,
        r#"{"alg":256}"#,
        r#"{"alg":["HS256"]}"#,
        r#"{"alg":"HS256","alg":"HS256"}"#,
        r#"{"alg":"HS256","kid":"ours","kid":"ours"}"#,
        r#"{"alg":"HS256","other":1,"other":1}"#,
        r#"{"alg":"HS256","\u0061lg":"HS256"}"#,
        r#"{"alg":"HS256","kid":5}"#,
        r#"{"alg":"HS256","typ":{}}"#,
        r#"{"alg":"HS256","crit":[]}"#,
        r#"{"alg":"HS256","crit":null}"#,
        r#"{"alg":"HS256","crit":["exp"],"exp":1}"#,
        r#"{"alg":"HS256","b64":false}"#,
        r#"{"alg":"HS256","b64":true}"#,
        r#"{"alg":"HS256"}{}"#,
        "\u{feff}{\"alg\":\"HS256\"}",
    ] {
        assert_eq!(verdict(header), Err(JwsError::Header), "{header}");
    }
    for name in ["none", "None", "hs256", "HS256 ", "HS384", "RS256", ""] {
        let header = format!(r#"{{"alg":"{name}"}}"#);
        assert_eq!(verdict(&header), Err(JwsError::Algorithm), "{header}");
    }
    assert_eq!(
        verdict(r#"{"alg":"HS256","kid":"theirs"}"#),
        Err(JwsError::Kid)
    );
    assert_eq!(verdict(r#"{"alg":"HS256","kid":""}"#), Err(JwsError::Kid));
}

#[test]
fn shapes_that_are_refused() {
    let key = SigningKey::from(Hs256Key::random());
    let token = token(&key, r#"{"alg":"HS256"}"#);
    let verdict = |token: &str| key.verifying_key().verify_compact(token);
    verdict(&token).expect("a payload");
    let (message, signature) = token.rsplit_once('.').expect("a token");
    for shape in [
        String::new(),
        ".".to_owned(),
        message.to_owned(),
        format!("{token}."),
        format!(".{token}"),
        format!("{token}.e30"),
        format!("{token}="),
        format!("{token}\n"),
        format!(" {token}"),
        token.replacen('.', "=.", 1),
        format!(
            "{message}.{}",
            signature.replace(char::is_alphanumeric, "+")
        ),
    ] {
        assert_eq!(verdict(&shape), Err(JwsError::Shape), "{shape}");
    }
    assert_eq!(verdict(&format!("{message}.")), Err(JwsError::Signature));
    // The last character of 43 has two bits that say nothing: only zero is taken.
    let (rest, last) = signature.split_at(42);
    let last = last.as_bytes()[0];
    for stray in 1..4 {
        const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let at = ALPHABET
            .iter()
            .position(|one| *one == last)
            .expect("a character");
        let other = char::from(ALPHABET[at + stray]);
        assert_eq!(
            verdict(&format!("{message}.{rest}{other}")),
            Err(JwsError::Shape)
        );
    }
}

/// Where nobody reads it, too.
#[test]
fn a_header_is_utf_8() {
    let key = SigningKey::from(Hs256Key::random());
    let verdict = |header: &[u8]| {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let token = format!("{}.{}.{}", encode(header), encode(b"{}"), encode(&[0; 32]));
        key.verifying_key().verify_compact(&token)
    };
    let good = verdict(b"{\"alg\":\"HS256\",\"x\":\"a\"}");
    assert_eq!(good, Err(JwsError::Signature));
    let broken = verdict(b"{\"alg\":\"HS256\",\"x\":\"\xff\"}");
    assert_eq!(broken, Err(JwsError::Header));
}

#[test]
fn a_public_key_is_no_secret() {
    let key = Es256Key::generate().expect("a key");
    let pem = key.to_public_pem().expect("PEM");
    // HMAC over the public key's text, the classical confusion.
    let hmac = jsonwebtoken::EncodingKey::from_secret(pem.as_bytes());
    let _ = DEFAULT_PROVIDER.install_default();
    let header = Header::new(jsonwebtoken::Algorithm::HS256);
    let token = jsonwebtoken::encode(&header, &serde_json::json!({}), &hmac).expect("a token");
    let verdict = VerifyingKey::from(key).verify_compact(&token);
    assert_eq!(verdict, Err(JwsError::Algorithm));
}

#[test]
fn every_algorithm_signs_and_refuses_what_the_others_signed() {
    let keys = Algorithm::ALL.map(generated);
    for signing in &keys {
        for verifying in &keys {
            let signing = signing.with_kid("same").expect("a key");
            let verifying = verifying.with_kid("same").expect("a key").verifying_key();
            let token = signing.sign_compact("JWT", b"{}").expect("a token");
            let same = signing.algorithm() == verifying.algorithm();
            assert_eq!(verifying.verify_compact(&token).is_ok(), same);
            let at = token.len() - 5;
            let other = if token.as_bytes()[at] == b'A' {
                "B"
            } else {
                "A"
            };
            let mut changed = token;
            changed.replace_range(at..=at, other);
            assert!(verifying.verify_compact(&changed).is_err());
        }
    }
}
