use std::{cell::RefCell, io};

use actix_web::http::StatusCode;

use super::{
    super::{
        PasswordPolicy,
        policy::{
            BreachCheckError, BreachQuery, BreachedPasswords, PasswordContext, PasswordRefused,
            Reason,
        },
    },
    *,
};
use crate::Problem;

fn check(policy: &PasswordPolicy, text: &str) -> Result<NewPassword, PasswordRefused> {
    let ada = PasswordContext::new()
        .username("Ada Lovelace")
        .email("countess.lovelace+news@analytical-engine.example");
    policy.check(secret(text), &ada)
}

fn codes(policy: &PasswordPolicy, text: &str) -> Vec<&'static str> {
    let refused = check(policy, text).err();
    let reasons = refused.as_ref().map_or(&[][..], PasswordRefused::reasons);
    reasons.iter().map(|reason| reason.code()).collect()
}

#[test]
fn what_the_default_says() {
    let policy = PasswordPolicy::default().context_word("Bookshelf");
    let table: [(&str, &[&str]); 18] = [
        ("tangerine lighthouse umbrella", &[]),
        ("all lower case and nothing else", &[]),
        ("kT9#mQ2$vL7!xR4", &[]),
        ("ünïcödé påsswörter øverält", &[]),
        ("東京の朝は静かでとても美しい。", &[]),
        ("🦀🐙🦑🐠🐟🐬🦈🐳🐋🦭🐢🐍🦎🦖🦕", &[]),
        ("kT9#mQ2$vL7!xR", &["password_too_short"]),
        ("", &["password_too_short", "password_guessable"]),
        (
            "iloveyou",
            &[
                "password_too_short",
                "password_common",
                "password_guessable",
            ],
        ),
        (
            "passwordpassword",
            &["password_common", "password_guessable"],
        ),
        (
            "PasswordPassword",
            &["password_common", "password_guessable"],
        ),
        ("aaaaaaaaaaaaaaaaaaaaaa", &["password_guessable"]),
        ("Password12345678", &["password_guessable"]),
        (
            "tangerine\tlighthouse\0umbrella",
            &["password_control_character"],
        ),
        (
            "adaadaadaadaadaada",
            &["password_context", "password_guessable"],
        ),
        ("lovelace.lovelace2024", &["password_context"]),
        (
            "countess.lovelace+news",
            &["password_context", "password_guessable"],
        ),
        (
            "bookshelf-bookshelf-1",
            &["password_context", "password_guessable"],
        ),
    ];
    for (text, expected) in table {
        assert_eq!(codes(&policy, text), expected, "{text:?}");
    }
    // A word of one's own in a password that is one without it.
    assert!(check(&policy, "Ada found nine tangerine lighthouses").is_ok());
}

#[test]
fn length_is_counted_in_code_points_after_normalisation() {
    let policy = PasswordPolicy::default();
    let letters = "äöüéèñçåøßîôûœæ";
    assert_eq!(letters.chars().count(), 15);
    assert!(check(&policy, letters).is_ok());
    // As two code points each, they are as many as before.
    let one_less = "a\u{308}o\u{308}u\u{308}e\u{301}e\u{300}n\u{303}c\u{327}a\u{30a}zxvwqk";
    assert_eq!(one_less.chars().count(), 22);
    assert_eq!(codes(&policy, one_less), ["password_too_short"]);
    assert!(check(&policy, &format!("{one_less}j")).is_ok());
}

#[test]
fn long_ones_are_taken_whole() {
    let policy = PasswordPolicy::default();
    let start = "tangerine lighthouse umbrella ";
    for length in [64, 100, 128, 1024] {
        let text = format!("{start}{}", "x".repeat(length - start.len()));
        let taken = check(&policy, &text).expect("taken");
        assert_eq!(taken.text(), text);
    }
    let text = format!("{start}{}", "x".repeat(1025 - start.len()));
    assert_eq!(codes(&policy, &text), ["password_too_long"]);
    assert_eq!(codes(&policy, &"🦀".repeat(257)), ["password_too_long"]);
    assert_eq!(
        codes(&policy, &"a".repeat(10_000_000)),
        ["password_too_long"]
    );
    // U+1D160 is four bytes, and twelve when it is normalised.
    assert_eq!(
        codes(&policy, &"\u{1d160}".repeat(250)),
        ["password_too_long"]
    );
}

#[test]
fn beside_a_second_factor_eight_are_enough() {
    let policy = PasswordPolicy::beside_second_factor();
    assert_eq!(codes(&policy, "kT9#mQ2$"), [""; 0]);
    assert_eq!(
        codes(&policy, "kT9#mQ2"),
        ["password_too_short", "password_guessable"]
    );
    assert_eq!(
        codes(&policy, "iloveyou"),
        ["password_common", "password_guessable"]
    );
}

#[test]
fn the_minimum_only_rises_and_never_above_64() {
    let length = |policy: PasswordPolicy| match check(&policy, "").map_err(|e| e.reasons()[0]) {
        Err(Reason::TooShort { minimum }) => minimum,
        other => panic!("{other:?}"),
    };
    assert_eq!(length(PasswordPolicy::default()), 15);
    assert_eq!(length(PasswordPolicy::default().minimum_characters(4)), 15);
    assert_eq!(length(PasswordPolicy::default().minimum_characters(20)), 20);
    assert_eq!(
        length(PasswordPolicy::default().minimum_characters(200)),
        64
    );
    assert_eq!(length(PasswordPolicy::beside_second_factor()), 8);
    assert_eq!(
        length(PasswordPolicy::beside_second_factor().minimum_characters(1)),
        8
    );
}

#[test]
fn composition_rules_are_for_those_who_ask() {
    let policy = PasswordPolicy::default().composition_rules();
    assert!(check(&policy, "Tangerine lighthouse 7").is_ok());
    assert!(check(&policy, "Ünter den Linden 77").is_ok());
    assert_eq!(
        codes(&policy, "tangerine lighthouse"),
        ["password_no_upper_case", "password_no_digit"]
    );
    assert_eq!(
        codes(&policy, "TANGERINELIGHTHOUSE7"),
        ["password_no_lower_case", "password_no_symbol"]
    );
}

#[test]
fn a_refusal_is_a_422_that_names_the_field_and_not_the_password() {
    let refused = check(&PasswordPolicy::default(), "iloveyou").expect_err("refused");
    let errors = refused.field_errors("#/new_password");
    assert_eq!(errors.len(), 3);
    assert_eq!(errors[0].pointer(), Some("#/new_password"));
    assert_eq!(errors[0].code(), "password_too_short");
    assert_eq!(errors[0].detail(), "has fewer than 15 characters");
    let printed = format!("{refused:?} {refused} {errors:?}");
    assert!(!printed.contains("iloveyou"), "{printed}");
    let problem = refused.problem("#/new_password");
    assert_eq!(problem.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let problem = Problem::from(refused);
    assert_eq!(problem.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(problem.errors()[1].code(), "password_common");
}

#[test]
fn the_context_does_not_print() {
    let context = PasswordContext::new().email("ada@example.com");
    assert_eq!(format!("{context:?}"), "PasswordContext([2 words])");
}

/// A list with one stolen password, which answers as the services do, or not at all.
#[derive(Debug, Default)]
struct Stolen {
    silent: bool,
    asked: RefCell<Vec<String>>,
}

/// SHA-1 of `tangerine lighthouse umbrella`, as sha1sum says.
const STOLEN: &str = "5803ADBCC2AE98C377DD5F8EBF25AA970F5D290E";

impl BreachedPasswords for Stolen {
    type Error = io::Error;

    async fn is_breached(&self, query: &BreachQuery) -> Result<bool, io::Error> {
        if self.silent {
            return Err(io::Error::other("no answer"));
        }
        self.asked.borrow_mut().push(query.prefix().to_owned());
        let rest = &STOLEN[5..];
        Ok(query.is_in(&format!(
            "{}:3\r\n{rest}:12\r\n{}:0\r\n",
            "A".repeat(35),
            "B".repeat(35)
        )))
    }
}

#[actix_web::test]
async fn what_is_stolen_is_refused() {
    let policy = PasswordPolicy::default().breached(Stolen::default());
    let judge = async |text: &str| policy.check(secret(text), &PasswordContext::new()).await;
    match judge("tangerine lighthouse umbrella").await {
        Err(BreachCheckError::Refused(refused)) => {
            assert_eq!(refused.reasons(), [Reason::Breached])
        }
        other => panic!("{other:?}"),
    }
    assert!(judge("umbrella tangerine lighthouse").await.is_ok());
    // What is refused anyway is not looked up.
    let refused = judge("iloveyou").await.expect_err("refused");
    assert_eq!(
        refused.problem("#/p").status(),
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[actix_web::test]
async fn a_list_that_does_not_answer_refuses_unless_told_otherwise() {
    let silent = || Stolen {
        silent: true,
        ..Stolen::default()
    };
    let policy = PasswordPolicy::default().breached(silent());
    let context = PasswordContext::new();
    let error = policy
        .check(secret("tangerine lighthouse umbrella"), &context)
        .await;
    let error = error.expect_err("no answer");
    assert!(matches!(error, BreachCheckError::Unavailable(_)));
    assert_eq!(
        Problem::from(error).status(),
        StatusCode::SERVICE_UNAVAILABLE
    );
    let lenient = policy.accept_when_unavailable();
    assert!(
        lenient
            .check(secret("tangerine lighthouse umbrella"), &context)
            .await
            .is_ok()
    );
    assert!(lenient.check(secret("iloveyou"), &context).await.is_err());
}

#[test]
fn a_query_sends_five_digits() {
    let query = BreachQuery::of("tangerine lighthouse umbrella");
    assert_eq!(query.expose_hash(), STOLEN);
    assert_eq!(query.prefix(), &STOLEN[..5]);
    let rest = &STOLEN[5..];
    assert!(query.is_in(&format!("{rest}:1")));
    assert!(query.is_in(&format!("X:1\r\n{}: 1 \r\n", rest.to_lowercase())));
    assert!(!query.is_in(&format!("{rest}:0")));
    assert!(!query.is_in(rest));
    assert!(!query.is_in(""));
    assert_eq!(format!("{query:?}"), "BreachQuery([redacted])");
}
