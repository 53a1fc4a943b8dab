use serde::{Deserialize, Serialize};

use super::{super::*, with_another_length, with_one_bit_changed};
use crate::Problem;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct BankAccount {
    iban: String,
}

impl Sealable for BankAccount {
    const PURPOSE: &'static str = "bank account";
}

/// The same fields for another purpose.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct OtherAccount {
    iban: String,
}

impl Sealable for OtherAccount {
    const PURPOSE: &'static str = "other account";
}

/// Another type, which takes the first one's purpose.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Impostor {
    bic: String,
}

impl Sealable for Impostor {
    const PURPOSE: &'static str = BankAccount::PURPOSE;
}

/// Is sealed for the purpose that the first one is signed for.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Note(String);

impl Sealable for Note {
    const PURPOSE: &'static str = "note";
}

impl Signable for Note {
    const PURPOSE: &'static str = "note";
    const MAX_AGE: std::time::Duration = std::time::Duration::from_secs(60);
}

/// Has no form in JSON.
#[derive(Debug, Serialize, Deserialize)]
struct Unwritable(std::collections::BTreeMap<(u8, u8), u8>);

impl Sealable for Unwritable {
    const PURPOSE: &'static str = "unwritable";
}

const ROW: &[u8] = b"customers.bank_account 7";

fn account() -> BankAccount {
    BankAccount {
        iban: "DE02120300000000202051".to_owned(),
    }
}

fn sealer<'a>(secrets: impl IntoIterator<Item = &'a ServerSecret>) -> Sealer {
    Sealer::new(SecretRing::new(secrets))
}

fn setup() -> (Sealer, Sealed<BankAccount>) {
    let sealer = sealer([&ServerSecret::random()]);
    let sealed = sealer.seal(&account(), ROW).expect("sealed");
    (sealer, sealed)
}

fn opened(sealer: &Sealer, text: &str) -> Result<BankAccount, SealError> {
    sealer.open(&Sealed::from_stored(text), ROW)
}

#[test]
fn what_is_sealed_is_opened() {
    let (sealer, sealed) = setup();
    assert_eq!(sealer.open(&sealed, ROW), Ok(account()));
    assert_eq!(sealer.clone().open(&sealed.clone(), ROW), Ok(account()));
    assert_eq!(opened(&sealer, sealed.as_str()), Ok(account()));
}

#[test]
fn the_same_value_is_never_sealed_to_the_same_text() {
    let (sealer, first) = setup();
    let second = sealer.seal(&account(), ROW).expect("sealed");
    assert_ne!(first.as_str(), second.as_str());
    let [first, second] = [first, second].map(|sealed| {
        let body = sealed
            .as_str()
            .rsplit_once('.')
            .expect("a body")
            .1
            .to_owned();
        assert!(!body.is_empty());
        body
    });
    // Neither the nonce nor what follows it.
    assert_ne!(first[..16], second[..16]);
    assert_ne!(first[16..], second[16..]);
}

#[test]
fn the_text_does_not_hold_the_value() {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let (_, sealed) = setup();
    let body = sealed.as_str().rsplit_once('.').expect("a body").1;
    let body = URL_SAFE_NO_PAD.decode(body).expect("base64url");
    let json = serde_json::to_vec(&account()).expect("JSON");
    // Nonce and tag, and as many bytes as the value has.
    assert_eq!(body.len(), 12 + json.len() + 16);
    for part in json.windows(4) {
        assert!(!body.windows(4).any(|window| window == part));
    }
}

#[test]
fn whatever_bit_is_changed_it_does_not_open() {
    let (sealer, sealed) = setup();
    let head = sealed.as_str().rsplit_once('.').expect("a body").0;
    for text in with_one_bit_changed(sealed.as_str()) {
        let refused = opened(&sealer, &text).expect_err("a refusal");
        if text.starts_with(head) {
            assert_eq!(refused, SealError::Forged, "{text}");
        }
    }
}

#[test]
fn whatever_is_cut_off_or_added_it_does_not_open() {
    let (sealer, sealed) = setup();
    for text in with_another_length(sealed.as_str()) {
        assert!(opened(&sealer, &text).is_err(), "{text}");
    }
}

#[test]
fn a_value_of_another_place_does_not_open() {
    let (sealer, sealed) = setup();
    for context in [
        &b"customers.bank_account 8"[..],
        b"customers.bank_account 77",
        b"customers.bank_account ",
        b"",
    ] {
        assert_eq!(sealer.open(&sealed, context), Err(SealError::Forged));
    }
    let nowhere = sealer.seal(&account(), b"").expect("sealed");
    assert_eq!(sealer.open(&nowhere, b""), Ok(account()));
    assert_eq!(sealer.open(&nowhere, ROW), Err(SealError::Forged));
}

#[test]
fn a_value_for_one_purpose_is_none_for_another() {
    let (sealer, sealed) = setup();
    let other = Sealed::<OtherAccount>::from_stored(sealed.as_str());
    assert_eq!(sealer.open(&other, ROW), Err(SealError::Forged));
}

/// Purpose and context cannot be shifted into each other.
#[test]
fn purpose_and_context_are_kept_apart() {
    let (sealer, _) = setup();
    let text = sealer.seal_for("ab", &7, b"c").expect("sealed");
    assert_eq!(sealer.open_for("ab", &text, b"c"), Ok(7));
    let shifted: Result<u8, _> = sealer.open_for("a", &text, b"bc");
    assert_eq!(shifted, Err(SealError::Forged));
}

#[test]
fn a_value_of_another_type_is_malformed() {
    let (sealer, sealed) = setup();
    let other = Sealed::<Impostor>::from_stored(sealed.as_str());
    assert_eq!(sealer.open(&other, ROW), Err(SealError::Malformed));
}

#[test]
fn what_is_signed_is_not_sealed_and_the_other_way_round() {
    let secret = ServerSecret::random();
    let sealer = sealer([&secret]);
    let clock = crate::clock::moved::MovedClock::new();
    let signer = Signer::new(SecretRing::new([&secret]), std::sync::Arc::new(clock));
    let note = Note("a".repeat(100));
    let signed = signer.sign(&note).expect("signed");
    let sealed = sealer.seal(&note, b"").expect("sealed");
    let as_sealed = Sealed::<Note>::from_stored(signed.as_str());
    assert_eq!(sealer.open(&as_sealed, b""), Err(SealError::Forged));
    let as_signed = Signed::<Note>::from_untrusted(sealed.as_str());
    assert_eq!(signer.verify(&as_signed), Err(SignatureError::Forged));
}

#[test]
fn a_previous_secret_opens_and_seals_nothing() {
    let [old, new] = [ServerSecret::random(), ServerSecret::random()];
    let [before, during, after] = [sealer([&old]), sealer([&new, &old]), sealer([&new])];
    let sealed = before.seal(&account(), ROW).expect("sealed");
    assert!(!before.needs_resealing(&sealed));
    assert!(during.needs_resealing(&sealed));
    assert_eq!(during.open(&sealed, ROW), Ok(account()));
    assert_eq!(after.open(&sealed, ROW), Err(SealError::Forged));

    let anew = during.seal(&account(), ROW).expect("sealed");
    assert!(!during.needs_resealing(&anew));
    assert_eq!(after.open(&anew, ROW), Ok(account()));
    assert_eq!(before.open(&anew, ROW), Err(SealError::Forged));
    assert!(!after.needs_resealing(&Sealed::<BankAccount>::from_stored("none")));
}

#[test]
fn what_has_no_form_in_json_is_not_sealed() {
    let (sealer, _) = setup();
    let refused = sealer.seal(&Unwritable([((1, 2), 3)].into()), ROW);
    let refused = refused.expect_err("a refusal");
    assert_eq!(refused.to_string(), "the value cannot be written as JSON");
    assert_eq!(Problem::from(refused).status(), 500);
}

#[test]
fn debug_says_nothing() {
    let (sealer, sealed) = setup();
    assert_eq!(format!("{sealed:?}"), "Sealed([redacted])");
    assert_eq!(format!("{sealer:?}"), "Sealer { .. }");
}

#[test]
fn what_does_not_open_is_a_fault_of_the_server() {
    for error in [SealError::Malformed, SealError::Forged] {
        let problem = Problem::from(error);
        assert_eq!(problem.status(), 500);
        assert_eq!(problem.cause(), Some(&*error.to_string()));
    }
}
