//! What errors say: every rule says it in the app's words where it has some (H2). And enums with data in forms
//! and query strings, where a number is a text.

use std::sync::LazyLock;

use actix_web::{
    HttpResponse, Responder,
    web::{Form, Json, Query},
};
use regex::Regex;
use secure_runtime::{prelude::*, test::TestApp};
use serde_json::{Value, json};
use validator::ValidationError;

use crate::support::seen;

static LETTERS: LazyLock<Regex> = LazyLock::new(|| Regex::new("^[a-z]+$").expect("a pattern"));

fn wrong<T>(_: &T) -> Result<(), ValidationError> {
    Err(ValidationError::new("own").with_message("is wrong by itself".into()))
}

/// Every rule, in its own words.
#[validated]
#[validate(schema(function = wrong))]
struct Plain {
    #[validate(length(max = 1))]
    length: String,
    #[validate(length(equal = 1))]
    equal: Vec<u8>,
    #[validate(range(min = 1, exclusive_max = 5))]
    range: u8,
    #[validate(email, length(max = 99))]
    email: String,
    #[validate(url, length(max = 99))]
    url: String,
    #[validate(ip, length(max = 99))]
    ip: String,
    #[validate(ip, length(max = 99))]
    maybe_ip: Option<String>,
    #[validate(regex(path = *LETTERS), length(max = 99))]
    letters: String,
    #[validate(contains(pattern = "@"), length(max = 99))]
    at: String,
    #[validate(does_not_contain(pattern = " "), length(max = 99))]
    space: String,
    #[validate(must_match(other = length), length(max = 99))]
    again: String,
    #[validate(non_control_character, length(max = 99))]
    control: String,
    #[validate(required)]
    required: Option<bool>,
    #[validate(custom(function = wrong))]
    custom: bool,
}

/// Every rule, in the app's.
#[validated]
#[validate(schema(function = wrong, code = "mine", message = "says the app"))]
struct Worded {
    #[validate(length(max = 1, code = "mine", message = "says the app"))]
    length: String,
    #[validate(length(equal = 1, code = "mine", message = "says the app"))]
    equal: Vec<u8>,
    #[validate(range(min = 1, exclusive_max = 5, code = "mine", message = "says the app"))]
    range: u8,
    #[validate(email(code = "mine", message = "says the app"), length(max = 99))]
    email: String,
    #[validate(url(code = "mine", message = "says the app"), length(max = 99))]
    url: String,
    #[validate(ip(code = "mine", message = "says the app"), length(max = 99))]
    ip: String,
    #[validate(ip(code = "mine", message = "says the app"), length(max = 99))]
    maybe_ip: Option<String>,
    #[validate(regex(path = *LETTERS, code = "mine", message = "says the app"), length(max = 99))]
    letters: String,
    #[validate(
        contains(pattern = "@", code = "mine", message = "says the app"),
        length(max = 99)
    )]
    at: String,
    #[validate(
        does_not_contain(pattern = " ", code = "mine", message = "says the app"),
        length(max = 99)
    )]
    space: String,
    #[validate(must_match(other = length, code = "mine", message = "says the app"), length(max = 99))]
    again: String,
    #[validate(
        non_control_character(code = "mine", message = "says the app"),
        length(max = 99)
    )]
    control: String,
    #[validate(required(code = "mine", message = "says the app"))]
    required: Option<bool>,
    #[validate(custom(function = wrong, code = "mine", message = "says the app"))]
    custom: bool,
}

#[post("/plain")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn put_plain(_plain: Json<Plain>) -> impl Responder {
    ""
}

#[post("/worded")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn put_worded(_worded: Json<Worded>) -> impl Responder {
    ""
}

/// In a form the fields of the variant stand beside the tag.
#[validated]
#[derive(Debug)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Contact {
    Mail {
        #[normalize(trim, lowercase)]
        #[validate(email, length(max = 100))]
        address: String,
        newsletter: Option<bool>,
    },
    Phone {
        #[validate(range(max = 999))]
        number: u32,
        prefix: Option<i8>,
        factor: Option<f32>,
        colour: Option<Colour>,
    },
    Login {
        #[validate(length(max = 5))]
        address: Secret<String>,
    },
    Nobody,
}

#[validated]
#[derive(Debug)]
#[serde(rename_all = "lowercase")]
enum Colour {
    Red,
}

#[post("/contact")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn put_contact(contact: Form<Contact>) -> impl Responder {
    format!("{contact:?}")
}

#[get("/contact")]
#[public]
#[validated]
async fn find_contact(contact: Query<Contact>) -> impl Responder {
    format!("{contact:?}")
}

#[post("/page")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn show_contact(contact: Checked<Form<Contact>>) -> HttpResponse {
    match contact.into_result() {
        Ok(contact) => HttpResponse::Ok().body(format!("{contact:?}")),
        Err(form) => HttpResponse::UnprocessableEntity().json(json!({
            "kind": form.value("kind"),
            "number": form.value("number"),
            "address": form.value("address"),
            "wrong": form.errors_of("number").count(),
        })),
    }
}

async fn app() -> TestApp {
    TestApp::new(|routes| {
        routes.service(put_plain).service(put_worded);
        routes
            .service(put_contact)
            .service(find_contact)
            .service(show_contact);
    })
    .await
}

#[actix_web::test]
async fn every_rule_has_words_of_its_own_and_takes_the_apps() {
    let app = app().await;
    let body = json!({
        "length": "no",
        "equal": [],
        "range": 5,
        "email": "no",
        "url": "no",
        "ip": "no",
        "maybe_ip": "no",
        "letters": "No",
        "at": "no",
        "space": "n o",
        "again": "yes",
        "control": "\u{1}",
        "required": null,
        "custom": true,
    });
    let expected = [
        ("#/length", "length", "must have a length of at most 1"),
        ("#/equal", "length", "must have a length of exactly 1"),
        ("#/range", "range", "must be at least 1 and less than 5"),
        ("#/email", "email", "must be an e-mail address"),
        ("#/url", "url", "must be a URL"),
        ("#/ip", "ip", "must be an IP address"),
        ("#/maybe_ip", "ip", "must be an IP address"),
        ("#/letters", "regex", "does not have the required form"),
        ("#/at", "contains", "must contain `@`"),
        ("#/space", "does_not_contain", "must not contain ` `"),
        ("#/again", "must_match", "must match the other field"),
        (
            "#/control",
            "non_control_character",
            "must not hold control characters",
        ),
        ("#/required", "required", "is required"),
        ("#/custom", "own", "is wrong by itself"),
        ("#", "own", "is wrong by itself"),
    ];
    let errors = async |path: &str| {
        let (status, body) = seen(&app.post(path).json(&body).send().await);
        assert_eq!(status, 422, "{body}");
        body["errors"].clone()
    };
    let error = |pointer: &str, code: &str, detail: &str| json!({"pointer": pointer, "code": code, "detail": detail});
    let own: Vec<_> = expected
        .map(|(at, code, detail)| error(at, code, detail))
        .into();
    assert_eq!(errors("/plain").await, Value::Array(own));
    let apps: Vec<_> = expected
        .map(|(at, _, _)| error(at, "mine", "says the app"))
        .into();
    assert_eq!(errors("/worded").await, Value::Array(apps));
}

#[actix_web::test]
async fn a_form_says_which_variant_it_is_in_any_order() {
    let app = app().await;
    let kind = "application/x-www-form-urlencoded";
    for (pairs, expected) in [
        (
            "kind=mail&address=+ADA%40example.com+&newsletter=true",
            r#"Mail { address: "ada@example.com", newsletter: Some(true) }"#,
        ),
        (
            "newsletter=false&address=ada%40example.com&kind=mail",
            r#"Mail { address: "ada@example.com", newsletter: Some(false) }"#,
        ),
        (
            "number=12&prefix=-4&factor=1.5&colour=red&kind=phone",
            "Phone { number: 12, prefix: Some(-4), factor: Some(1.5), colour: Some(Red) }",
        ),
        (
            "number=12&kind=phone&prefix=-4",
            "Phone { number: 12, prefix: Some(-4), factor: None, colour: None }",
        ),
        ("kind=nobody", "Nobody"),
    ] {
        let form = app.post("/contact").body(kind, pairs).send().await;
        assert_eq!(form.text(), format!("Form({expected})"), "{pairs}");
        let query = app.get(&format!("/contact?{pairs}")).send().await;
        assert_eq!(query.text(), format!("Query({expected})"), "{pairs}");
    }
    for (pairs, place, code) in [
        ("kind=phone&number=1000", "number", "range"),
        ("number=1000&kind=phone", "number", "range"),
        ("kind=phone&number=x", "number", "type"),
        ("number=x&kind=phone", "number", "type"),
        ("number=-1&kind=phone", "number", "type"),
        ("number=4294967296&kind=phone", "number", "type"),
        ("factor=NaN&number=1&kind=phone", "factor", "finite"),
        (
            "colour=blue&number=1&kind=phone",
            "colour",
            "unknown_variant",
        ),
        ("colour=0&number=1&kind=phone", "colour", "unknown_variant"),
        ("number=1&number=1&kind=phone", "number", "duplicate_field"),
        ("number=1&kind=phone&number=1", "number", "duplicate_field"),
        ("kind=phone&kind=phone&number=1", "kind", "duplicate_field"),
        ("number=1&kind=phone&kind=nobody", "kind", "duplicate_field"),
        ("kind=nobody&kind=nobody", "kind", "duplicate_field"),
        ("kind=phone", "number", "missing_field"),
        ("address=a&kind=phone&number=1", "address", "unknown_field"),
        ("kind=nobody&x=1", "x", "unknown_field"),
        ("x=1&kind=nobody", "x", "unknown_field"),
        ("x=1", "kind", "missing_field"),
        ("kind=0", "kind", "unknown_variant"),
    ] {
        for (path, key, place) in [
            ("form", "pointer", format!("#/{place}")),
            ("query", "parameter", place.to_owned()),
        ] {
            let response = match path {
                "form" => app.post("/contact").body(kind, pairs).send().await,
                _ => app.get(&format!("/contact?{pairs}")).send().await,
            };
            let (status, body) = seen(&response);
            assert_eq!(status, 422, "{path} {pairs}: {body}");
            let errors = body["errors"].as_array().cloned().unwrap_or_default();
            let found: Vec<_> = errors.iter().map(|it| (&it[key], &it["code"])).collect();
            assert_eq!(found, [(&json!(place), &json!(code))], "{path} {pairs}");
        }
    }
}

#[actix_web::test]
async fn a_form_is_shown_again_without_what_is_secret_in_any_variant() {
    let app = app().await;
    let kind = "application/x-www-form-urlencoded";
    let send = async |pairs: &'static str| {
        let response = app.post("/page").body(kind, pairs).send().await;
        seen(&response)
    };
    let expected = json!({"kind": "phone", "number": "x", "address": "", "wrong": 1});
    assert_eq!(send("number=x&kind=phone").await, (422, expected));
    let expected = json!({"kind": "login", "number": "", "address": "", "wrong": 0});
    assert_eq!(send("kind=login&address=hunter2").await, (422, expected));
}
