//! Fields of the ready-made types (H4, H7): wherever they stand in an input, what is no value of theirs is an error
//! with a code of its own at its place, and is never repeated.

use actix_web::{
    Responder,
    web::{Form, Json, Path, Query},
};
use secure_runtime::{
    field::{Email, Password, PlainText, SafeHtml, Slug, Url, Username},
    prelude::*,
    test::{TestApp, TestResponse},
};
use serde_json::{Value, json};

#[validated]
struct SignUp {
    name: Username,
    email: Email,
    password: Password,
    homepage: Option<Url>,
    #[validate(length(max = 2))]
    topics: Vec<Slug>,
    #[validate(length(min = 10, max = 200))]
    about: Option<SafeHtml>,
    motto: Option<PlainText>,
}

/// Rules beside a type, with words of their own.
#[validated]
struct Invitation {
    #[validate(length(max = 20, message = "is too long for a badge"))]
    name: Username,
    #[validate(email, contains(pattern = "@example.com", code = "foreign"))]
    email: Email,
    #[validate(url)]
    page: Url,
    #[validate(length(min = 12))]
    password: Password,
    #[validate(printable)]
    motto: PlainText,
    #[validate(printable, length(max = 50))]
    greeting: Option<String>,
}

#[validated]
struct Search {
    topic: Option<Slug>,
    by: Option<Email>,
}

#[validated]
struct Place {
    user: Username,
    page: Slug,
}

/// Kinds of targets, one of which holds a field.
#[validated]
struct Nested {
    #[unbounded = "because the body's size bounds it"]
    #[validate(nested)]
    rows: Vec<Vec<Search>>,
    #[unbounded = "because the body's size bounds it"]
    loose: Vec<Vec<Slug>>,
}

#[post("/accounts")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn sign_up(input: Json<SignUp>) -> impl Responder {
    let SignUp {
        name,
        email,
        password,
        homepage,
        topics,
        about,
        motto,
    } = input.into_inner();
    let secret: Secret<String> = password.into_secret();
    let stored = json!({
        "name": name,
        "email": email,
        "homepage": homepage,
        "topics": topics,
        "about": about,
        "motto": motto,
    });
    format!("{stored} {}", secret.expose().len())
}

#[post("/invitations")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn invite(input: Form<Invitation>) -> impl Responder {
    format!("{} <{}>", input.name, input.email.normalized())
}

#[post("/shown")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn shown(input: Checked<Form<Invitation>>) -> impl Responder {
    match input.into_result() {
        Ok(good) => good.name.to_string(),
        Err(unaccepted) => format!(
            "{:?} {:?} {:?}",
            unaccepted.value("email"),
            unaccepted.value("password"),
            unaccepted.errors().collect::<Vec<_>>(),
        ),
    }
}

#[get("/search")]
#[public]
#[validated]
async fn search(query: Query<Search>) -> impl Responder {
    format!("{:?} {:?}", query.topic, query.by)
}

#[get("/users/{user}/{page}")]
#[public]
#[validated]
async fn page_of(place: Path<Place>) -> impl Responder {
    format!("{} {}", place.user, place.page)
}

#[get("/pages/{page}")]
#[public]
#[validated]
async fn page_alone(slug: Path<Slug>) -> impl Responder {
    slug.to_string()
}

#[post("/nested")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn nested(input: Json<Nested>) -> impl Responder {
    format!("{} {}", input.rows.len(), input.loose.len())
}

async fn app() -> TestApp {
    TestApp::new(|routes| {
        routes
            .service(sign_up)
            .service(invite)
            .service(shown)
            .service(search)
            .service(page_of)
            .service(page_alone)
            .service(nested);
    })
    .await
}

fn account() -> Value {
    json!({
        "name": "Ada.Lovelace",
        "email": " Ada@Bücher.example ",
        "password": "correct horse battery staple",
        "homepage": "https://Example.com",
        "topics": ["locks", "keys"],
        "about": "<p onclick=x()>I write <b>notes</b>.</p><script>x()</script>",
        "motto": "<i>Fish</i> &amp; chips",
    })
}

/// Place, code and text of each error.
fn errors(response: &TestResponse) -> Vec<[String; 3]> {
    assert_eq!(response.status(), 422, "{}", response.text());
    let body = response.json();
    let errors = body["errors"].as_array().expect("errors").clone();
    let text = |error: &Value, key: &str| error[key].as_str().unwrap_or_default().to_owned();
    errors
        .iter()
        .map(|error| {
            let place = text(error, "pointer") + &text(error, "parameter");
            [place, text(error, "code"), text(error, "detail")]
        })
        .collect()
}

fn place_and_code(response: &TestResponse) -> [String; 2] {
    let errors = errors(response);
    let [[place, code, detail]] = errors.as_slice() else {
        panic!("{errors:?}");
    };
    assert!(!detail.is_empty());
    [place.clone(), code.clone()]
}

#[actix_web::test]
async fn good_values_arrive_as_they_are_meant() {
    let app = app().await;
    let response = app.post("/accounts").json(&account()).send().await;
    let stored = json!({
        "name": "Ada.Lovelace",
        "email": "Ada@Bücher.example",
        "homepage": "https://example.com/",
        "topics": ["locks", "keys"],
        "about": "<p>I write <b>notes</b>.</p>",
        "motto": "Fish & chips",
    });
    assert_eq!(response.text(), format!("{stored} 28"));
    let mut least = account();
    for optional in ["homepage", "about", "motto"] {
        least[optional] = Value::Null;
    }
    let response = app.post("/accounts").json(&least).send().await;
    assert_eq!(response.status(), 200, "{}", response.text());
}

#[actix_web::test]
async fn a_wrong_value_has_its_own_code_at_its_place_and_is_not_repeated() {
    let app = app().await;
    let long = "canary".repeat(12_000);
    let signs = "<canary".repeat(3_001);
    for (field, value, code) in [
        ("name", json!("canary canary"), "username"),
        ("name", json!("cаnary"), "username"),
        ("name", json!("canary\u{202e}"), "username"),
        ("name", json!("Ad-Min"), "username_reserved"),
        ("name", json!(""), "username"),
        ("email", json!("canary"), "email"),
        ("email", json!("canary@localhost"), "email"),
        ("email", json!("canary@exam\u{200b}ple.com"), "email"),
        ("email", json!("cañary@example.com"), "email"),
        (
            "email",
            json!("canary@example.com\r\nBcc: eve@example.com"),
            "email",
        ),
        ("password", json!(""), "password"),
        ("password", json!(long), "password"),
        ("homepage", json!("http://canary.example"), "url"),
        ("homepage", json!("javascript:canary()"), "url"),
        ("homepage", json!("https://canary@example.com"), "url"),
        ("about", json!(long), "html"),
        ("about", json!(signs), "html"),
        ("motto", json!(long), "plain_text"),
    ] {
        let mut body = account();
        body[field] = value.clone();
        let response = app.post("/accounts").json(&body).send().await;
        let expected = [format!("#/{field}"), code.to_owned()];
        assert_eq!(place_and_code(&response), expected, "{value}");
        assert!(!response.text().contains("canary"), "{}", response.text());
    }
    let mut body = account();
    body["topics"] = json!(["locks", "Canary"]);
    let response = app.post("/accounts").json(&body).send().await;
    assert_eq!(place_and_code(&response), ["#/topics/1", "slug"]);
}

#[actix_web::test]
async fn what_is_no_text_is_of_the_wrong_type() {
    let app = app().await;
    for field in ["name", "email", "password", "homepage", "about", "motto"] {
        for value in [json!(1), json!(true), json!(["a"]), json!({"a": "b"})] {
            let mut body = account();
            body[field] = value.clone();
            let response = app.post("/accounts").json(&body).send().await;
            let expected = [format!("#/{field}"), "type".to_owned()];
            assert_eq!(place_and_code(&response), expected, "{value}");
        }
    }
}

/// The words of our errors, sent as values, are values.
#[actix_web::test]
async fn nobody_can_forge_an_error() {
    let app = app().await;
    let words = "must be an e-mail address";
    let mut body = account();
    body["email"] = json!("nobody");
    let response = app.post("/accounts").json(&body).send().await;
    let [[_, _, detail]] = &errors(&response)[..] else {
        panic!("one error");
    };
    assert_eq!(detail, words);
    for (field, value, code) in [
        ("name", json!(words), "username"),
        ("topics", json!(words), "type"),
        ("topics", json!([words]), "slug"),
    ] {
        let mut body = account();
        body[field] = value;
        let response = app.post("/accounts").json(&body).send().await;
        assert_eq!(place_and_code(&response)[1], code, "{field}");
    }
    let mut body = account();
    body[words] = json!("x");
    let response = app.post("/accounts").json(&body).send().await;
    assert_eq!(place_and_code(&response)[1], "unknown_field");
}

#[actix_web::test]
async fn rules_hold_beside_a_type() {
    let app = app().await;
    let mut body = account();
    body["about"] = json!("<p>a</p>");
    let response = app.post("/accounts").json(&body).send().await;
    assert_eq!(place_and_code(&response), ["#/about", "length"]);
    body = account();
    body["topics"] = json!(["a", "b", "c"]);
    let response = app.post("/accounts").json(&body).send().await;
    assert_eq!(place_and_code(&response), ["#/topics", "length"]);
}

const INVITATION: [(&str, &str); 6] = [
    ("name", "ada"),
    ("email", "Ada@example.com"),
    ("page", "https://example.com/"),
    ("password", "correct horse"),
    ("motto", "on"),
    ("greeting", "hello"),
];

async fn post(app: &TestApp, path: &str, pairs: &[(&str, &str)]) -> TestResponse {
    let mut form = form_urlencoded::Serializer::new(String::new());
    let body = form.extend_pairs(pairs).finish();
    let request = app.post(path);
    request
        .body("application/x-www-form-urlencoded", body)
        .send()
        .await
}

fn with<'a>(field: &str, value: &'a str) -> [(&'static str, &'a str); 6] {
    let mut pairs = INVITATION;
    let pair = pairs.iter_mut().find(|(name, _)| *name == field);
    pair.expect("a field").1 = value;
    pairs
}

#[actix_web::test]
async fn forms_hold_them() {
    let app = app().await;
    let response = post(&app, "/invitations", &INVITATION).await;
    assert_eq!(response.text(), "ada <ada@example.com>");
    for (field, value, code) in [
        ("name", "x", "username"),
        ("name", "averylongusernameindeed", "length"),
        ("email", "ada", "email"),
        ("email", "ada@example.org", "foreign"),
        ("page", "http://example.com/", "url"),
        ("password", "", "password"),
        ("password", "too short", "length"),
        ("motto", "one<br>two", "printable"),
        ("motto", "", "printable"),
        ("greeting", "a\tb", "printable"),
        ("greeting", "a\u{202e}b", "printable"),
        ("greeting", "\u{200b}", "printable"),
        ("greeting", " ", "printable"),
        ("greeting", "ad\u{200d}min", "printable"),
    ] {
        let response = post(&app, "/invitations", &with(field, value)).await;
        let expected = [format!("#/{field}"), code.to_owned()];
        assert_eq!(place_and_code(&response), expected, "{field} {value:?}");
    }
    let response = post(
        &app,
        "/invitations",
        &with("name", "averylongusernameindeed"),
    )
    .await;
    assert_eq!(errors(&response)[0][2], "is too long for a badge");
}

#[actix_web::test]
async fn a_form_is_shown_again_without_the_password() {
    let app = app().await;
    let response = post(&app, "/shown", &with("email", "ada at home")).await;
    let text = response.text();
    assert!(text.contains("\"ada at home\" \"\""), "{text}");
    assert!(text.contains("\"email\""), "{text}");
    assert!(!text.contains("correct horse"), "{text}");
}

#[actix_web::test]
async fn a_query_string_holds_them() {
    let app = app().await;
    let response = app
        .get("/search?topic=locks&by=ada@example.com")
        .send()
        .await;
    assert!(
        response.text().contains("Slug(\"locks\")"),
        "{}",
        response.text()
    );
    let response = app.get("/search?topic=%27%20OR%201").send().await;
    assert_eq!(place_and_code(&response), ["topic", "slug"]);
    let response = app.get("/search?by=ada").send().await;
    assert_eq!(place_and_code(&response), ["by", "email"]);
}

#[actix_web::test]
async fn a_path_with_another_value_does_not_exist() {
    let app = app().await;
    assert_eq!(app.get("/users/ada/locks").send().await.text(), "ada locks");
    assert_eq!(app.get("/pages/locks").send().await.text(), "locks");
    for path in [
        "/users/a/locks",
        "/users/admin/locks",
        "/users/ada/Locks",
        "/users/%D0%B0da/locks",
        "/users/ada/..%2Flocks",
        "/pages/a_b",
        "/pages/a%00",
    ] {
        assert_eq!(app.get(path).send().await.status(), 404, "{path}");
    }
}

#[actix_web::test]
async fn they_are_found_however_deep_they_stand() {
    let app = app().await;
    let send = async |rows: Value, loose: Value| {
        let body = json!({"rows": rows, "loose": loose});
        app.post("/nested").json(&body).send().await
    };
    let response = send(json!([[{"topic": "a"}]]), json!([["a"]])).await;
    assert_eq!(response.text(), "1 1");
    let response = send(json!([[{"topic": "a"}, {"topic": "A"}]]), json!([])).await;
    assert_eq!(place_and_code(&response), ["#/rows/0/1/topic", "slug"]);
    let response = send(json!([]), json!([["a", "A"]])).await;
    assert_eq!(place_and_code(&response), ["#/loose/0/1", "slug"]);
}

/// `validator::Validate`, for who has a model without a request.
#[test]
fn they_are_checked_without_a_request() {
    use validator::Validate as _;

    let mut pairs = serde_json::Map::new();
    for (name, value) in INVITATION {
        pairs.insert(name.to_owned(), json!(value));
    }
    let good: Invitation = serde_json::from_value(pairs.clone().into()).expect("a model");
    assert!(good.validate().is_ok());
    pairs.insert("motto".to_owned(), json!(""));
    let bad: Invitation = serde_json::from_value(pairs.clone().into()).expect("a model");
    assert!(bad.validate().is_err());
    pairs.insert("email".to_owned(), json!("ada"));
    let error = serde_json::from_value::<Invitation>(pairs.into());
    let error = error.err().expect("no address").to_string();
    assert!(error.starts_with("must be an e-mail address"), "{error}");
}
