//! Hostile inputs, one a row: what is answered, and where it is said to be wrong. None of them reaches a handler, none
//! is repeated, and the app goes on. What has to do with the wire is in `input_hostile_wire.rs`.

use std::collections::HashMap;

use actix_web::{
    Responder,
    web::{Form, Json, Path, Query},
};
use secure_runtime::{
    prelude::*,
    test::{TestApp, TestResponse},
};

use crate::support::seen;

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";
/// It must not come back.
const MARK: &str = "hunter2";

#[validated]
struct Inner {
    #[validate(length(max = 20))]
    key: String,
}

#[validated]
struct Thing {
    #[validate(length(max = 40))]
    text: Option<String>,
    #[validate(length(max = 40))]
    secret: Option<Secret<String>>,
    number: Option<u32>,
    real: Option<f64>,
    flag: Option<bool>,
    #[validate(length(max = 20))]
    list: Option<Vec<u8>>,
    inner: Option<Inner>,
    #[unbounded = "because the body's size bounds it"]
    map: Option<HashMap<String, u32>>,
}

/// Takes whatever else is sent, and drops it.
#[validated(unknown = "ignore")]
struct Loose {
    #[validate(length(max = 40))]
    text: Option<String>,
    real: Option<f64>,
}

#[validated]
struct Named {
    #[validate(length(max = 40))]
    name: String,
}

#[post("/json")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn strict_json(thing: Json<Thing>) -> impl Responder {
    let Thing { text, real, .. } = thing.into_inner();
    format!("{text:?} {real:?}")
}

#[post("/loose")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn loose_json(thing: Json<Loose>) -> impl Responder {
    format!("{:?} {:?}", thing.text, thing.real)
}

#[post("/form")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn take_form(thing: Form<Loose>) -> impl Responder {
    format!("{:?} {:?}", thing.text, thing.real)
}

#[get("/query")]
#[public]
#[validated]
async fn take_query(thing: Query<Loose>) -> impl Responder {
    format!("{:?} {:?}", thing.text, thing.real)
}

#[get("/names/{name}")]
#[public]
#[validated]
async fn take_name(path: Path<Named>) -> impl Responder {
    format!("{:?}", path.name)
}

#[get("/numbers/{number}")]
#[public]
#[validated]
async fn take_number(path: Path<u32>) -> impl Responder {
    path.to_string()
}

async fn app() -> TestApp {
    TestApp::new(|routes| {
        routes.service(strict_json).service(loose_json);
        routes.service(take_form).service(take_query);
        routes.service(take_name).service(take_number);
    })
    .await
}

/// What a row comes to: the status, with the place and the kind of the first error.
#[derive(Debug, PartialEq, Eq)]
enum Comes {
    To(u16),
    At(&'static str, &'static str),
    In(&'static str),
}

use Comes::{At, In, To};

#[track_caller]
fn check(name: &str, response: &TestResponse, comes: &Comes) {
    let (status, body) = seen(response);
    let text = response.text();
    match comes {
        In(expected) => {
            assert_eq!((status, text.as_str()), (200, *expected), "{name}");
            return;
        }
        To(expected) => assert_eq!(status, *expected, "{name}: {text}"),
        At(place, code) => {
            assert_eq!(status, 422, "{name}: {text}");
            let error = &body["errors"][0];
            let found = error["pointer"].as_str().or(error["parameter"].as_str());
            let found = (found.unwrap_or_default(), error["code"].as_str());
            assert_eq!(found, (*place, Some(*code)), "{name}");
        }
    }
    assert_eq!(body["status"], status, "{name}: a problem");
    let kind = response.header("content-type");
    assert_eq!(kind, Some("application/problem+json"), "{name}");
    assert!(
        !format!("{text}{response:?}").contains(MARK),
        "{name}: {text}"
    );
    assert!(text.len() < 1000, "{name}: {} bytes", text.len());
}

async fn post_all(rows: Vec<(&str, &str, &str, Vec<u8>, Comes)>) {
    let app = app().await;
    for (name, path, kind, body, comes) in rows {
        let response = app.post(path).body(kind, body).send().await;
        check(&format!("{path}: {name}"), &response, &comes);
    }
    let good = app.post("/json").body(JSON, r#"{"text":"hello"}"#);
    assert_eq!(good.send().await.text(), "Some(\"hello\") None");
}

/// A text with these bytes in it.
fn text_of(bytes: &[u8]) -> Vec<u8> {
    [br#"{"text":"hunter2"#.as_slice(), bytes, br#""}"#].concat()
}

#[actix_web::test]
async fn bytes_that_are_no_text() {
    let bytes: [(&str, &[u8]); 13] = [
        ("a byte of no text", b"\xff"),
        ("a lone continuation", b"\x80"),
        ("Latin-1", b"caf\xe9"),
        ("cut off", b"\xe2\x82"),
        ("an overlong slash", b"\xc0\xaf"),
        ("a longer one", b"\xe0\x80\xaf"),
        ("the longest", b"\xf0\x80\x80\xaf"),
        ("an overlong NUL, as Java writes it", b"\xc0\x80"),
        ("a surrogate", b"\xed\xa0\x80"),
        (
            "a pair of surrogates, as CESU-8 writes it",
            b"\xed\xa0\xbd\xed\xb8\x80",
        ),
        ("above the last character", b"\xf4\x90\x80\x80"),
        ("five bytes", b"\xf8\x88\x80\x80\x80"),
        ("a plain NUL", b"\0"),
    ];
    let mut rows = Vec::new();
    for (name, bytes) in bytes {
        for path in ["/json", "/loose"] {
            rows.push((name, path, JSON, text_of(bytes), To(400)));
        }
        let ignored = [br#"{"ignored":[""#.as_slice(), bytes, br#""]}"#].concat();
        rows.push((name, "/loose", JSON, ignored, To(400)));
        let key = [br#"{""#.as_slice(), bytes, br#"":1}"#].concat();
        rows.push((name, "/loose", JSON, key, To(400)));
        let (raw, escaped) = match bytes {
            b"\0" => continue,
            bytes => (bytes.to_vec(), percent(bytes)),
        };
        let raw = [b"text=hunter2".as_slice(), &raw].concat();
        rows.push((name, "/form", FORM, raw, To(400)));
        let escaped = format!("text=hunter2{escaped}").into_bytes();
        rows.push((name, "/form", FORM, escaped, To(400)));
    }
    let utf_16: Vec<u8> = r#"{"text":"hi"}"#.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [b"\xff\xfe".as_slice(), &utf_16].concat();
    rows.push(("UTF-16", "/json", JSON, utf_16, To(400)));
    rows.push(("UTF-16 that says so", "/json", JSON, marked, To(400)));
    let marked = [b"\xef\xbb\xbf".as_slice(), br#"{"text":"hi"}"#].concat();
    rows.push(("a byte order mark", "/json", JSON, marked, To(400)));
    rows.push((
        "gzip",
        "/json",
        JSON,
        b"\x1f\x8b\x08\0\0\0\0\0\0\x03".to_vec(),
        To(400),
    ));
    post_all(rows).await;
}

fn percent(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("%{byte:02X}")).collect()
}

#[actix_web::test]
async fn escapes_that_are_no_characters() {
    let mut rows = Vec::new();
    for escape in [
        r"\ud800",
        r"\udfff",
        r"\udc00\ud800",
        r"\ud800\ud800",
        r"\ud800\u0041",
        r"\ud83d",
        r"\uD83D x",
        r"\u{41}",
        r"\u12",
        r"\x41",
        r"\0",
        r"\'",
        r"\U00000041",
    ] {
        rows.push((escape, "/json", JSON, text_of(escape.as_bytes()), To(400)));
        let ignored = format!(r#"{{"ignored":{{"{escape}":"{escape}"}}}}"#);
        rows.push((escape, "/loose", JSON, ignored.into_bytes(), To(400)));
    }
    for (form, comes) in [
        ("text=%", To(400)),
        ("text=%4", To(400)),
        ("text=%zz", To(400)),
        ("text=%u0041", To(400)),
        ("%zz=1", To(400)),
        ("ignored=%", To(400)),
        ("text=%25zz", In("Some(\"%zz\") None")),
        ("text=a;real=1", In("Some(\"a;real=1\") None")),
    ] {
        rows.push((form, "/form", FORM, form.as_bytes().to_vec(), comes));
    }
    post_all(rows).await;
}

#[actix_web::test]
async fn nul_wherever_it_stands() {
    let json = |body: &str| body.as_bytes().to_vec();
    let rows = vec![
        (
            "a text",
            "/json",
            JSON,
            json(r#"{"text":"hunter2\u0000"}"#),
            At("#/text", "nul"),
        ),
        (
            "a secret",
            "/json",
            JSON,
            json(r#"{"secret":"hunter2\u0000"}"#),
            At("#/secret", "nul"),
        ),
        (
            "a nested text",
            "/json",
            JSON,
            json(r#"{"inner":{"key":"\u0000"}}"#),
            At("#/inner/key", "nul"),
        ),
        (
            "a key of a map",
            "/json",
            JSON,
            json(r#"{"map":{"a\u0000":1}}"#),
            At("#/map/a%00", "nul"),
        ),
        (
            "a field's name",
            "/json",
            JSON,
            json(r#"{"text\u0000":"a"}"#),
            At("#/text%00", "nul"),
        ),
        (
            "what is ignored",
            "/loose",
            JSON,
            json(r#"{"ignored":[["\u0000"]]}"#),
            At("#/ignored/0/0", "nul"),
        ),
        (
            "a field",
            "/form",
            FORM,
            json("text=hunter2%00"),
            At("#/text", "nul"),
        ),
        (
            "a plain one",
            "/form",
            FORM,
            json("text=a\0"),
            At("#/text", "nul"),
        ),
        (
            "a name",
            "/form",
            FORM,
            json("te%00xt=a"),
            At("#/te%00xt", "nul"),
        ),
        (
            "an ignored field",
            "/form",
            FORM,
            json("ignored=%00"),
            At("#/ignored", "nul"),
        ),
    ];
    post_all(rows).await;
    let app = app().await;
    for (path, place) in [
        ("/query?text=hunter2%00", "text"),
        ("/query?ignored=%00", "ignored"),
        ("/names/hunter2%00", "name"),
        ("/names/%00", "name"),
    ] {
        check(path, &app.get(path).send().await, &At(place, "nul"));
    }
    check("a number", &app.get("/numbers/%00").send().await, &To(404));
    // Of what is decoded once, nothing is decoded twice.
    check(
        "twice",
        &app.get("/names/%2500").send().await,
        &In("\"%00\""),
    );
}

#[actix_web::test]
async fn numbers_that_are_none_or_too_large() {
    let mut rows = Vec::new();
    let digits = "9".repeat(100_000);
    let fraction = format!("0.{digits}");
    for (field, value, comes) in [
        ("real", "NaN", To(400)),
        ("real", "nan", To(400)),
        ("real", "Infinity", To(400)),
        ("real", "-Infinity", To(400)),
        ("real", "+1", To(400)),
        ("real", "01", To(400)),
        ("real", ".5", To(400)),
        ("real", "5.", To(400)),
        ("real", "0x10", To(400)),
        ("real", "1_000", To(400)),
        ("real", "1e", To(400)),
        ("real", "--1", To(400)),
        ("real", "1e999", At("#/real", "type")),
        ("real", "-1e999", At("#/real", "type")),
        ("real", "1e999999999999999999999", At("#/real", "type")),
        ("real", digits.as_str(), At("#/real", "type")),
        ("real", "\"1\"", At("#/real", "type")),
        ("real", "1e-999", In("None Some(0.0)")),
        ("real", fraction.as_str(), In("None Some(1.0)")),
        ("number", "4294967296", At("#/number", "type")),
        ("number", "-1", At("#/number", "type")),
        ("number", "1.0", At("#/number", "type")),
        ("number", "1e2", At("#/number", "type")),
        ("number", "99999999999999999999999", At("#/number", "type")),
        ("number", digits.as_str(), At("#/number", "type")),
    ] {
        let body = format!(r#"{{"{field}":{value}}}"#).into_bytes();
        let name = if value.len() > 50 {
            "many digits"
        } else {
            value
        };
        rows.push((name, "/json", JSON, body, comes));
    }
    for (value, code) in [
        ("NaN", "finite"),
        ("inf", "finite"),
        ("-infinity", "finite"),
        ("1e999", "finite"),
        ("0x10", "type"),
        ("1_0", "type"),
        ("%EF%BC%91", "type"),
        ("", "type"),
    ] {
        let body = format!("real={value}").into_bytes();
        rows.push((value, "/form", FORM, body, At("#/real", code)));
    }
    post_all(rows).await;
}

#[actix_web::test]
async fn one_thing_said_twice() {
    let app = app().await;
    for (path, body, place) in [
        ("/json", r#"{"text":"a","text":"b"}"#, "#/text"),
        ("/json", r#"{"text":"a","\u0074ext":"b"}"#, "#/text"),
        (
            "/json",
            r#"{"inner":{"key":"a"},"inner":{"key":"b"}}"#,
            "#/inner",
        ),
        ("/json", r#"{"inner":{"key":"a","key":"a"}}"#, "#/inner/key"),
        ("/json", r#"{"map":{"a":1,"b":2,"a":3}}"#, "#/map/a"),
        ("/json", r#"{"unknown":1,"unknown":2}"#, "#/unknown"),
        ("/loose", r#"{"ignored":1,"ignored":2}"#, "#/ignored"),
        (
            "/loose",
            r#"{"ignored":[{"a":1,"\u0061":2}]}"#,
            "#/ignored/0/a",
        ),
        ("/loose", r#"{"":1,"":2}"#, "#/"),
    ] {
        let response = app.post(path).body(JSON, body).send().await;
        check(body, &response, &At(leaked(place), "duplicate_key"));
    }
    for body in [
        "text=a&text=b",
        "text=a&te%78t=b",
        "text=a&text",
        "text&text",
    ] {
        let response = app.post("/form").body(FORM, body).send().await;
        check(body, &response, &At("#/text", "duplicate_field"));
    }
    let response = app.get("/query?text=a&te%78t=b").send().await;
    check("a query", &response, &At("text", "duplicate_field"));
}

/// A row's text, which lives as long as the test.
fn leaked(text: &str) -> &'static str {
    text.to_owned().leak()
}

#[actix_web::test]
async fn too_much_of_it() {
    let keys = |count: usize| {
        let keys: Vec<_> = (0..count).map(|key| format!("\"k{key}\":0")).collect();
        format!("{{{}}}", keys.join(","))
    };
    let deep = |open: &str, depth: usize| open.repeat(depth);
    let wide = |count: usize| format!(r#"{{"ignored":[{}]}}"#, vec!["0"; count].join(","));
    let ignored_place = leaked(&format!("#/ignored{}", "/0".repeat(31)));
    let app = app().await;
    let named = |inner: &str| format!(r#"{{"map":{inner}}}"#);
    let ignored = |inner: &str| format!(r#"{{"ignored":{inner}}}"#);
    let fields = |count: usize| vec!["a=1"; count].join("&");
    for (name, path, kind, body, comes) in [
        ("1 000 keys", "/loose", JSON, keys(1_000), In("None None")),
        (
            "1 001 keys",
            "/loose",
            JSON,
            keys(1_001),
            At("#", "too_many_values"),
        ),
        (
            "10 000 keys",
            "/json",
            JSON,
            keys(10_000),
            At("#", "too_many_values"),
        ),
        (
            "10 000 keys in a map",
            "/json",
            JSON,
            named(&keys(10_000)),
            At("#/map", "too_many_values"),
        ),
        (
            "9 999 elements",
            "/loose",
            JSON,
            wide(9_999),
            In("None None"),
        ),
        (
            "10 000 elements",
            "/loose",
            JSON,
            wide(10_000),
            At("#", "too_many_values"),
        ),
        (
            "120 000 elements",
            "/loose",
            JSON,
            wide(120_000),
            At("#", "too_many_values"),
        ),
        (
            "depth",
            "/loose",
            JSON,
            ignored(&deep("[", 200_000)),
            At(ignored_place, "too_deep"),
        ),
        (
            "depth of objects",
            "/json",
            JSON,
            deep(r#"{"inner":"#, 20_000),
            At(leaked(&format!("#{}", "/inner".repeat(32))), "too_deep"),
        ),
        (
            "an unclosed text",
            "/json",
            JSON,
            format!("{{\"text\":\"{}", "a".repeat(200_000)),
            To(400),
        ),
        (
            "many backslashes",
            "/json",
            JSON,
            format!("{{\"text\":\"{}", "\\".repeat(200_001)),
            To(400),
        ),
        (
            "a long text",
            "/json",
            JSON,
            format!("{{\"text\":\"{}\"}}", "a".repeat(200_000)),
            At("#/text", "length"),
        ),
        (
            "a long key",
            "/json",
            JSON,
            format!("{{\"{}\":0}}", "a".repeat(200_000)),
            At(leaked(&format!("#/{}", "a".repeat(64))), "unknown_field"),
        ),
        (
            "many blanks",
            "/json",
            JSON,
            " ".repeat(200_000) + "{}",
            In("None None"),
        ),
        ("blanks alone", "/json", JSON, " ".repeat(200_000), To(400)),
        (
            "too large",
            "/json",
            JSON,
            " ".repeat(256 * 1024 + 1),
            To(413),
        ),
        (
            "1 000 fields",
            "/form",
            FORM,
            fields(1_000),
            In("None None"),
        ),
        (
            "1 001 fields",
            "/form",
            FORM,
            fields(1_001),
            At("#", "too_many_values"),
        ),
        (
            "ampersands",
            "/form",
            FORM,
            "&".repeat(200_000),
            At("#", "too_many_values"),
        ),
        (
            "a long field",
            "/form",
            FORM,
            format!("text={}", "a".repeat(200_000)),
            At("#/text", "length"),
        ),
        (
            "equals signs",
            "/form",
            FORM,
            format!("text{}", "=".repeat(200_000)),
            At("#/text", "length"),
        ),
    ] {
        let response = app.post(path).body(kind, body).send().await;
        check(name, &response, &comes);
    }
    let query = format!("/query?{}", fields(1_001));
    check(
        "a query",
        &app.get(&query).send().await,
        &At("", "too_many_values"),
    );
}

#[actix_web::test]
async fn something_else_than_was_asked_for() {
    let app = app().await;
    let values = [
        "null",
        "true",
        "1",
        "1.5",
        "\"hunter2\"",
        "[]",
        "[\"hunter2\"]",
        "{}",
        "{\"hunter2\":1}",
    ];
    for (field, fits) in [
        ("text", &["null", "\"hunter2\""][..]),
        ("secret", &["null", "\"hunter2\""]),
        ("number", &["null", "1"]),
        ("real", &["null", "1", "1.5"]),
        ("flag", &["null", "true"]),
        ("list", &["null", "[]"]),
        ("map", &["null", "{}", "{\"hunter2\":1}"]),
        ("inner", &["null"]),
    ] {
        for value in values {
            let body = format!(r#"{{"{field}":{value}}}"#);
            let response = app.post("/json").body(JSON, body.clone()).send().await;
            if fits.contains(&value) {
                assert_eq!(response.status(), 200, "{body}");
                continue;
            }
            let (status, answer) = seen(&response);
            assert_eq!(status, 422, "{body}: {answer}");
            let pointer = answer["errors"][0]["pointer"].as_str().unwrap_or_default();
            assert!(
                pointer.starts_with(&format!("#/{field}")),
                "{body}: {answer}"
            );
            assert!(
                !answer.to_string().contains("\"hunter2\""),
                "{body}: {answer}"
            );
        }
    }
    for name in [
        "__proto__",
        "constructor",
        "$where",
        "text.key",
        "text[]",
        "TEXT",
        "te\u{301}xt",
        "text ",
    ] {
        let body = format!("{{\"{name}\":1}}");
        let response = app.post("/json").body(JSON, body).send().await;
        let (status, answer) = seen(&response);
        assert_eq!(status, 422, "{name}: {answer}");
        assert_eq!(answer["errors"][0]["code"], "unknown_field", "{name}");
    }
}

#[actix_web::test]
async fn types_that_lie_about_what_they_are() {
    let app = app().await;
    let good = r#"{"text":"hello"}"#;
    for (kind, status) in [
        ("application/json; charset=utf-8", 200),
        ("application/json; charset=utf-16", 415),
        ("application/json; charset=utf-7", 415),
        ("application/json; charset=\"utf-8\"; charset=utf-16", 415),
        ("application/json; CHARSET=utf-16", 415),
        ("application/json; charset=", 415),
        ("application/json; charset", 415),
        ("application/json, text/plain", 415),
        ("application/json;", 200),
        ("text/json", 415),
        ("application/jsonx", 415),
        ("application/x+json+xml", 415),
        ("multipart/form-data; boundary=x", 415),
    ] {
        let response = app.post("/json").body(kind, good).send().await;
        assert_eq!(response.status(), status, "{kind}");
    }
    // Of two of them nobody knows which is meant, and which somebody on the way has looked at.
    for (path, first, second) in [
        ("/json", JSON, "text/plain"),
        ("/json", JSON, JSON),
        ("/json", "text/plain", JSON),
        ("/form", FORM, "text/plain"),
        ("/form", FORM, "multipart/form-data; boundary=x"),
        ("/form", "text/plain", FORM),
    ] {
        let request = app
            .post(path)
            .body(first, good)
            .header("content-type", second);
        let response = request.send().await;
        assert_eq!(response.status(), 415, "{path} {first} {second}");
    }
    // What it says it is, it has to be.
    for (path, kind, body, status) in [
        ("/json", JSON, "text=hello", 400),
        ("/json", JSON, "<text>hello</text>", 400),
        (
            "/json",
            "application/json; charset=utf-8",
            "{\"text\":\"hello\"}\u{feff}",
            400,
        ),
        ("/form", FORM, good, 200),
    ] {
        let response = app.post(path).body(kind, body).send().await;
        assert_eq!(response.status(), status, "{path} {body}");
    }
}

#[actix_web::test]
async fn paths_that_are_no_texts_do_not_exist_and_others_are_only_texts() {
    let app = app().await;
    for path in [
        "/names/%FF",
        "/names/%80",
        "/names/%C0%AF",
        "/names/%C0%80",
        "/names/%E0%80%AF",
        "/names/%ED%A0%80",
        "/names/%F4%90%80%80",
        "/names/%E2%82",
        "/names/%zz",
        "/names/%",
        "/names/%u0041",
        "/numbers/%D9%A1",
        "/numbers/1%FF",
        "/numbers/1e2",
        "/numbers/0x1",
        "/numbers/4294967296",
        "/numbers/%2B1%00",
    ] {
        check(path, &app.get(path).send().await, &To(404));
    }
    for (path, text) in [
        ("/names/..%2F..%2Fetc%2Fpasswd", "\"../../etc/passwd\""),
        ("/names/%2e%2e", "\"..\""),
        ("/names/..%5C..%5Cboot.ini", "\"..\\\\..\\\\boot.ini\""),
        ("/names/%252e%252e%252f", "\"%2e%2e%2f\""),
        ("/names/CON", "\"CON\""),
        ("/names/a%3Bb", "\"a;b\""),
        ("/names/%27%20OR%201=1--", "\"' OR 1=1--\""),
        ("/names/%3Cscript%3E", "\"<script>\""),
    ] {
        check(path, &app.get(path).send().await, &In(text));
    }
    let long = format!("/names/{}", "a".repeat(4096));
    check("4 KB", &app.get(&long).send().await, &At("name", "length"));
    let long = format!("/names/{}", "%E2%82%AC".repeat(41));
    check(
        "41 characters",
        &app.get(&long).send().await,
        &At("name", "length"),
    );
}

/// A text may hold them where its model does not say `printable`; they arrive as they were sent.
#[actix_web::test]
async fn characters_that_nobody_sees_are_only_characters() {
    let app = app().await;
    for text in [
        "a\u{202e}b",
        "a\u{2066}b\u{2069}",
        "a\u{200b}b",
        "a\u{feff}b",
        "a\u{2028}b",
        "a\u{ad}b",
        "\u{1f468}\u{200d}\u{1f469}",
        "\u{e0041}",
        "\u{fdd0}",
        "\u{10ffff}",
        "e\u{301}",
        "\u{212b}",
        "аdmin",
    ] {
        let expected = leaked(&format!("Some({text:?}) None"));
        let body = serde_json::json!({ "text": text }).to_string();
        let response = app.post("/json").body(JSON, body).send().await;
        check(text, &response, &In(expected));
        let escaped: String = text
            .encode_utf16()
            .map(|unit| format!("\\u{unit:04x}"))
            .collect();
        let body = format!(r#"{{"text":"{escaped}"}}"#);
        let response = app.post("/json").body(JSON, body).send().await;
        check(text, &response, &In(expected));
        let body = format!("text={}", percent(text.as_bytes()));
        let response = app.post("/form").body(FORM, body.clone()).send().await;
        check(text, &response, &In(expected));
        let response = app.get(&format!("/query?{body}")).send().await;
        check(text, &response, &In(expected));
        let path = format!("/names/{}", percent(text.as_bytes()));
        let response = app.get(&path).send().await;
        check(text, &response, &In(leaked(&format!("{text:?}"))));
    }
}
