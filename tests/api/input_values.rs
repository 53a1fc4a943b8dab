//! Values that slip through where nobody looks twice.

use std::collections::HashMap;

use actix_web::{
    Responder,
    web::{Form, Json, Query},
};
use secure_runtime::{prelude::*, test::TestApp};
use serde_json::json;

#[validated(unknown = "ignore")]
struct Page {
    #[validate(range(min = 0.0, max = 100.0))]
    limit: f64,
}

#[validated]
struct Item {
    #[validate(range(max = 5))]
    n: u32,
}

#[validated]
#[derive(PartialEq, Eq, Hash)]
struct Name(#[validate(length(max = 3))] String);

#[validated]
struct Sheet {
    #[unbounded = "because the body's size bounds it"]
    #[validate(nested)]
    rows: Vec<Vec<Item>>,
    #[unbounded = "because the body's size bounds it"]
    named: HashMap<Name, Item>,
    #[unbounded = "because the body's size bounds it"]
    maybe: Option<Vec<Item>>,
}

#[validated]
struct Text {
    #[validate(length(max = 9))]
    text: String,
}

#[validated]
#[serde(rename_all = "lowercase")]
enum Colour {
    Red,
    Green,
}

#[validated]
struct Paint {
    colour: Colour,
}

/// May hold itself: whoever makes an example of it must come to an end.
#[validated]
struct Thread {
    reply: Option<Box<Thread>>,
}

#[get("/page")]
#[public]
#[validated]
async fn page(page: Query<Page>) -> impl Responder {
    page.limit.to_string()
}

#[post("/sheet")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn sheet(sheet: Json<Sheet>) -> impl Responder {
    let rows = sheet.rows.iter().flatten();
    let all = rows
        .chain(sheet.named.values())
        .chain(sheet.maybe.iter().flatten());
    all.map(|item| item.n).sum::<u32>().to_string()
}

#[post("/form")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn form(form: Form<Text>) -> impl Responder {
    form.into_inner().text
}

#[post("/thread")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn thread(thread: Json<Thread>) -> impl Responder {
    let mut length = 1;
    let mut next = &thread.reply;
    while let Some(reply) = next {
        length += 1;
        next = &reply.reply;
    }
    length.to_string()
}

#[post("/paint")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn paint(paint: Json<Paint>) -> impl Responder {
    match paint.colour {
        Colour::Red => "red",
        Colour::Green => "green",
    }
}

async fn app() -> TestApp {
    TestApp::new(|routes| {
        routes
            .service(page)
            .service(sheet)
            .service(form)
            .service(thread)
            .service(paint);
    })
    .await
}

#[actix_web::test]
async fn what_is_no_number_keeps_to_no_bound() {
    let app = app().await;
    assert_eq!(app.get("/page?limit=99.5").send().await.text(), "99.5");
    for limit in ["NaN", "inf", "-inf", "infinity", "1e999", "100.1", "-0.1"] {
        let response = app.get(&format!("/page?limit={limit}")).send().await;
        assert_eq!(response.status(), 422, "{limit}: {}", response.text());
    }
}

#[actix_web::test]
async fn what_is_unbounded_is_still_checked_inside() {
    let app = app().await;
    let send = async |rows, named, maybe| {
        let body = json!({"rows": rows, "named": named, "maybe": maybe});
        app.post("/sheet").json(&body).send().await
    };
    let good = json!({"n": 1});
    let bad = json!({"n": 6});
    let response = send(json!([[good]]), json!({"a": good}), json!([good])).await;
    assert_eq!(response.text(), "3");
    for (rows, named, maybe, pointer) in [
        (json!([[good, bad]]), json!({}), json!(null), "#/rows/0/1/n"),
        (json!([]), json!({"a": bad}), json!(null), "#/named/0/n"),
        (json!([]), json!({"long": good}), json!(null), "#/named/0"),
        (json!([]), json!({}), json!([good, bad]), "#/maybe/1/n"),
    ] {
        let response = send(rows, named, maybe).await;
        assert_eq!(response.status(), 422, "{pointer}");
        assert_eq!(response.json()["errors"][0]["pointer"], pointer);
    }
}

#[actix_web::test]
async fn a_percent_encoding_that_is_none_is_malformed() {
    let app = app().await;
    let send = async |body: &'static str| {
        let request = app
            .post("/form")
            .body("application/x-www-form-urlencoded", body);
        request.send().await.status()
    };
    assert_eq!(send("text=%C3%A9").await, 200);
    assert_eq!(send("text=a+b").await, 200);
    for body in [
        "text=%FF", "text=%zz", "text=%", "text=%4", "text=%C3", "%FF=a",
    ] {
        assert_eq!(send(body).await, 400, "{body}");
    }
    assert_eq!(app.get("/page?limit=%zz").send().await.status(), 400);
}

#[actix_web::test]
async fn a_model_that_holds_itself_is_read_and_bounded_by_its_depth() {
    let app = app().await;
    let nested =
        |depth: usize| format!("{}{}", r#"{"reply":"#.repeat(depth), "{}") + &"}".repeat(depth);
    let send = async |depth| {
        let request = app.post("/thread").body("application/json", nested(depth));
        request.send().await
    };
    assert_eq!(send(9).await.text(), "10");
    assert_eq!(send(31).await.text(), "32");
    assert_eq!(send(32).await.status(), 422);
    assert_eq!(send(20_000).await.status(), 422);
}

#[actix_web::test]
async fn a_value_of_the_wrong_type_for_an_enum_is_422_at_its_place() {
    let app = app().await;
    let send = async |body: &'static str| {
        let request = app.post("/paint").body("application/json", body);
        request.send().await
    };
    assert_eq!(send(r#"{"colour":"red"}"#).await.text(), "red");
    assert_eq!(send(r#"{"colour":"green"}"#).await.text(), "green");
    for value in ["1", "true", "{}", "[]", "null", "\"blue\"", "1.5"] {
        let body = format!(r#"{{"colour":{value}}}"#);
        let request = app.post("/paint").body("application/json", body);
        let response = request.send().await;
        assert_eq!(response.status(), 422, "{value}");
        assert_eq!(
            response.json()["errors"][0]["pointer"],
            "#/colour",
            "{value}"
        );
    }
    for body in ["{\"colour\":1", "{\"colour\":}", "{\"colour\":01}"] {
        let request = app.post("/paint").body("application/json", body);
        assert_eq!(request.send().await.status(), 400, "{body}");
    }
}
