use std::num::NonZeroUsize;

use actix_web::{ResponseError as _, http::StatusCode, http::header::RETRY_AFTER, rt};
use futures_util::future::join_all;

use super::{
    super::{Pepper, VerifyLimits},
    *,
};
use crate::{Problem, ServerSecret};

#[actix_web::test]
async fn what_is_hashed_verifies() {
    let passwords = Passwords::new(PARAMS);
    let hash = passwords
        .hash(&new_password(PASSWORD))
        .await
        .expect("a hash");
    let text = hash.expose();
    assert!(text.starts_with("$argon2id$v=19$m=7168,t=5,p=1$"), "{text}");
    assert!(text.len() <= 128 && text.is_ascii());
    assert_eq!(told(&passwords, PASSWORD, text).await, "valid");
    for wrong in [
        "",
        "correct horse battery stapl",
        "Correct horse battery staple",
    ] {
        assert_eq!(told(&passwords, wrong, text).await, "invalid", "{wrong}");
    }
    let again = passwords
        .hash(&new_password(PASSWORD))
        .await
        .expect("a hash");
    assert_ne!(again.expose(), text, "the salt is another each time");
}

#[actix_web::test]
async fn who_is_unknown_is_refused_whatever_the_password() {
    let passwords = Passwords::new(PARAMS);
    for password in ["", PASSWORD, "nobody's password", "dummy"] {
        let verdict = passwords.verify(secret(password), None).await;
        assert!(!verdict.expect("a verdict").is_valid(), "{password:?}");
    }
}

#[actix_web::test]
async fn a_rehash_brings_the_current_parameters() {
    let old = Passwords::new(PARAMS);
    let new = Passwords::new(Argon2Params::new(9 * 1024, 4, 1));
    let stored = old.hash(&new_password(PASSWORD)).await.expect("a hash");
    let verdict = verify(&new, PASSWORD, stored.expose()).await;
    let Ok(Verdict::ValidRehash(fresh)) = verdict else {
        panic!("{verdict:?}");
    };
    assert!(fresh.expose().contains("m=9216,t=4,p=1"));
    assert_eq!(told(&new, PASSWORD, fresh.expose()).await, "valid");
    // Stronger than what is asked for now is out of date too: all accounts cost the same.
    assert_eq!(told(&old, PASSWORD, fresh.expose()).await, "rehash");
}

#[actix_web::test]
async fn a_password_that_is_too_long_is_wrong() {
    let passwords = Passwords::new(PARAMS);
    let longest = "x".repeat(1024);
    let hash = passwords
        .hash(&new_password(&longest))
        .await
        .expect("a hash");
    assert_eq!(told(&passwords, &longest, hash.expose()).await, "valid");
    let longer = "x".repeat(1025);
    assert_eq!(told(&passwords, &longer, hash.expose()).await, "invalid");
    let of_nothing = passwords.hash(&new_password("")).await.expect("a hash");
    assert_eq!(
        told(&passwords, &longer, of_nothing.expose()).await,
        "invalid"
    );
}

#[actix_web::test]
async fn what_is_no_hash_is_a_fault() {
    const SALT: &str = "c2l4dGVlbiBieXRlIHNsdA";
    const HASH: &str = "k81ovk8fkH1PorA/36zCkEKia28tQyMQYijfaS5RQy4";
    let argon2 = |rest: &str| format!("$argon2id$v=19${rest}");
    let whole = |parameters: &str| argon2(&format!("{parameters}${SALT}${HASH}"));
    let passwords = Passwords::new(PARAMS);
    let table = [
        (String::new(), "Malformed"),
        ("*".to_owned(), "Malformed"),
        (PASSWORD.to_owned(), "Malformed"),
        ("$".to_owned(), "Unsupported"),
        ("$1$salt$hash".to_owned(), "Unsupported"),
        ("$argon2id$".to_owned(), "Malformed"),
        (argon2("m=19456,t=2,p=1"), "Malformed"),
        (argon2(&format!("m=19456,t=2,p=1${SALT}")), "Malformed"),
        (argon2(&format!("m=19456,t=2,p=1${SALT}$!")), "Malformed"),
        (
            argon2(&format!("m=19456,t=2,p=1${SALT}$c2hvcnQ")),
            "Malformed",
        ),
        (
            argon2(&format!("m=19456,t=2,p=1$c2hvcnQ${HASH}")),
            "Malformed",
        ),
        (
            argon2(&format!("m=19456,t=2,p=1${SALT}${HASH}$")),
            "Malformed",
        ),
        (whole("m=19456,t=2"), "Malformed"),
        (whole("m=19456,t=2,p=1,m=8"), "Malformed"),
        (whole("m=19456,t=2,p=1,data=AAAA"), "Malformed"),
        (whole("m=19456,t=-2,p=1"), "Malformed"),
        (whole("m=019456,t=2,p=1"), "Malformed"),
        (whole("m=7,t=2,p=1"), "Malformed"),
        (whole("m=19456,t=0,p=1"), "Malformed"),
        (whole("m=19456,t=2,p=0"), "Malformed"),
        (whole("m=99999999999,t=2,p=1"), "Excessive"),
        (whole("m=4294967295,t=2,p=1"), "Excessive"),
        // 4 GiB.
        (whole("m=4194304,t=1,p=1"), "Excessive"),
        (whole("m=262145,t=1,p=1"), "Excessive"),
        (whole("m=19456,t=33,p=1"), "Excessive"),
        (whole("m=19456,t=2,p=17"), "Excessive"),
        (whole("m=19456,t=2,p=1,keyid=AAAAAAAA"), "UnknownPepper"),
        (
            format!("$argon2id$v=20$m=8,t=1,p=1${SALT}${HASH}"),
            "Unsupported",
        ),
        (
            format!("$argon2x$v=19$m=8,t=1,p=1${SALT}${HASH}"),
            "Unsupported",
        ),
        (
            format!("$argon2id$v=19$m=8,t=1,p=1${SALT}${}", "A".repeat(600)),
            "Malformed",
        ),
    ];
    for (stored, kind) in table {
        let told = told(&passwords, PASSWORD, &stored).await;
        assert!(told.starts_with(kind), "{stored}: {told}");
    }
}

#[actix_web::test]
async fn how_much_work_a_stored_hash_may_ask_for_is_configured() {
    let of = |limits| Passwords::builder(PARAMS).verify_limits(limits).build();
    let strict = of(VerifyLimits::new().memory_kib(8 * 1024).passes(5).lanes(1));
    let reference = "$argon2id$v=19$m=19456,t=2,p=1$c2l4dGVlbiBieXRlIHNsdA$k81ovk8fkH1PorA/36zCkEKia28tQyMQYijfaS5RQy4";
    let lanes = reference.replace("p=1", "p=2").replace("m=19456", "m=64");
    for excessive in [reference, &lanes, &reference.replace("t=2", "t=6")] {
        let told = told(&strict, PASSWORD, excessive).await;
        assert!(told.starts_with("Excessive"), "{excessive}: {told}");
    }
    // What is made is verified, whatever the limits say.
    let none = of(VerifyLimits::new().memory_kib(0).passes(0).lanes(0));
    let hash = none.hash(&new_password(PASSWORD)).await.expect("a hash");
    assert_eq!(told(&none, PASSWORD, hash.expose()).await, "valid");
}

#[actix_web::test]
async fn a_pepper_is_named_and_can_be_changed() {
    let (first, second) = (ServerSecret::random(), ServerSecret::random());
    let plain = Passwords::new(PARAMS);
    let peppered = |secret| Passwords::builder(PARAMS).pepper(Pepper::new(secret));
    let old = peppered(&first).build();
    let new = peppered(&second)
        .previous_pepper(Pepper::new(&first))
        .build();
    let ended = Passwords::builder(PARAMS)
        .previous_pepper(Pepper::new(&first))
        .build();

    let without = plain.hash(&new_password(PASSWORD)).await.expect("a hash");
    let with = old.hash(&new_password(PASSWORD)).await.expect("a hash");
    let (without, with) = (without.expose(), with.expose());
    assert!(with.contains(",keyid=") && !without.contains("keyid"));
    assert!(with.len() <= 128);

    assert_eq!(told(&old, PASSWORD, with).await, "valid");
    assert_eq!(told(&old, "another", with).await, "invalid");
    assert_eq!(told(&old, PASSWORD, without).await, "rehash");
    assert_eq!(told(&new, PASSWORD, with).await, "rehash");
    assert_eq!(told(&new, "another", with).await, "invalid");
    assert_eq!(told(&ended, PASSWORD, with).await, "rehash");
    assert_eq!(told(&plain, PASSWORD, with).await, "UnknownPepper");
    assert_eq!(
        told(&peppered(&second).build(), PASSWORD, with).await,
        "UnknownPepper"
    );
    // The name is not the key: taken away, the hash is not that of the password.
    let at = with.find(",keyid=").expect("a name");
    let nameless = format!("{}{}", &with[..at], &with[at + 15..]);
    assert_eq!(told(&plain, PASSWORD, &nameless).await, "invalid");
    assert!(
        !old.verify(secret(PASSWORD), None)
            .await
            .expect("a verdict")
            .is_valid()
    );
}

#[actix_web::test]
async fn the_surplus_is_told_to_come_back() {
    let one = NonZeroUsize::MIN;
    let passwords = Passwords::builder(PARAMS).at_once(one).queue(2).build();
    let verdicts = join_all((0..10).map(|_| passwords.verify(secret(PASSWORD), None))).await;
    let refused: Vec<_> = verdicts.into_iter().filter_map(Result::err).collect();
    assert_eq!(refused, vec![PasswordError::Overloaded; 7]);

    let answer = Problem::from(PasswordError::Overloaded).error_response();
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(
        answer
            .headers()
            .get(RETRY_AFTER)
            .map(|wait| wait.as_bytes()),
        Some(&b"1"[..])
    );
    let fault = Problem::from(PasswordError::Malformed("x")).status();
    assert_eq!(fault, StatusCode::INTERNAL_SERVER_ERROR);
    // Nothing is left over: as many as before are admitted.
    let verdicts = join_all((0..3).map(|_| passwords.verify(secret(PASSWORD), None))).await;
    assert!(verdicts.iter().all(Result::is_ok));
}

/// A client that hangs up leaves its hash at work, and its place is free afterwards.
#[actix_web::test]
async fn requests_that_are_cancelled_leave_nothing_taken() {
    let passwords = Passwords::builder(PARAMS)
        .at_once(NonZeroUsize::MIN)
        .queue(3)
        .build();
    for _ in 0..8 {
        let task = rt::spawn({
            let passwords = passwords.clone();
            async move { passwords.verify(secret(PASSWORD), None).await }
        });
        rt::task::yield_now().await;
        task.abort();
        assert!(task.await.is_err());
    }
    // One at a time: whoever is admitted is served when the work of those who left has ended.
    loop {
        match passwords.verify(secret(PASSWORD), None).await {
            Ok(verdict) => break assert!(!verdict.is_valid()),
            Err(error) => assert_eq!(error, PasswordError::Overloaded),
        }
        rt::task::yield_now().await;
    }
    let verdicts = join_all((0..4).map(|_| passwords.verify(secret(PASSWORD), None))).await;
    assert!(verdicts.iter().all(Result::is_ok));
}

#[actix_web::test]
async fn nothing_prints_what_it_holds() {
    let pepper = Pepper::new(&ServerSecret::random());
    let builder = Passwords::builder(PARAMS).pepper(pepper.clone());
    let passwords = Passwords::builder(PARAMS).pepper(pepper.clone()).build();
    let password = new_password(PASSWORD);
    let hash = passwords.hash(&password).await.expect("a hash");
    let verdict = Verdict::ValidRehash(hash.clone());
    let printed = format!("{password:?} {hash:?} {verdict:?} {pepper:?} {builder:?} {passwords:?}");
    for hidden in [PASSWORD, "$argon2id", pepper.id(), &hash.expose()[60..]] {
        assert!(!printed.contains(hidden), "{printed}");
    }
}
