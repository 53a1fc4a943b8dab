//! Models whose fields and types are called like what generated code speaks of, with serde's names.

use actix_web::web::{Form, Json, Query};
use guardian::prelude::*;
use secure_hygiene::Mounted;

#[validated]
struct Internals {
    #[validate(length(min = 1, max = 9))]
    errors: String,
    #[validate(length(max = 9))]
    self_: Vec<u8>,
    #[validate(range(max = 9))]
    __errors: u8,
    #[validate(range(max = 9))]
    __object: u8,
    object: u8,
    __value: Option<u8>,
    #[validate(must_match(other = object))]
    r#type: u8,
    value: [u8; {
        const WIDE: usize = 1;
        WIDE + 1
    }],
    check: (u8, bool),
    sample: (),
    bounds: Option<Box<Inner>>,
    __inner: Inner,
}

#[validated]
#[derive(Debug)]
struct Inner {
    #[validate(range(min = 1, max = 3))]
    r#struct: u8,
}

#[post("/internals")]
#[protected]
#[validated]
async fn internals(Json(it): Json<Internals>) -> String {
    let numbers = [it.__errors, it.__object, it.object, it.r#type];
    let inner = it.bounds.map(|inner| inner.r#struct);
    let Inner { r#struct } = it.__inner;
    let () = it.sample;
    let rest = (it.__value, it.value, it.check, inner, r#struct);
    format!("{} {:?} {numbers:?} {rest:?}", it.errors, it.self_)
}

/// serde's names are the names of the answer, too.
#[validated]
#[serde(rename_all = "kebab-case")]
struct Renamed {
    #[validate(length(max = 3))]
    first_name: String,
    #[serde(rename = "SURNAME")]
    #[validate(length(max = 3))]
    last_name: String,
    #[serde(rename(deserialize = "born-in"))]
    #[validate(range(max = 2030))]
    year: u16,
    #[serde(default = "unknown")]
    #[validate(length(max = 9))]
    town: String,
    #[serde(default, alias = "pronoun")]
    pronouns: Option<Pronoun>,
    #[serde(skip_deserializing)]
    computed: u32,
    #[cfg(any())]
    #[validate(length(max = 9))]
    never: String,
    #[cfg(not(any()))]
    #[validate(range(max = 9))]
    always: u8,
}

#[validated]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pronoun {
    SheHer,
    #[serde(rename = "they")]
    TheyThem,
    HeHim,
}

fn unknown() -> String {
    "unknown".to_owned()
}

#[post("/renamed")]
#[protected]
#[validated]
async fn renamed(Json(it): Json<Renamed>) -> String {
    let texts = (it.first_name, it.last_name, it.town);
    format!(
        "{texts:?} {:?} {}",
        it.pronouns,
        it.year + it.computed as u16 + it.always as u16
    )
}

/// The type's own names are no business of generated code.
impl Renamed {
    #[allow(dead_code)]
    const FITS: bool = false;
    #[allow(dead_code)]
    fn check(&self) -> &'static str {
        "own"
    }
    #[allow(dead_code)]
    fn validate(&self) -> &'static str {
        "own"
    }
    #[allow(dead_code)]
    fn sample() -> &'static str {
        "own"
    }
}

#[validated(unknown = "ignore")]
#[derive(Debug)]
struct Empty {}

#[validated]
#[derive(Debug)]
struct Credentials {
    #[validate(length(min = 8, max = 64))]
    password: Secret<String>,
    #[validate(length(max = 64))]
    refresh_token: Option<Secret<String>>,
}

#[post("/credentials")]
#[protected]
#[validated]
async fn credentials(query: Query<Empty>, Json(it): Json<Credentials>) -> String {
    format!("{query:?} {it:?}")
}

#[post("/form")]
#[protected]
#[validated]
async fn form(Form(it): Form<Renamed>) -> String {
    it.first_name
}

#[actix_web::test]
async fn fields_with_our_names() {
    let app = Mounted::new(|routes| {
        routes.service(internals);
    })
    .await;
    let good = r#"{"errors":"a","self_":[1],"__errors":1,"__object":2,"object":3,"type":3,
        "value":[1,2],"check":[1,true],"sample":null,"__inner":{"struct":1}}"#;
    let text = "a [1] [1, 2, 3, 3] (None, [1, 2], (1, true), None, 1)";
    assert_eq!(app.post("/internals", good).await, text);
    let bad = r##"{"errors":"","self_":[],"__errors":10,"__object":10,"object":3,"type":4,
        "value":[1,2],"check":[1,true],"sample":null,"bounds":{"struct":9},
        "__inner":{"struct":0}}"##;
    let (status, text) = app.refusal("/internals", bad).await;
    assert_eq!(status, 422, "{text}");
    let places = [
        "errors",
        "__errors",
        "__object",
        "type",
        "bounds/struct",
        "__inner/struct",
    ];
    for place in places.map(|place| format!("\"#/{place}\"")) {
        assert!(text.contains(&place), "{place} is missing in {text}");
    }
}

#[actix_web::test]
async fn names_of_serde() {
    let app = Mounted::new(|routes| {
        routes.service(renamed).service(form);
    })
    .await;
    let good = r#"{"first-name":"a","SURNAME":"b","born-in":2000,"pronoun":"they","always":1}"#;
    let text = r#"("a", "b", "unknown") Some(TheyThem) 2001"#;
    assert_eq!(app.post("/renamed", good).await, text);
    let bad = r#"{"first-name":"long","SURNAME":"long","born-in":2031,"town":"a very long name",
        "pronouns":"HE_HIM","always":10}"#;
    let (status, text) = app.refusal("/renamed", bad).await;
    assert_eq!(status, 422, "{text}");
    for place in ["first-name", "SURNAME", "born-in", "town", "always"] {
        assert!(text.contains(place), "{place} is missing in {text}");
    }
    let unknown = r#"{"first-name":"a","SURNAME":"b","born-in":2000,"always":1,"never":"a"}"#;
    let (status, text) = app.refusal("/renamed", unknown).await;
    assert_eq!(status, 422, "{text}");
}

#[actix_web::test]
async fn secrets_do_not_print() {
    let app = Mounted::new(|routes| {
        routes.service(credentials);
    })
    .await;
    let body = r#"{"password":"12345678","refresh_token":"x"}"#;
    let answer = app.post("/credentials?utm=1", body).await;
    assert!(answer.contains("Empty"), "{answer}");
    assert!(!answer.contains("12345678"), "{answer}");
    let refused = app.refusal("/credentials", r#"{"password":"1234"}"#).await;
    assert_eq!(refused.0, 422);
}
