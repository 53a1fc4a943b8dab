//! The vectors of Project Wycheproof for JSON Web Signatures. They are not part of this project:
//! where they are not at hand, the tests say so and pass.

use std::{env, fs, path::Path};

use secure_runtime::{
    SecretError,
    token::keys::{
        Es256PublicKey, Hs256Key, KeyError, KeyRing, Ps256PublicKey, Ps384PublicKey,
        Ps512PublicKey, Rs256PublicKey, Rs384PublicKey, Rs512PublicKey, SigningKey, VerifyingKey,
    },
};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    number_of_tests: usize,
    test_groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    comment: String,
    private: Value,
    #[serde(default)]
    public: Option<Value>,
    tests: Vec<Vector>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vector {
    tc_id: u32,
    comment: String,
    #[serde(default, deserialize_with = "token")]
    jws: String,
    result: String,
}

/// A token in compact form; or in the form of a JSON object, which is to be refused like any text.
fn token<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => text,
        other => other.to_string(),
    })
}

/// How many vectors ran, and how many did not.
#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    accepted: usize,
    refused: usize,
    left_out: usize,
}

/// Why a vector says nothing about us, if it does not.
fn left_out(vector: &Vector) -> Option<&'static str> {
    match vector.tc_id {
        346 | 350 => Some("valid, but the key says PS256 and the token PS384"),
        347 | 351 => Some("the key says `ES521`, which is no algorithm; P-521 is not offered"),
        367 | 370 => Some("invalid, but the token is that of 357, which is valid"),
        372 | 373 => Some("valid, but `?` is not in the alphabet of base64url (RFC 7515 §2)"),
        _ => None,
    }
}

impl Count {
    fn check(&mut self, vector: &Vector, accepted: bool) {
        let name = format!("{} {}", vector.tc_id, vector.comment);
        assert_eq!(accepted, vector.result == "valid", "{name}");
        match accepted {
            true => self.accepted += 1,
            false => self.refused += 1,
        }
    }
}

/// The key of a group, as the key itself says what it is for.
fn key(group: &Group) -> Result<VerifyingKey, KeyError> {
    let jwk = group.public.as_ref().unwrap_or(&group.private);
    let text = jwk.to_string();
    match (jwk["alg"].as_str(), jwk["kty"].as_str()) {
        (Some("HS256"), _) => Hs256Key::from_jwk(&text).map(Into::into),
        (Some("RS256"), _) | (None, Some("RSA")) => Rs256PublicKey::from_jwk(&text).map(Into::into),
        (Some("RS384"), _) => Rs384PublicKey::from_jwk(&text).map(Into::into),
        (Some("RS512"), _) => Rs512PublicKey::from_jwk(&text).map(Into::into),
        (Some("PS256"), _) => Ps256PublicKey::from_jwk(&text).map(Into::into),
        (Some("PS384"), _) => Ps384PublicKey::from_jwk(&text).map(Into::into),
        (Some("PS512"), _) => Ps512PublicKey::from_jwk(&text).map(Into::into),
        (Some("ES256"), _) | (None, Some("EC")) => Es256PublicKey::from_jwk(&text).map(Into::into),
        other => panic!("{}: {other:?}", group.comment),
    }
}

/// The vectors of a group whose key is 32 zero bytes, which is no key: their tokens are signed again
/// with one that is, and have the same stray characters at the same places.
fn signed_again(vector: &Vector, key: &SigningKey) -> String {
    let stray = |character: &char| !character.is_ascii_alphanumeric() && !"-_".contains(*character);
    let (message, signature) = vector.jws.rsplit_once('.').expect("a token");
    let mut again = key.sign(message.as_bytes()).expect("a signature");
    let inserted = signature.len() > again.len();
    for (at, character) in signature.char_indices().filter(|(_, one)| stray(one)) {
        if !inserted {
            again.remove(at);
        }
        again.insert(at, character);
    }
    format!("{message}.{again}")
}

fn run(group: &Group, count: &mut Count) {
    let applicable = |vector: &&Vector| left_out(vector).is_none();
    let vectors: Vec<_> = group.tests.iter().filter(applicable).collect();
    count.left_out += group.tests.len() - vectors.len();
    if vectors.is_empty() {
        return;
    }
    match key(group) {
        Ok(key) => {
            for vector in vectors {
                count.check(vector, key.verify_compact(&vector.jws).is_ok());
            }
        }
        Err(KeyError::Secret(SecretError::Weak)) if group.comment == "base64" => {
            let key = Hs256Key::random().with_kid("hs256-key").expect("a key");
            let key = SigningKey::from(key);
            for vector in vectors {
                let token = signed_again(vector, &key);
                let accepted = key.verifying_key().verify_compact(&token).is_ok();
                count.check(vector, accepted);
            }
        }
        Err(error) => {
            let expected = match group.comment.as_str() {
                "rsa_encryption" | "ec_key_for_encryption" => {
                    matches!(
                        error,
                        KeyError::Mismatch {
                            name: "use" | "key_ops",
                            ..
                        }
                    )
                }
                "jws_rsa_roca_key" => error == KeyError::RsaRoca,
                _ => false,
            };
            assert!(expected, "{}: {error}", group.comment);
            for vector in vectors {
                count.check(vector, false);
            }
        }
    }
}

/// A set of keys: the first signs, the others verify.
fn run_set(group: &Group, count: &mut Count) {
    let keys = group.private["keys"].as_array().expect("keys");
    let mut keys = keys
        .iter()
        .map(|jwk| SigningKey::from_jwk(&jwk.to_string()).expect("a key"));
    let mut ring = KeyRing::new(keys.next().expect("a key"));
    for key in keys {
        ring = ring.with_previous(key).expect("a ring");
    }
    let key = ring.find("kid-aes-sign").expect("a key");
    for vector in &group.tests {
        count.check(vector, key.verify_compact(&vector.jws).is_ok());
    }
}

fn read(name: &str) -> Option<File> {
    let folder = env::var("SECURE_TEST_VECTORS").map_or_else(
        |_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/vectors"),
        Into::into,
    );
    let path = folder.join("wycheproof").join(name);
    match fs::read(&path) {
        Ok(json) => Some(serde_json::from_slice(&json).expect("a file of vectors")),
        Err(_) => {
            eprintln!("skipped: {} is not at hand", path.display());
            None
        }
    }
}

#[test]
fn json_web_signature() {
    let Some(file) = read("json_web_signature_test.json") else {
        return;
    };
    let mut count = Count::default();
    for group in &file.test_groups {
        run(group, &mut count);
    }
    assert_eq!(
        count.accepted + count.refused + count.left_out,
        file.number_of_tests
    );
    assert_eq!(
        count,
        Count {
            accepted: 40,
            refused: 353,
            left_out: 8,
        }
    );
}

#[test]
fn json_web_crypto() {
    let Some(file) = read("json_web_crypto_test.json") else {
        return;
    };
    let mut count = Count::default();
    for group in &file.test_groups {
        match group.comment.as_str() {
            // Encryption, which is not offered.
            comment if comment.starts_with("jwe_") => count.left_out += group.tests.len(),
            // A set that mixes secrets and public keys is to be refused, whatever the key. Ours may
            // mix them under different ids: what a key is for, it says itself, so that a public key
            // is never taken for a secret.
            "jws_mixedSymmetryKeyset" => count.left_out += group.tests.len(),
            "jws_keyset" => run_set(group, &mut count),
            _ => run(group, &mut count),
        }
    }
    assert_eq!(
        count.accepted + count.refused + count.left_out,
        file.number_of_tests
    );
    assert_eq!(
        count,
        Count {
            accepted: 4,
            refused: 44,
            left_out: 35,
        }
    );
}
