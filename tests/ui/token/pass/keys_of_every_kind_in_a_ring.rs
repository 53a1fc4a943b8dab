use secure_runtime::token::keys::{
    EdDsaKey, Es256Key, Es384Key, Hs256Key, Hs384Key, Hs512Key, KeyError, KeyRing, Rs256Key,
    SigningKey, VerifyingKey,
};

fn main() -> Result<(), KeyError> {
    let ring = KeyRing::new(Es256Key::generate()?)
        .with_next(EdDsaKey::generate()?)?
        .with_previous(Es384Key::generate()?.public_key())?
        .with_previous(Rs256Key::generate()?)?
        .with_previous(Hs256Key::random())?
        .with_previous(Hs384Key::random())?
        .with_previous(Hs512Key::random())?;
    assert_eq!(ring.verifying_keys().count(), 7);
    assert_eq!(ring.public_jwks().len(), 4);

    let key = SigningKey::from(Es256Key::generate()?);
    let verifying = VerifyingKey::from(&key);
    let token = key.sign_compact("example+jwt", b"{}").expect("a token");
    assert_eq!(verifying.verify_compact(&token).expect("a payload"), b"{}");
    Ok(())
}
