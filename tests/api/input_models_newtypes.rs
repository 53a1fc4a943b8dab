//! Newtypes with rules (H1, H3): types of the app's own that are read as what they hold, and texts that are
//! put into a form before any rule sees them.

use std::collections::BTreeMap;

use actix_web::{
    HttpResponse, Responder,
    web::{Form, Json, Path, Query},
};
use secure_runtime::{
    prelude::*,
    test::{TestApp, TestResponse},
};
use serde_json::{Value, json};
use validator::{Validate as _, ValidationError};

use crate::support::seen;

#[validated]
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Title(
    #[normalize(trim, nfc)]
    #[validate(length(min = 1, max = 5, message = "is one to five letters"))]
    String,
);

fn even(number: &u32) -> Result<(), ValidationError> {
    match number % 2 {
        0 => Ok(()),
        _ => Err(ValidationError::new("odd")),
    }
}

#[validated]
#[derive(Debug)]
struct Even(#[validate(custom(function = even), range(max = 10))] u32);

/// A secret in a newtype is one, whatever the field is called.
#[validated]
struct Pin(#[validate(length(equal = 4))] Secret<String>);

/// A newtype of a newtype, with a form of its own.
#[validated]
#[derive(Debug)]
struct Shouted(#[normalize(lowercase)] Title);

#[validated]
struct Note {
    title: Title,
    also: Option<Title>,
    #[normalize(lowercase)]
    quiet: Option<Title>,
    shouted: Option<Shouted>,
    #[validate(length(max = 2))]
    list: Vec<Title>,
    #[validate(length(max = 2))]
    map: Option<BTreeMap<Title, Even>>,
    #[normalize(trim)]
    #[validate(length(min = 1, max = 5))]
    plain: Option<String>,
}

#[validated]
struct Login {
    name: Title,
    code: Pin,
    password: Pin,
}

#[validated]
struct Find {
    title: Title,
    n: Option<Even>,
}

#[post("/note")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn take_note(note: Json<Note>) -> impl Responder {
    let Note {
        title,
        also,
        quiet,
        shouted,
        list,
        map,
        plain,
    } = note.into_inner();
    format!("{title:?} {also:?} {quiet:?} {shouted:?} {list:?} {map:?} {plain:?}")
}

#[post("/title")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn bare_title(title: Json<Title>) -> impl Responder {
    title.into_inner().0
}

#[get("/titles/{title}")]
#[public]
#[validated]
async fn titled(title: Path<Title>) -> impl Responder {
    title.into_inner().0
}

#[get("/titles/{title}/{n}")]
#[public]
#[validated]
async fn numbered(path: Path<(Title, Even)>) -> impl Responder {
    let (title, number) = path.into_inner();
    format!("{} {}", title.0, number.0)
}

#[get("/find")]
#[public]
#[validated]
async fn find_title(find: Query<Find>) -> impl Responder {
    format!("{:?} {:?}", find.title, find.n)
}

#[post("/login")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn sign_in(form: Checked<Form<Login>>) -> HttpResponse {
    match form.into_result() {
        Ok(login) => HttpResponse::Ok().body(format!(
            "{} {} {}",
            login.name.0,
            login.code.0.expose(),
            login.password.0.expose()
        )),
        Err(form) => HttpResponse::UnprocessableEntity().json(json!({
            "name": form.value("name"),
            "code": form.value("code"),
            "password": form.value("password"),
            "has_code": form.has("code"),
        })),
    }
}

async fn app() -> TestApp {
    TestApp::new(|routes| {
        routes
            .service(take_note)
            .service(bare_title)
            .service(titled)
            .service(numbered)
            .service(find_title)
            .service(sign_in);
    })
    .await
}

async fn send(app: &TestApp, path: &str, body: &Value) -> TestResponse {
    app.post(path).json(body).send().await
}

fn errors(name: &str, response: &TestResponse) -> Vec<(String, String)> {
    let (status, body) = seen(response);
    assert_eq!(status, 422, "{name}: {body}");
    let list = body["errors"].as_array().cloned().unwrap_or_default();
    let text = |error: &Value, keys: [&str; 2]| {
        let found = keys.iter().find_map(|key| error[key].as_str());
        found.unwrap_or("none").to_owned()
    };
    list.iter()
        .map(|error| {
            (
                text(error, ["pointer", "parameter"]),
                text(error, ["code", "code"]),
            )
        })
        .collect()
}

fn one(pointer: &str, code: &str) -> Vec<(String, String)> {
    vec![(pointer.to_owned(), code.to_owned())]
}

#[actix_web::test]
async fn a_newtype_is_read_as_what_it_holds() {
    let app = app().await;
    let body = json!({
        "title": "a", "also": "b", "quiet": "QU", "shouted": " SH ",
        "list": ["c", "d"], "map": {"e": 2}, "plain": "f",
    });
    let expected = r#"Title("a") Some(Title("b")) Some(Title("qu")) Some(Shouted(Title("sh"))) [Title("c"), Title("d")] Some({Title("e"): Even(2)}) Some("f")"#;
    assert_eq!(send(&app, "/note", &body).await.text(), expected);
    assert_eq!(send(&app, "/title", &json!(" bare ")).await.text(), "bare");
    assert_eq!(app.get("/titles/a%20b").send().await.text(), "a b");
    assert_eq!(app.get("/titles/a/4").send().await.text(), "a 4");
    let found = app.get("/find?title=+x+&n=6").send().await;
    assert_eq!(found.text(), r#"Title("x") Some(Even(6))"#);
}

#[actix_web::test]
async fn its_rules_hold_wherever_it_stands_and_have_the_place_of_it() {
    let app = app().await;
    let note = |key: &str, value: Value| {
        let mut note = json!({"title": "a", "list": []});
        note[key] = value;
        note
    };
    for (key, value, pointer, code) in [
        ("title", json!(""), "#/title", "length"),
        ("title", json!("sixsix"), "#/title", "length"),
        ("title", json!(5), "#/title", "type"),
        ("title", json!(["a"]), "#/title", "type"),
        ("title", json!({"0": "a"}), "#/title", "type"),
        ("title", Value::Null, "#/title", "type"),
        ("also", json!("sixsix"), "#/also", "length"),
        ("shouted", json!("   "), "#/shouted", "length"),
        ("list", json!(["a", "sixsix"]), "#/list/1", "length"),
        ("list", json!(["a", 1]), "#/list/1", "type"),
        ("list", json!(["a", "b", "c"]), "#/list", "length"),
        ("map", json!({"sixsix": 2}), "#/map/0", "length"),
        ("map", json!({"a": 3}), "#/map/0", "odd"),
        ("map", json!({"a": 12}), "#/map/0", "range"),
    ] {
        let body = note(key, value);
        let found = errors(&body.to_string(), &send(&app, "/note", &body).await);
        assert_eq!(found, one(pointer, code), "{body}");
    }
    let response = send(&app, "/title", &json!("")).await;
    assert_eq!(errors("bare", &response), one("#", "length"));
    let detail = &response.json()["errors"][0]["detail"];
    assert_eq!(detail, "is one to five letters");
    let found = errors("query", &app.get("/find?title=sixsix").send().await);
    assert_eq!(found, one("title", "length"));
    let found = errors("query", &app.get("/find?title=a&n=3").send().await);
    assert_eq!(found, one("n", "odd"));
}

#[actix_web::test]
async fn in_a_path_the_parameter_is_named() {
    let app = app().await;
    let found = errors("one", &app.get("/titles/sixsix").send().await);
    assert_eq!(found, one("title", "length"));
    let found = errors("first", &app.get("/titles/sixsix/2").send().await);
    assert_eq!(found, one("title", "length"));
    let found = errors("second", &app.get("/titles/a/3").send().await);
    assert_eq!(found, one("n", "odd"));
    assert_eq!(app.get("/titles/a/x").send().await.status(), 404);
}

#[actix_web::test]
async fn a_text_has_its_form_before_a_rule_sees_it() {
    let app = app().await;
    let note = async |key: &str, value: &str| {
        let mut note = json!({"title": "a", "list": []});
        note[key] = json!(value);
        send(&app, "/note", &note).await
    };
    // Ten code points as they are typed, five as they are composed; white space does not count.
    let decomposed = format!("\u{3000} {}\t", "e\u{301}".repeat(5));
    let response = note("title", &decomposed).await;
    assert!(
        response.text().starts_with(r#"Title("ééééé")"#),
        "{}",
        response.text()
    );
    // Where only the ends are trimmed, it stays as it is.
    assert_eq!(note("plain", &decomposed).await.status(), 422);
    let response = note("plain", "  e\u{301}  ").await;
    assert!(
        response.text().ends_with(r#"Some("e\u{301}")"#),
        "{}",
        response.text()
    );
    for key in ["title", "also", "plain"] {
        let pointer = format!("#/{key}");
        let found = errors(key, &note(key, " \t\u{a0} ").await);
        assert_eq!(found, one(&pointer, "length"));
    }
}

#[actix_web::test]
async fn a_secret_in_a_newtype_is_not_shown_again() {
    let app = app().await;
    let kind = "application/x-www-form-urlencoded";
    let send = async |body: &'static str| app.post("/login").body(kind, body).send().await;
    let good = send("name=ada&code=1234&password=5678").await;
    assert_eq!(good.text(), "ada 1234 5678");
    let bad = send("name=ada&code=12345&password=5678").await;
    let expected = json!({"name": "ada", "code": "", "password": "", "has_code": false});
    assert_eq!(seen(&bad), (422, expected));
}

#[test]
fn validator_sees_the_same_rules() {
    let title: Title = serde_json::from_value(json!("  abc ")).expect("a title");
    assert_eq!(title, Title("abc".to_owned()));
    assert!(title.validate().is_ok());
    assert!(
        Title("  abc ".to_owned()).validate().is_err(),
        "it was not read"
    );
    assert!(Even(3).validate().is_err());
}
