//! Access tokens of apps that sign with a private key: what an attacker makes of the public one (A4,
//! RFC 8725 §2.1, §3.1).

use actix_web::Responder;
use aws_lc_rs::hmac;
use base64::{Engine as _, prelude::BASE64_STANDARD, prelude::BASE64_URL_SAFE_NO_PAD};
use secure_runtime::{
    ServerSecret,
    prelude::*,
    test::TestApp,
    token::{EdDsaKey, Es256Key, Es384Key, Grant, Ps256Key, Rs256Key, Rs512Key, keys::SigningKey},
};
use serde_json::{Value, json};

use crate::support::{Forge, assert_accepted, assert_refused, claims, encode};

#[get("/me")]
#[protected]
async fn who(user: CurrentUser) -> impl Responder {
    user.subject().to_owned()
}

async fn app_with(key: impl Into<SigningKey>) -> TestApp {
    let key = key.into();
    let settings = |settings: secure_runtime::CompleteBuilder| {
        let settings = settings.signing_key(key);
        settings.secret(ServerSecret::random())
    };
    let listing = |routes: &mut secure_runtime::Routes| {
        routes.service(who);
    };
    TestApp::with(settings, listing, |_| {}).await
}

fn header(alg: &str, kid: &str) -> Value {
    json!({"alg": alg, "typ": "at+jwt", "kid": kid})
}

fn message(header: &Value) -> String {
    format!(
        "{}.{}",
        encode(header.to_string()),
        encode(claims().to_string())
    )
}

fn signed(key: impl Into<SigningKey>, header: &Value) -> String {
    let message = message(header);
    let signature = key.into().sign(message.as_bytes()).expect("a signature");
    format!("{message}.{signature}")
}

/// Everything that anybody can know of a key, as bytes.
fn known_of(key: &SigningKey, pem: &str) -> Vec<Vec<u8>> {
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let jwk = key.verifying_key().public_jwk().expect("a public key");
    let members: Value = serde_json::from_str(&jwk.to_text()).expect("JSON");
    let mut known = vec![
        pem.as_bytes().to_vec(),
        pem.trim_end().as_bytes().to_vec(),
        pem.replace('\n', "\r\n").into_bytes(),
        BASE64_STANDARD.decode(&body).expect("base64"),
        body.into_bytes(),
        jwk.to_text().into_bytes(),
        serde_json::to_vec(&jwk).expect("JSON"),
        members.to_string().into_bytes(),
        key.kid().as_bytes().to_vec(),
        Vec::new(),
    ];
    for name in ["n", "e", "x", "y"] {
        if let Some(text) = members[name].as_str() {
            known.push(text.as_bytes().to_vec());
            known.push(BASE64_URL_SAFE_NO_PAD.decode(text).expect("base64"));
        }
    }
    known
}

/// The confusion of keys: a public key is taken for a secret.
async fn assert_no_secret(key: SigningKey, public_pem: String) {
    let (app, alg) = (app_with(key.clone()).await, key.algorithm().name());
    let good = signed(key.clone(), &header(alg, key.kid()));
    assert_accepted(&app, alg, &good).await;
    assert_accepted(&app, "issued", &app.token(&Grant::new("ada"))).await;
    for (number, secret) in known_of(&key, &public_pem).into_iter().enumerate() {
        for (name, algorithm) in [
            ("HS256", hmac::HMAC_SHA256),
            ("HS384", hmac::HMAC_SHA384),
            ("HS512", hmac::HMAC_SHA512),
        ] {
            let hmac_key = hmac::Key::new(algorithm, &secret);
            for named in [name, alg] {
                let message = message(&header(named, key.kid()));
                let tag = hmac::sign(&hmac_key, message.as_bytes());
                let token = format!("{message}.{}", encode(tag));
                let case = format!("{alg}: {name} as {named} with secret {number}");
                assert_refused(&app, &case, &token).await;
            }
        }
        // Derived for the purpose, as our own secrets are.
        let header = header("HS256", key.kid()).to_string();
        let token = Forge::from_secret(&secret).with_header(&header, &claims().to_string());
        assert_refused(&app, &format!("{alg}: derived from {number}"), &token).await;
    }
    for unsigned in ["none", "None", "", alg] {
        let message = message(&header(unsigned, key.kid()));
        assert_refused(&app, unsigned, &format!("{message}.")).await;
        let zeros = encode([0_u8; 64]);
        assert_refused(&app, unsigned, &format!("{message}.{zeros}")).await;
    }
    for other in [
        "RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA", "Ed25519",
    ] {
        if other != alg {
            let token = signed(key.clone(), &header(other, key.kid()));
            assert_refused(&app, &format!("{alg} named {other}"), &token).await;
        }
    }
}

#[actix_web::test]
async fn a_public_key_is_no_secret() {
    macro_rules! assert_each {
        ($($key:ident)*) => {$({
            let key = $key::generate().expect("a key");
            let pem = key.to_public_pem().expect("PEM");
            assert_no_secret(key.into(), pem).await;
        })*};
    }
    assert_each!(Rs256Key Ps256Key Es256Key Es384Key EdDsaKey);
}

/// The right key with another algorithm of its kind.
#[actix_web::test]
async fn a_key_signs_with_one_algorithm() {
    let key = Rs256Key::generate().expect("a key");
    let pem = key.to_pem().expect("PEM");
    let pss = Ps256Key::from_pem(pem.expose()).expect("a key");
    let longer = Rs512Key::from_pem(pem.expose()).expect("a key");
    let app = app_with(key.clone()).await;
    assert_accepted(
        &app,
        "its own",
        &signed(key.clone(), &header("RS256", key.kid())),
    )
    .await;
    for (other, name) in [(SigningKey::from(pss), "PS256"), (longer.into(), "RS512")] {
        let honest = signed(other.clone(), &header(name, key.kid()));
        assert_refused(&app, name, &honest).await;
        let dressed = signed(other, &header("RS256", key.kid()));
        assert_refused(&app, &format!("{name} as RS256"), &dressed).await;
    }
}

/// RFC 8725 §2.4: a key of the attacker's own, in the header where a verifier may be so kind.
#[actix_web::test]
async fn a_public_key_that_comes_along_is_never_used() {
    let [ours, theirs] = [(); 2].map(|()| Es256Key::generate().expect("a key"));
    let app = app_with(ours.clone()).await;
    let jwk = theirs.to_public_jwk().expect("a JWK");
    for kid in [ours.kid(), theirs.kid()] {
        for (name, value) in [
            ("jwk", json!(jwk)),
            ("jku", json!("https://evil.test/.well-known/jwks.json")),
            ("x5u", json!("https://evil.test/chain.pem")),
            (
                "x5c",
                json!([BASE64_STANDARD.encode(theirs.to_public_pem().expect("PEM"))]),
            ),
        ] {
            let mut header = header("ES256", kid);
            header[name] = value;
            let token = signed(theirs.clone(), &header);
            assert_refused(&app, &header.to_string(), &token).await;
        }
    }
    let mut header = header("ES256", ours.kid());
    header["jwk"] = json!(jwk);
    assert_accepted(&app, "under ours", &signed(ours.clone(), &header)).await;
}
