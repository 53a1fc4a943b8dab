//! What a JWK must be, and what it is refused for.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    super::jwk::{Jwk, encode},
    *,
};
use crate::crypto::SecretError;

fn json(algorithm: Algorithm) -> Value {
    let key = generated(algorithm);
    serde_json::from_str(key.to_jwk().expect("a JWK").expose()).expect("JSON")
}

/// The JWK with members set, or taken away by null.
fn changed(jwk: &Value, members: Value) -> String {
    let mut jwk = jwk.clone();
    for (name, value) in members.as_object().expect("members") {
        match value {
            Value::Null => jwk.as_object_mut().expect("a JWK").remove(name),
            value => jwk
                .as_object_mut()
                .expect("a JWK")
                .insert(name.clone(), value.clone()),
        };
    }
    jwk.to_string()
}

fn public_half(jwk: &Value) -> Value {
    let private = ["d", "p", "q", "dp", "dq", "qi"];
    let mut jwk = jwk.clone();
    let members = jwk.as_object_mut().expect("a JWK");
    members.retain(|name, _| !private.contains(&name.as_str()));
    jwk
}

fn refusal(algorithm: Algorithm, text: &str) -> KeyError {
    Jwk::parse(text)
        .and_then(|jwk| SigningKey::from_parsed(&jwk, algorithm))
        .expect_err("a refusal")
}

fn mismatch(name: &'static str, expected: &'static str) -> KeyError {
    KeyError::Mismatch { name, expected }
}

fn member(name: &'static str) -> KeyError {
    KeyError::Member { name }
}

#[test]
fn what_is_no_jwk_is_refused() {
    let es256 = |text| refusal(Algorithm::Es256, text);
    assert_eq!(es256(""), KeyError::Empty);
    for text in [
        "[]",
        "null",
        "{",
        r#"["EC"]"#,
        r#"{"kty":5}"#,
        r#"{"kty":"EC","kty":"EC"}"#,
        r#"{"kty":"EC"} {}"#,
    ] {
        assert_eq!(es256(text), KeyError::Jwk, "{text}");
    }
    assert_eq!(es256("{}"), member("kty"));
}

#[test]
fn a_key_that_is_for_something_else_is_refused() {
    let jwk = json(Algorithm::Es256);
    let with = |members| refusal(Algorithm::Es256, &changed(&jwk, members));
    assert_eq!(with(json!({"kty": "RSA"})), mismatch("kty", "EC"));
    assert_eq!(with(json!({"alg": "ES384"})), mismatch("alg", "ES256"));
    assert_eq!(with(json!({"alg": "es256"})), mismatch("alg", "ES256"));
    assert_eq!(with(json!({"crv": "P-384"})), mismatch("crv", "P-256"));
    assert_eq!(with(json!({"crv": null})), member("crv"));
    assert_eq!(with(json!({"use": "enc"})), mismatch("use", "sig"));
    for operations in [
        json!([]),
        json!(["verify"]),
        json!(["sign", "sign"]),
        json!(["sign", "encrypt"]),
    ] {
        assert_eq!(
            with(json!({"key_ops": operations})),
            mismatch("key_ops", "sign")
        );
    }
    for operations in [json!(["sign"]), json!(["sign", "verify"])] {
        let text = changed(
            &jwk,
            json!({"key_ops": operations, "alg": null, "use": null, "kid": null}),
        );
        Es256Key::from_jwk(&text).expect("a key");
    }
    let public = public_half(&jwk);
    let operations = changed(&public, json!({"key_ops": ["sign"]}));
    let error = Es256PublicKey::from_jwk(&operations).expect_err("a refusal");
    assert_eq!(error, mismatch("key_ops", "verify"));
}

#[test]
fn halves_are_not_taken_for_one_another() {
    let jwk = json(Algorithm::EdDsa);
    let public = public_half(&jwk).to_string();
    assert_eq!(refusal(Algorithm::EdDsa, &public), KeyError::Public);
    let error = EdDsaPublicKey::from_jwk(&jwk.to_string()).expect_err("a refusal");
    assert_eq!(error, KeyError::Private);
}

#[test]
fn numbers_that_do_not_belong_together_are_refused() {
    let (one, two) = (json(Algorithm::Es256), json(Algorithm::Es256));
    let with = |members| refusal(Algorithm::Es256, &changed(&one, members));
    assert_eq!(with(json!({"d": two["d"]})), KeyError::Inconsistent);
    // Not on the curve.
    assert_eq!(with(json!({"y": two["y"]})), KeyError::Inconsistent);
    assert_eq!(
        with(json!({"x": one["y"], "y": one["x"]})),
        KeyError::Inconsistent
    );
    let zero = "A".repeat(43);
    assert_eq!(with(json!({"d": zero})), KeyError::Inconsistent);
    assert_eq!(with(json!({"x": zero, "y": zero})), KeyError::Inconsistent);
    let public = changed(&public_half(&one), json!({"y": two["y"]}));
    let error = Es256PublicKey::from_jwk(&public).expect_err("a refusal");
    assert_eq!(error, KeyError::Inconsistent);

    let (one, two) = (json(Algorithm::EdDsa), json(Algorithm::EdDsa));
    let error = refusal(Algorithm::EdDsa, &changed(&one, json!({"d": two["d"]})));
    assert_eq!(error, KeyError::Inconsistent);
}

#[test]
fn coordinates_have_the_length_of_their_curve() {
    let (one, two) = (json(Algorithm::Es256), json(Algorithm::Es384));
    let with = |members| refusal(Algorithm::Es256, &changed(&one, members));
    assert_eq!(with(json!({"x": two["x"]})), member("x"));
    assert_eq!(with(json!({"y": two["y"]})), member("y"));
    assert_eq!(with(json!({"d": two["d"]})), member("d"));
    assert_eq!(with(json!({"x": null})), member("x"));
    assert_eq!(with(json!({"x": ""})), member("x"));
    let padded = format!("{}=", one["x"].as_str().expect("text"));
    assert_eq!(with(json!({"x": padded})), member("x"));
}

#[test]
fn rsa_keys_that_are_not_whole_are_refused() {
    let jwk = json(Algorithm::Rs256);
    let with = |members| refusal(Algorithm::Rs256, &changed(&jwk, members));
    for name in ["n", "e", "p", "q", "dp", "dq", "qi"] {
        assert_eq!(with(json!({name: null})), member(name));
    }
    assert_eq!(with(json!({"oth": []})), member("oth"));
    assert_eq!(with(json!({"e": "AAEAAQ"})), member("e"));
    assert_eq!(with(json!({"e": "Aw"})), KeyError::RsaExponent);
    assert_eq!(with(json!({"e": "AQAC"})), KeyError::RsaExponent);
    assert_eq!(with(json!({"e": "AQAD"})), KeyError::Inconsistent);
    assert_eq!(with(json!({"d": jwk["p"]})), KeyError::Inconsistent);
    assert_eq!(with(json!({"p": jwk["q"]})), KeyError::Inconsistent);
    assert_eq!(with(json!({"qi": jwk["dp"]})), KeyError::Inconsistent);
    let long = encode(&[0xFF; 1025]);
    let size = |bits, least| KeyError::RsaSize { bits, least };
    assert_eq!(with(json!({"n": long})), size(8200, 2048));
    let public = changed(&public_half(&jwk), json!({"n": jwk["p"]}));
    let error = Rs256PublicKey::from_jwk(&public).expect_err("a refusal");
    assert_eq!(error, size(1536, 2048));
    assert_eq!(
        refusal(Algorithm::Ps256, &jwk.to_string()),
        mismatch("alg", "PS256")
    );
}

#[test]
fn weak_secrets_are_refused() {
    fn secret(algorithm: Algorithm, bytes: &[u8]) -> KeyError {
        let text = json!({"kty": "oct", "k": encode(bytes)}).to_string();
        refusal(algorithm, &text)
    }
    let short = |bytes, needed| KeyError::Hmac(SecretError::Short { bytes, needed });
    let random: Vec<u8> = (1..=63).collect();
    assert_eq!(secret(Algorithm::Hs256, &random[..31]), short(31, 32));
    assert_eq!(secret(Algorithm::Hs384, &random[..47]), short(47, 48));
    assert_eq!(secret(Algorithm::Hs512, &random[..63]), short(63, 64));
    assert_eq!(
        secret(Algorithm::Hs256, &[0; 32]),
        KeyError::Hmac(SecretError::Weak)
    );
    assert_eq!(secret(Algorithm::Hs256, b""), KeyError::Empty);
    assert_eq!(
        Hs384Key::from_bytes(&random[..32]).expect_err("a refusal"),
        short(32, 48)
    );
}

#[test]
fn ids_are_taken_or_derived() {
    let jwk = json(Algorithm::Es256);
    let named = Es256Key::from_jwk(&changed(&jwk, json!({"kid": "2026-01"}))).expect("a key");
    assert_eq!(named.kid(), "2026-01");
    let unnamed = Es256Key::from_jwk(&changed(&jwk, json!({"kid": null}))).expect("a key");
    assert_eq!(unnamed.kid(), jwk["kid"]);
    for kid in ["", "a\nb", "schlüssel", &"a".repeat(129)] {
        assert_eq!(
            unnamed.clone().with_kid(kid).expect_err("a refusal"),
            KeyError::Kid
        );
        assert_eq!(
            refusal(Algorithm::Es256, &changed(&jwk, json!({"kid": kid}))),
            KeyError::Kid
        );
    }
    // The id of a secret is not its hash (RFC 7638 §7), and not the same for another algorithm.
    let bytes: Vec<u8> = (1..=64).collect();
    let key = Hs256Key::from_bytes(&bytes).expect("a key");
    assert_eq!(
        key.kid(),
        Hs256Key::from_bytes(&bytes).expect("a key").kid()
    );
    assert_ne!(
        key.kid(),
        Hs512Key::from_bytes(&bytes).expect("a key").kid()
    );
}

#[test]
fn a_key_without_its_algorithm_is_read_by_its_type_alone() {
    let jwk = json(Algorithm::Es256);
    SigningKey::from_jwk(&jwk.to_string()).expect("a key");
    let error = SigningKey::from_jwk(&changed(&jwk, json!({"alg": null}))).expect_err("a refusal");
    assert_eq!(error, member("alg"));
    let error =
        SigningKey::from_jwk(&changed(&jwk, json!({"alg": "none"}))).expect_err("a refusal");
    assert_eq!(error, member("alg"));
}

#[test]
fn roca_is_found_and_other_keys_are_not() {
    // A modulus is a power of 65537 modulo each small prime: 65537² itself is one.
    let mut fingerprint = vec![0; 256 - 5];
    fingerprint.extend([1, 0, 2, 0, 1]);
    assert!(rsa::looks_like_roca(&fingerprint));
    // What is generated is checked for it.
    generated(Algorithm::Rs256);
}

proptest! {
    /// Whatever stands in a JWK or a PEM block: a refusal or a key, and no panic.
    #[test]
    fn no_text_panics(text in ".{0,200}") {
        let _ = Es256Key::from_jwk(&text);
        let _ = Es256Key::from_pem(&text);
        let _ = Rs256PublicKey::from_pem(&format!("-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----"));
        let _ = KeySet::from_text(&text);
        let _ = Compact::parse(&text);
    }

    /// One byte of the DER is another one: a refusal, or a key that is written as it was read.
    #[test]
    fn no_der_panics(at in 0_usize..121, to in any::<u8>()) {
        let der = [
            0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
        ];
        let mut der = [der.as_slice(), &[7; 32]].concat();
        let at = at % der.len();
        der[at] = to;
        let pem = pem::write_private(&der).expect("PEM");
        if let Ok(key) = EdDsaKey::from_pem(pem.expose()) {
            let again = key.to_pem().expect("PEM");
            prop_assert_eq!(again.expose(), pem.expose());
        }
    }
}

#[test]
fn an_ed25519_key_under_which_anybody_can_sign_is_refused() {
    let mut points = vec![[0; 32], [0xff; 32], [0xff; 32], [0xff; 32]];
    for (point, first) in points.iter_mut().skip(1).zip([0xec, 0xed, 0xee]) {
        (point[0], point[31]) = (first, 0x7f);
    }
    let mut one = [0; 32];
    one[0] = 1;
    points.push(one);
    let order_8 = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05";
    let bytes = (0..32).map(|at| u8::from_str_radix(&order_8[2 * at..2 * at + 2], 16));
    let order_8: Vec<u8> = bytes.collect::<Result<_, _>>().expect("hexadecimal");
    points.push(order_8.try_into().expect("32 bytes"));
    for mut point in points {
        for sign in [0, 0x80] {
            point[31] = (point[31] & 0x7f) | sign;
            let x = encode(&point);
            let jwk = format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}"}}"#);
            assert!(EdDsaPublicKey::from_jwk(&jwk).is_err(), "{point:x?}");
        }
    }
}
