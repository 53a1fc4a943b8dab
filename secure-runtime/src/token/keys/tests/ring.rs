use std::time::Duration;

use serde_json::{Value, json};

use super::*;

fn key() -> SigningKey {
    Es256Key::generate().expect("a key").into()
}

fn named(kid: &str) -> SigningKey {
    key().with_kid(kid).expect("a key")
}

#[test]
fn a_ring_finds_its_keys_by_their_ids() {
    let ring = KeyRing::new(named("current"))
        .with_next(named("next"))
        .and_then(|ring| ring.with_previous(named("one")))
        .and_then(|ring| ring.with_previous(Hs256Key::random()))
        .expect("a ring");
    assert_eq!(ring.current().kid(), "current");
    for kid in ["current", "next", "one"] {
        assert_eq!(ring.find(kid).expect("a key").kid(), kid);
    }
    assert!(ring.find("other").is_none());
    assert!(ring.find("").is_none());
    assert_eq!(ring.verifying_keys().count(), 4);
}

#[test]
fn an_id_stands_for_one_key_and_a_key_under_one_id() {
    let repeated = |kid: &str| KeyError::RepeatedKid {
        kid: kid.to_owned(),
    };
    let ring = || {
        KeyRing::new(named("a"))
            .with_previous(named("b"))
            .expect("a ring")
    };
    assert_eq!(
        ring().with_next(named("b")).expect_err("a refusal"),
        repeated("b")
    );
    assert_eq!(
        ring().with_previous(named("a")).expect_err("a refusal"),
        repeated("a")
    );
    // Also of another kind.
    let secret = Hs256Key::random().with_kid("a").expect("a key");
    assert_eq!(
        ring().with_previous(secret).expect_err("a refusal"),
        repeated("a")
    );
    let again = named("c");
    let error = KeyRing::new(again.clone()).with_next(again.with_kid("d").expect("a key"));
    let same = KeyError::RepeatedKey {
        kid: "d".to_owned(),
    };
    assert_eq!(error.expect_err("a refusal"), same);
    let error = ring()
        .with_next(named("c"))
        .expect("a ring")
        .with_next(named("d"));
    assert_eq!(
        error.expect_err("a refusal"),
        KeyError::Count { status: "next" }
    );
}

#[test]
fn one_rsa_key_is_not_for_two_algorithms() {
    let key = generated(Algorithm::Rs256);
    let other = generated(Algorithm::Ps256)
        .with_kid("other")
        .expect("a key");
    let error = KeyRing::new(key).with_next(other).expect_err("a refusal");
    let same = KeyError::RepeatedKey {
        kid: "other".to_owned(),
    };
    assert_eq!(error, same);
}

#[test]
fn what_is_published_holds_no_private_member() {
    fn search(value: &Value) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    let private = ["d", "p", "q", "dp", "dq", "qi", "k", "oth"];
                    assert!(!private.contains(&name.as_str()), "{name}");
                    search(value);
                }
            }
            Value::Array(values) => values.iter().for_each(search),
            _ => {}
        }
    }
    let mut ring = KeyRing::new(Hs256Key::random());
    let not_another_rsa = |algorithm: &Algorithm| {
        algorithm.family() != algorithm::Family::Rsa || *algorithm == Algorithm::Ps384
    };
    for algorithm in Algorithm::ALL.into_iter().filter(not_another_rsa) {
        let key = generated(algorithm);
        ring = ring.with_previous(key).expect("a ring");
    }
    let published = serde_json::to_value(ring.public_jwks()).expect("JSON");
    search(&published);
    let keys = published["keys"].as_array().expect("keys");
    assert_eq!(keys.len(), 4);
    for key in keys {
        assert_eq!(key["use"], "sig");
        let kid = key["kid"].as_str().expect("an id");
        assert_eq!(
            key["alg"],
            ring.find(kid).expect("a key").algorithm().name()
        );
    }
    let ec = keys
        .iter()
        .find(|key| key["alg"] == "ES256")
        .expect("a key");
    let mut names: Vec<_> = ec.as_object().expect("members").keys().collect();
    names.sort();
    assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
    assert_eq!(KeyRing::from(Hs256Key::random()).public_jwks().len(), 0);
}

#[test]
fn a_purpose_has_secrets_of_its_own_and_the_same_ids() {
    let key = Hs256Key::random();
    let ring = KeyRing::new(key.clone())
        .with_previous(named("ec"))
        .expect("a ring");
    let (access, reset) = (
        ring.for_purpose("access token"),
        ring.for_purpose("reset token"),
    );
    assert_eq!(access.current().kid(), key.kid());
    let token = access
        .current()
        .sign_compact("at+jwt", b"{}")
        .expect("a token");
    let verify = |ring: &KeyRing| {
        ring.find(key.kid())
            .expect("a key")
            .verify_compact(&token)
            .is_ok()
    };
    assert!(verify(&access));
    assert!(!verify(&reset));
    assert!(!verify(&ring));
    let ec = |ring: &KeyRing| ring.find("ec").expect("a key").public_jwk();
    assert_eq!(ec(&ring), ec(&access));
    // The derived key of one algorithm is no beginning of another's.
    let bytes: Vec<u8> = (1..=64).collect();
    let one = KeyRing::from(Hs256Key::from_bytes(&bytes).expect("a key")).for_purpose("p");
    let two = KeyRing::from(Hs512Key::from_bytes(&bytes).expect("a key")).for_purpose("p");
    let (one, two) = (secret_of(&one), secret_of(&two));
    assert_ne!(one, two[..32]);
}

#[test]
fn a_server_s_secret_makes_the_key_that_its_text_makes() {
    let text = "q83vEjRWeJC6mHZUMhDerb7v/+7dzLuqmYh3ZlVEMyI=";
    let secret = crate::crypto::ServerSecret::from_text(text).expect("a secret");
    let key = Hs256Key::from_secret(&secret);
    let same = Hs256Key::from_text(text).expect("a key");
    assert_eq!(key.kid(), same.kid());
    let derived = |key: Hs256Key| secret_of(&KeyRing::from(key).for_purpose("access token"));
    let key = derived(key);
    assert_eq!(key, derived(same));
    // The bytes are those that tokens have been signed with since there are any.
    assert_eq!(key, *secret.derive("access token"));
}

fn secret_of(ring: &KeyRing) -> Vec<u8> {
    let key = ring.current().verifying_key();
    key.secret().expect("a secret").to_vec()
}

#[test]
fn nothing_prints_a_key() {
    for algorithm in Algorithm::ALL {
        let key = generated(algorithm);
        let set = KeySet::new(key.clone(), Duration::ZERO);
        let ring = KeyRing::new(key.clone());
        let text = format!("{key:?} {:?} {set:?} {ring:?}", key.verifying_key());
        let jwk: Value = serde_json::from_str(key.to_jwk().expect("a JWK").expose()).expect("JSON");
        for name in ["d", "k", "p", "q", "dp", "dq", "qi", "n", "x"] {
            if let Some(part) = jwk[name].as_str() {
                assert!(!text.contains(part), "{algorithm}: {name}");
            }
        }
    }
    assert_eq!(format!("{:?}", Hs256Key::random()), "Hs256Key([redacted])");
}

#[test]
fn sets_that_are_not_whole_are_refused() {
    let entry = |status: &str| {
        let key = key();
        let mut jwk: Value =
            serde_json::from_str(key.to_jwk().expect("a JWK").expose()).expect("JSON");
        jwk["status"] = json!(status);
        jwk["published_at"] = json!(1_800_000_000);
        if status == "previous" {
            jwk["retired_at"] = json!(1_800_000_100);
        }
        jwk
    };
    let refusal = |keys: &[Value]| {
        KeySet::from_text(&json!({"keys": keys}).to_string()).expect_err("a refusal")
    };
    let (current, next, previous) = (entry("current"), entry("next"), entry("previous"));
    let whole = json!({"keys": [&previous, &next, &current]}).to_string();
    assert_eq!(
        KeySet::from_text(&whole).expect("a set").entries().count(),
        3
    );

    assert_eq!(
        KeySet::from_text("").expect_err("a refusal"),
        KeyError::Empty
    );
    for text in [
        "[]",
        "{}",
        r#"{"keys":{}}"#,
        "[[]]",
        r#"{"keys":[],"keys":[]}"#,
    ] {
        assert_eq!(
            KeySet::from_text(text).expect_err("a refusal"),
            KeyError::NotASet,
            "{text}"
        );
    }
    let count = |status| KeyError::Count { status };
    assert_eq!(refusal(&[]), count("none"));
    assert_eq!(refusal(std::slice::from_ref(&next)), count("none"));
    assert_eq!(
        refusal(&[current.clone(), entry("current")]),
        count("current")
    );
    assert_eq!(
        refusal(&[current.clone(), next.clone(), entry("next")]),
        count("next")
    );
    assert_eq!(refusal(&[entry("retired")]), KeyError::Status);
    let mut twice = entry("next");
    twice["kid"] = current["kid"].clone();
    assert!(matches!(
        refusal(&[current.clone(), twice]),
        KeyError::RepeatedKid { .. }
    ));
    let mut same = current.clone();
    same["kid"] = json!("other");
    same["status"] = json!("next");
    assert!(matches!(
        refusal(&[current.clone(), same]),
        KeyError::RepeatedKey { .. }
    ));
    for name in ["kid", "alg", "use", "published_at"] {
        let mut without = current.clone();
        without.as_object_mut().expect("members").remove(name);
        assert_eq!(refusal(&[without]), KeyError::Member { name });
    }
    for (mut with, retired_at) in [(current.clone(), json!(1)), (previous, Value::Null)] {
        with["retired_at"] = retired_at;
        assert_eq!(refusal(&[with]), KeyError::Status);
    }
    let mut public = current;
    public.as_object_mut().expect("members").remove("d");
    assert_eq!(refusal(&[public]), KeyError::Public);
}
