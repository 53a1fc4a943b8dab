use std::{sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};

use super::{super::*, with_another_length, with_one_bit_changed};
use crate::{Problem, clock::moved::MovedClock};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Download {
    file: u32,
    name: String,
}

impl Signable for Download {
    const PURPOSE: &'static str = "download link";
    const MAX_AGE: Duration = Duration::from_secs(600);
}

/// The same fields for another purpose.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Upload {
    file: u32,
    name: String,
}

impl Signable for Upload {
    const PURPOSE: &'static str = "upload link";
    const MAX_AGE: Duration = Duration::from_secs(600);
}

/// Another type, which takes the first one's purpose.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Impostor {
    folder: u32,
}

impl Signable for Impostor {
    const PURPOSE: &'static str = Download::PURPOSE;
    const MAX_AGE: Duration = Duration::from_secs(600);
}

/// Has no form in JSON.
#[derive(Debug, Serialize, Deserialize)]
struct Unwritable(std::collections::BTreeMap<(u8, u8), u8>);

impl Signable for Unwritable {
    const PURPOSE: &'static str = "unwritable";
    const MAX_AGE: Duration = Duration::from_secs(600);
}

fn download() -> Download {
    Download {
        file: 7,
        name: "Jahresbericht „2026“.pdf".to_owned(),
    }
}

fn signer<'a>(secrets: impl IntoIterator<Item = &'a ServerSecret>, clock: &MovedClock) -> Signer {
    Signer::new(SecretRing::new(secrets), Arc::new(clock.clone()))
}

fn setup() -> (Signer, MovedClock) {
    let clock = MovedClock::new();
    (signer([&ServerSecret::random()], &clock), clock)
}

fn verified(signer: &Signer, text: &str) -> Result<Download, SignatureError> {
    signer.verify(&Signed::from_untrusted(text))
}

#[test]
fn what_is_signed_is_verified() {
    let (signer, _) = setup();
    let signed = signer.sign(&download()).expect("signed");
    assert_eq!(signer.verify(&signed), Ok(download()));
    assert_eq!(signer.clone().verify(&signed.clone()), Ok(download()));
    assert_eq!(verified(&signer, &signed.to_string()), Ok(download()));
}

#[test]
fn the_text_is_safe_in_a_url() {
    let (signer, _) = setup();
    let signed = signer.sign(&download()).expect("signed");
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    assert!(signed.as_str().bytes().all(is_unreserved), "{signed}");
    assert_eq!(signed.as_str(), signed.to_string());
}

#[test]
fn whatever_bit_is_changed_it_is_refused() {
    let (signer, _) = setup();
    let signed = signer.sign(&download()).expect("signed");
    for text in with_one_bit_changed(signed.as_str()) {
        let refused = verified(&signer, &text).expect_err("a refusal");
        let expected = [SignatureError::Malformed, SignatureError::Forged];
        assert!(expected.contains(&refused), "{text}: {refused:?}");
    }
}

/// What is authenticated says so by `Forged` alone: not by what stands in it.
#[test]
fn a_changed_body_is_forged_whatever_it_says() {
    let (signer, clock) = setup();
    let signed = signer.sign(&download()).expect("signed");
    clock.advance(Duration::from_secs(601));
    let head = signed.as_str().rsplit_once('.').expect("a body").0;
    for text in with_one_bit_changed(signed.as_str()) {
        if text.starts_with(head) {
            assert_eq!(verified(&signer, &text), Err(SignatureError::Forged));
        }
    }
}

#[test]
fn whatever_is_cut_off_or_added_it_is_refused() {
    let (signer, _) = setup();
    let signed = signer.sign(&download()).expect("signed");
    for text in with_another_length(signed.as_str()) {
        assert!(verified(&signer, &text).is_err(), "{text}");
    }
    assert!(verified(&signer, &"A".repeat(1_000_000)).is_err());
}

#[test]
fn a_value_for_one_purpose_is_none_for_another() {
    let (signer, _) = setup();
    let signed = signer.sign(&download()).expect("signed");
    let other = Signed::<Upload>::from_untrusted(signed.as_str());
    assert_eq!(signer.verify(&other), Err(SignatureError::Forged));
}

#[test]
fn a_value_of_another_type_is_malformed() {
    let (signer, _) = setup();
    let signed = signer.sign(&download()).expect("signed");
    let other = Signed::<Impostor>::from_untrusted(signed.as_str());
    assert_eq!(signer.verify(&other), Err(SignatureError::Malformed));
}

#[test]
fn another_app_signs_for_itself() {
    let (signer, _) = setup();
    let (other, _) = setup();
    let signed = other.sign(&download()).expect("signed");
    assert_eq!(signer.verify(&signed), Err(SignatureError::Forged));
}

/// The key's name is that of the right key, and the signature is another one's.
#[test]
fn a_name_opens_nothing() {
    let clock = MovedClock::new();
    let named = |bytes: [u8; 32]| SecretRing::named([("k1".to_owned(), bytes.to_vec())]);
    let [one, other] = [[1; 32], [2; 32]].map(|b| Signer::new(named(b), Arc::new(clock.clone())));
    let signed = other.sign(&download()).expect("signed");
    assert_eq!(one.verify(&signed), Err(SignatureError::Forged));
}

#[test]
fn a_value_ends_with_its_age() {
    let (signer, clock) = setup();
    let signed = signer.sign(&download()).expect("signed");
    clock.advance(Duration::from_millis(599_999));
    assert_eq!(signer.verify(&signed), Ok(download()));
    clock.advance(Duration::from_millis(1));
    assert_eq!(signer.verify(&signed), Err(SignatureError::Expired));
    clock.advance(Duration::from_secs(100 * 365 * 24 * 3600));
    assert_eq!(signer.verify(&signed), Err(SignatureError::Expired));
}

#[test]
fn a_clock_may_be_ahead_by_a_minute() {
    let (signer, clock) = setup();
    let signed = signer.sign(&download()).expect("signed");
    clock.go_back(Duration::from_secs(60));
    assert_eq!(signer.verify(&signed), Ok(download()));
    clock.go_back(Duration::from_millis(1));
    assert_eq!(signer.verify(&signed), Err(SignatureError::Early));
}

#[test]
fn a_previous_secret_verifies_and_signs_nothing() {
    let [old, new] = [ServerSecret::random(), ServerSecret::random()];
    let clock = MovedClock::new();
    let [before, during, after] = [
        signer([&old], &clock),
        signer([&new, &old], &clock),
        signer([&new], &clock),
    ];
    let of_before = before.sign(&download()).expect("signed");
    assert_eq!(during.verify(&of_before), Ok(download()));
    assert_eq!(after.verify(&of_before), Err(SignatureError::Forged));
    let of_during = during.sign(&download()).expect("signed");
    assert_eq!(after.verify(&of_during), Ok(download()));
    assert_eq!(before.verify(&of_during), Err(SignatureError::Forged));
}

#[test]
fn what_has_no_form_in_json_is_not_signed() {
    let (signer, _) = setup();
    let value = Unwritable([((1, 2), 3)].into());
    let refused = signer.sign(&value).expect_err("a refusal");
    assert_eq!(refused.to_string(), "the value cannot be written as JSON");
    assert!(std::error::Error::source(&refused).is_some());
}

#[test]
fn it_travels_as_text_in_json() {
    let (signer, _) = setup();
    let signed = signer.sign(&download()).expect("signed");
    let json = serde_json::to_string(&signed).expect("JSON");
    assert_eq!(json, format!("\"{signed}\""));
    let again: Signed<Download> = serde_json::from_str(&json).expect("a text");
    assert_eq!(signer.verify(&again), Ok(download()));
}

#[test]
fn debug_says_nothing() {
    let (signer, _) = setup();
    let signed = signer.sign(&download()).expect("signed");
    assert_eq!(format!("{signed:?}"), "Signed([redacted])");
    assert_eq!(format!("{signer:?}"), "Signer { .. }");
}

#[test]
fn a_value_that_is_not_taken_is_a_bad_request() {
    for error in [
        SignatureError::Malformed,
        SignatureError::Forged,
        SignatureError::Expired,
        SignatureError::Early,
    ] {
        let problem = Problem::from(error);
        assert_eq!(problem.status(), 400);
        assert_eq!(problem.cause(), Some(&*error.to_string()));
    }
}
