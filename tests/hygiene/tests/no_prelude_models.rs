//! Models with every rule, where nothing is in scope but the attributes.
#![no_implicit_prelude]

mod models {
    use ::guardian::{Secret, validated};
    // What `validator` calls an error; an app that writes its own checks depends on `validator`.
    use ::guardian::__private::validator::ValidationError;
    use ::std::{
        collections::BTreeMap,
        option::Option,
        result::Result::{self, Err, Ok},
        string::String,
        vec::Vec,
    };

    #[validated]
    pub(super) enum Colour {
        Red,
        #[serde(rename = "deep_blue")]
        Blue,
    }

    #[validated]
    pub(super) struct Address {
        #[validate(length(equal = 2))]
        pub(super) country: String,
    }

    #[validated(unknown = "ignore")]
    pub(super) struct Flat {
        #[validate(length(max = 3))]
        pub(super) short: String,
    }

    #[validated(unknown = "ignore")]
    #[serde(rename_all = "camelCase")]
    #[validate(schema(function = whole, code = "whole"))]
    pub(super) struct Everything {
        #[validate(email(message = "an address, please"), length(max = 100))]
        pub(super) mail_address: String,
        #[validate(url, length(max = 100))]
        pub(super) page: Option<String>,
        #[validate(ip, length(max = 45))]
        pub(super) host: Option<String>,
        #[validate(
            contains(pattern = "a"),
            does_not_contain(pattern = "z"),
            length(max = 9)
        )]
        pub(super) letters: Option<String>,
        #[validate(non_control_character, length(max = 9))]
        pub(super) visible: Option<String>,
        #[validate(length(min = 8, max = 64))]
        pub(super) password: Secret<String>,
        #[validate(length(min = 8, max = 64))]
        pub(super) old_password: Option<Secret<String>>,
        #[validate(must_match(other = first))]
        pub(super) again: u32,
        pub(super) first: u32,
        #[validate(range(exclusive_min = 0.0, exclusive_max = 1.0))]
        pub(super) share: f64,
        #[validate(required, range(min = MIN, max = 9))]
        pub(super) level: Option<i64>,
        #[validate(custom(function = even))]
        pub(super) even: u32,
        #[validate(custom(function = "even"))]
        pub(super) perhaps_even: Option<u32>,
        #[validate(nested)]
        pub(super) home: Address,
        #[validate(length(max = 2))]
        pub(super) others: Vec<Address>,
        #[validate(length(max = 2))]
        pub(super) scores: BTreeMap<u8, u8>,
        pub(super) colour: Option<Colour>,
        #[unbounded = "because nobody but the operator sends it"]
        pub(super) free: Option<String>,
        #[not_secret = "because it is a counter"]
        pub(super) token: u32,
        #[serde(default)]
        pub(super) flag: bool,
        #[serde(flatten)]
        pub(super) flat: Flat,
        #[serde(skip)]
        pub(super) internal: u32,
    }

    const MIN: i64 = 1;

    fn even(number: &u32) -> Result<(), ValidationError> {
        match number % 2 {
            0 => Ok(()),
            _ => Err(ValidationError::new("even")),
        }
    }

    fn whole(value: &Everything) -> Result<(), ValidationError> {
        match value.share > 0.9 {
            false => Ok(()),
            true => Err(ValidationError::new("never seen")),
        }
    }
}

use ::actix_web::web::Json;
use ::guardian::{post, protected, validated};
use ::std::{format, string::String};

#[post("/everything")]
#[protected]
#[validated]
async fn everything(Json(it): Json<models::Everything>) -> String {
    let colour = match it.colour {
        ::std::option::Option::Some(models::Colour::Red) => "red",
        ::std::option::Option::Some(models::Colour::Blue) => "blue",
        ::std::option::Option::None => "none",
    };
    let secrets = it.password.expose().len() + it.old_password.map_or(0, |it| it.expose().len());
    let lists = it.others.len() + it.scores.len();
    let texts = [it.page, it.host, it.letters, it.visible, it.free];
    let numbers = [it.again, it.first, it.even, it.token, it.internal];
    format!(
        "{} {texts:?} {numbers:?} {secrets} {} {:?} {:?} {} {lists} {colour} {} {}",
        it.mail_address,
        it.share,
        it.level,
        it.perhaps_even,
        it.home.country,
        it.flag,
        it.flat.short
    )
}

const GOOD: &::std::primitive::str = r#"{
    "mailAddress": "ada@example.com", "page": "https://example.com/", "password": "12345678",
    "again": 1, "first": 1, "share": 0.5, "level": 3, "even": 2, "home": {"country": "SE"},
    "others": [{"country": "NO"}], "scores": {"1": 2}, "colour": "deep_blue", "token": 5,
    "short": "abc", "letters": "abc"
}"#;

const BAD: &::std::primitive::str = r#"{
    "mailAddress": "x", "page": "x", "host": "x", "letters": "xz", "visible": "\u0007",
    "password": "1", "oldPassword": "1", "again": 1, "first": 2, "share": 1.5, "level": null,
    "even": 1, "perhapsEven": 1, "home": {"country": "S"}, "others": [{"country": "N"}],
    "scores": {"1": 2, "2": 3, "3": 4}, "token": 5, "short": "abcd"
}"#;

#[::actix_web::test]
async fn every_rule_is_checked_at_its_place() {
    use ::std::{assert, assert_eq};

    let app = ::secure_hygiene::Mounted::new(|routes| {
        routes.service(everything);
    })
    .await;
    let answer = app.post("/everything", GOOD).await;
    assert!(answer.starts_with("ada@example.com"), "{answer}");
    assert!(answer.ends_with("SE 2 blue false abc"), "{answer}");
    let (status, text) = app.refusal("/everything", BAD).await;
    assert_eq!(status, 422, "{text}");
    for place in [
        "#/mailAddress",
        "#/page",
        "#/host",
        "#/letters",
        "#/visible",
        "#/password",
        "#/oldPassword",
        "#/again",
        "#/share",
        "#/level",
        "#/even",
        "#/perhapsEven",
        "#/home/country",
        "#/others/0/country",
        "#/scores",
        "#/short",
        "an address, please",
        "whole",
    ] {
        assert!(text.contains(place), "{place} is missing in {text}");
    }
}
