use std::time::Duration;

use super::*;

const HOUR: Duration = Duration::from_secs(3600);
const START: Duration = Duration::from_secs(1_800_000_000);
const TIMES: RotationTimes = RotationTimes {
    jwks_max_age: HOUR,
    token_lifetime: Duration::from_secs(600),
};

fn fresh() -> Result<SigningKey, KeyError> {
    SigningKey::generate(Algorithm::Es256)
}

fn no_fresh() -> Result<SigningKey, KeyError> {
    panic!("no key was to be made")
}

fn statuses(set: &KeySet) -> Vec<KeyStatus> {
    set.entries().map(|entry| entry.status).collect()
}

#[test]
fn a_key_comes_signs_and_goes() {
    let set = KeySet::new(fresh().expect("a key"), START);
    let first = set.ring().expect("a ring").current().kid().to_owned();

    // It comes, and does not sign.
    let rotation = set.rotate(START, TIMES, fresh).expect("a rotation");
    let RotationStep::Published {
        kid: second,
        signs_from,
    } = rotation.step
    else {
        panic!("{:?}", rotation.step);
    };
    assert_eq!(signs_from, START + HOUR);
    let set = rotation.set;
    let ring = set.ring().expect("a ring");
    assert_eq!(ring.current().kid(), first);
    assert_eq!(ring.public_jwks().len(), 2);
    assert!(ring.find(&second).is_some());

    // Too early, by a second, and by a clock that went back.
    for (now, wait) in [
        (START, HOUR),
        (
            START + HOUR - Duration::from_secs(1),
            Duration::from_secs(1),
        ),
        (START - HOUR, 2 * HOUR),
    ] {
        let error = set.rotate(now, TIMES, no_fresh).expect_err("a refusal");
        assert_eq!(error, RotationError::TooEarly { wait });
    }

    // It signs; the first one verifies.
    let now = START + HOUR;
    let rotation = set.rotate(now, TIMES, no_fresh).expect("a rotation");
    let promoted = RotationStep::Promoted {
        kid: second.clone(),
        retired: first.clone(),
    };
    assert_eq!(rotation.step, promoted);
    assert_eq!(rotation.dropped, [""; 0]);
    let old = ring
        .current()
        .sign_compact("at+jwt", b"{}")
        .expect("a token");
    let set = rotation.set;
    assert_eq!(statuses(&set), [KeyStatus::Previous, KeyStatus::Current]);
    let ring = set.ring().expect("a ring");
    assert_eq!(ring.current().kid(), second);
    ring.find(&first)
        .expect("a key")
        .verify_compact(&old)
        .expect("a payload");

    // It goes when its last token has expired, and not before.
    let last = now + TIMES.token_lifetime + Duration::from_secs(300);
    let early = set.rotate(last, TIMES, fresh).expect("a rotation");
    assert_eq!(early.dropped, [""; 0]);
    let late = set
        .rotate(last + Duration::from_secs(1), TIMES, fresh)
        .expect("a rotation");
    assert_eq!(late.dropped, [first.as_str()]);
    assert_eq!(statuses(&late.set), [KeyStatus::Current, KeyStatus::Next]);
    assert!(late.set.ring().expect("a ring").find(&first).is_none());
}

#[test]
fn a_set_survives_its_text_at_every_step() {
    let mut set = KeySet::new(Hs256Key::random(), START);
    for step in 0_u32..8 {
        let algorithm = Algorithm::ALL[step as usize % 3 + 9];
        let make = || SigningKey::generate(algorithm);
        set = set
            .rotate(START + step * HOUR, TIMES, make)
            .expect("a rotation")
            .set;
        let text = set.to_text().expect("a text");
        let again = KeySet::from_text(text.expose()).expect("a set");
        let entries = |set: &KeySet| set.entries().collect::<Vec<_>>();
        assert_eq!(entries(&again), entries(&set));
        assert_eq!(again.to_text().expect("a text").expose(), text.expose());
        set = again;
    }
}

#[test]
fn a_retired_key_leaves_its_private_half() {
    let set = KeySet::new(fresh().expect("a key"), START);
    let set = set.rotate(START, TIMES, fresh).expect("a rotation").set;
    let set = set
        .rotate(START + HOUR, TIMES, no_fresh)
        .expect("a rotation")
        .set;
    let text = set.to_text().expect("a text");
    assert_eq!(text.expose().matches(r#""d":"#).count(), 1);
    // It cannot be made to sign again.
    let text = text
        .expose()
        .replace("previous", "next")
        .replace(",\"retired_at\":1800003600", "");
    assert_eq!(
        KeySet::from_text(&text).expect_err("a refusal"),
        KeyError::Public
    );
}

#[test]
fn a_fresh_key_that_is_no_fresh_one_is_refused() {
    let key = fresh().expect("a key");
    let set = KeySet::new(key.clone(), START);
    let error = set
        .rotate(START, TIMES, || Ok(key.clone()))
        .expect_err("a refusal");
    assert!(matches!(
        error,
        RotationError::Key(KeyError::RepeatedKid { .. })
    ));
    let error = set
        .rotate(START, TIMES, || Err(KeyError::Unavailable))
        .expect_err("a refusal");
    assert_eq!(error, RotationError::Key(KeyError::Unavailable));
}

#[test]
fn absurd_times_do_not_panic() {
    let set = KeySet::new(fresh().expect("a key"), Duration::MAX);
    let times = RotationTimes {
        jwks_max_age: Duration::MAX,
        token_lifetime: Duration::MAX,
    };
    let set = set
        .rotate(Duration::MAX, times, fresh)
        .expect("a rotation")
        .set;
    assert!(set.rotate(Duration::ZERO, times, no_fresh).is_err());
    let _ = set.rotate(Duration::MAX, times, no_fresh);
    let times = RotationTimes {
        jwks_max_age: Duration::ZERO,
        ..times
    };
    let set = set
        .rotate(Duration::MAX, times, no_fresh)
        .expect("a rotation");
    let _ = set
        .set
        .rotate(Duration::MAX, times, fresh)
        .expect("a rotation");
}

#[test]
fn a_wait_is_said_in_whole_seconds() {
    let error = |nanos| {
        RotationError::TooEarly {
            wait: Duration::from_nanos(nanos),
        }
        .to_string()
    };
    assert!(error(1).ends_with("wait 1 seconds"));
    assert!(error(2_000_000_000).ends_with("wait 2 seconds"));
}
