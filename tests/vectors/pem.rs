//! Keys as openssl writes them, and as it reads what we write.

use secure_runtime::token::keys::{
    EdDsaKey, EdDsaPublicKey, Es256Key, Es256PublicKey, Es384Key, KeyError, Ps384Key, Rs256Key,
    Rs256PublicKey, Rs512PublicKey, SigningKey, VerifyingKey,
};

macro_rules! pem {
    ($name:literal) => {
        include_str!(concat!("pem/", $name, ".pem"))
    };
}

fn fits(key: impl Into<SigningKey>, public: impl Into<VerifyingKey>) {
    let (key, public) = (key.into(), public.into());
    let token = key.sign_compact("test+jwt", b"{}").expect("a token");
    assert_eq!(public.verify_compact(&token).expect("a payload"), b"{}");
}

#[test]
fn rsa_keys_of_both_forms_are_taken() {
    let key = Rs256Key::from_pem(pem!("rsa_pkcs8")).expect("a key");
    let older = Rs256Key::from_pem(pem!("rsa_pkcs1")).expect("a key");
    let public = Rs256PublicKey::from_pem(pem!("rsa_public")).expect("a key");
    let older_public = Rs256PublicKey::from_pem(pem!("rsa_public_pkcs1")).expect("a key");
    assert_eq!(key.kid(), older.kid());
    fits(key, older_public);
    fits(older, public);
    fits(
        Ps384Key::from_pem(pem!("rsa_pkcs8")).expect("a key"),
        Ps384Key::from_pem(pem!("rsa_pkcs1")).expect("a key"),
    );
}

#[test]
fn keys_on_curves_are_taken() {
    let key = Es256Key::from_pem(pem!("p256_pkcs8")).expect("a key");
    let sec1 = Es256Key::from_pem(pem!("p256_sec1_with_parameters")).expect("a key");
    assert_eq!(key.kid(), sec1.kid());
    fits(
        sec1,
        Es256PublicKey::from_pem(pem!("p256_public")).expect("a key"),
    );
    fits(
        EdDsaKey::from_pem(pem!("ed25519_pkcs8")).expect("a key"),
        EdDsaPublicKey::from_pem(pem!("ed25519_public")).expect("a key"),
    );
    Es384Key::from_pem(pem!("p384_pkcs8")).expect("a key");
}

/// What we write is, byte by byte, what openssl wrote.
#[test]
fn what_is_written_is_what_openssl_writes() {
    let same = |ours: &str, openssl: &str| {
        assert_eq!(ours, openssl.split_once('\n').expect("a first line").1);
    };
    let key = Rs256Key::from_pem(pem!("rsa_pkcs1")).expect("a key");
    same(key.to_pem().expect("PEM").expose(), pem!("rsa_pkcs8"));
    same(&key.to_public_pem().expect("PEM"), pem!("rsa_public"));
    let key = Es256Key::from_pem(pem!("p256_sec1_with_parameters")).expect("a key");
    same(key.to_pem().expect("PEM").expose(), pem!("p256_pkcs8"));
    same(&key.to_public_pem().expect("PEM"), pem!("p256_public"));
    let key = EdDsaKey::from_pem(pem!("ed25519_pkcs8")).expect("a key");
    same(key.to_pem().expect("PEM").expose(), pem!("ed25519_pkcs8"));
    same(&key.to_public_pem().expect("PEM"), pem!("ed25519_public"));
}

#[test]
fn a_public_key_of_2048_bits_verifies_and_a_private_one_does_not_sign() {
    Rs512PublicKey::from_pem(pem!("rsa_2048_public")).expect("a key");
    let size = |bits, least| KeyError::RsaSize { bits, least };
    let error = Rs256Key::from_pem(pem!("rsa_2048")).expect_err("a refusal");
    assert_eq!(error, size(2048, 3072));
    let error = Rs256PublicKey::from_pem(pem!("rsa_1024_public")).expect_err("a refusal");
    assert_eq!(error, size(1024, 2048));
}

#[test]
fn keys_of_another_kind_are_refused() {
    let kind = |error: KeyError| match error {
        KeyError::Kind { expected } => expected,
        other => panic!("{other}"),
    };
    let es256 = |pem| kind(Es256Key::from_pem(pem).expect_err("a refusal"));
    assert_eq!(es256(pem!("rsa_pkcs8")), "an EC key on P-256");
    assert_eq!(es256(pem!("rsa_pkcs1")), "an EC key on P-256");
    assert_eq!(es256(pem!("ed25519_pkcs8")), "an EC key on P-256");
    assert_eq!(es256(pem!("p384_pkcs8")), "an EC key on P-256");
    assert_eq!(es256(pem!("p521_pkcs8")), "an EC key on P-256");
    assert_eq!(es256(pem!("secp256k1_pkcs8")), "an EC key on P-256");
    let rs256 = |pem| kind(Rs256PublicKey::from_pem(pem).expect_err("a refusal"));
    assert_eq!(rs256(pem!("p256_public")), "an RSA key");
    // Bound to RSASSA-PSS by its identifier.
    assert_eq!(rs256(pem!("rsa_pss_public")), "an RSA key");
    let ed = EdDsaKey::from_pem(pem!("p256_pkcs8")).expect_err("a refusal");
    assert_eq!(kind(ed), "an Ed25519 key");
}

#[test]
fn halves_are_not_taken_for_one_another() {
    let error = Es256Key::from_pem(pem!("p256_public")).expect_err("a refusal");
    assert_eq!(error, KeyError::Public);
    let error = Es256PublicKey::from_pem(pem!("p256_pkcs8")).expect_err("a refusal");
    assert_eq!(error, KeyError::Private);
}

#[test]
fn what_is_encrypted_weak_or_no_pem_is_refused() {
    let es256 = |pem: &str| Es256Key::from_pem(pem).expect_err("a refusal");
    assert_eq!(es256(pem!("p256_encrypted")), KeyError::Encrypted);
    assert_eq!(es256(pem!("p256_encrypted_sec1")), KeyError::Encrypted);
    assert_eq!(es256(" \n"), KeyError::Empty);
    assert_eq!(es256("no PEM"), KeyError::Pem);
    let two = [pem!("p256_pkcs8"), pem!("p256_pkcs8")].concat();
    assert_eq!(es256(&two), KeyError::Pem);
    assert_eq!(
        es256(&pem!("p256_pkcs8").replace("Tnj", "T!j")),
        KeyError::Pem
    );
    // One bit of the private number is another one: it has another point.
    let moved = pem!("p256_pkcs8").replace("Tnj", "Tnk");
    assert_eq!(es256(&moved), KeyError::Inconsistent);
    let error = Rs256PublicKey::from_pem(pem!("rsa_exponent_3_public")).expect_err("a refusal");
    assert_eq!(error, KeyError::RsaExponent);
}
