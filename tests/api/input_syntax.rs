//! A body that is no JSON is 400, one that is nested too deep 422 (H2).

use actix_web::{Responder, web::Json};
use secure_runtime::{
    prelude::*,
    test::{TestApp, TestResponse},
};
use serde_json::json;

use crate::support::{problem_with, seen};

#[validated]
struct Article {
    #[validate(length(min = 1, max = 10))]
    title: String,
    #[validate(range(min = 1, max = 5))]
    rating: Option<u8>,
}

/// Nested as deep as one likes.
#[validated]
struct Tree {
    #[validate(length(max = 2))]
    children: Vec<Tree>,
}

#[post("/articles")]
#[protected]
#[validated]
async fn write(article: Json<Article>) -> impl Responder {
    format!("{} {:?}", article.title, article.rating)
}

#[post("/trees")]
#[protected]
#[validated]
async fn plant(tree: Json<Tree>) -> impl Responder {
    tree.children.len().to_string()
}

async fn app() -> TestApp {
    TestApp::new(|routes| {
        routes.service(write).service(plant);
    })
    .await
}

async fn post(app: &TestApp, path: &str, body: impl Into<String>) -> TestResponse {
    let request = app.post(path).as_user("ada");
    request.body("application/json", body.into()).send().await
}

#[actix_web::test]
async fn a_body_that_is_no_json_is_400() {
    let app = app().await;
    let good = json!({"title": "On notes", "rating": 5}).to_string();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("junk", b"{junk".to_vec()),
        ("cut off", good.as_bytes()[..good.len() - 1].to_vec()),
        ("trailing garbage", format!("{good}x").into_bytes()),
        ("two bodies", format!("{good}{good}").into_bytes()),
        ("a comment", format!("{good} // fine").into_bytes()),
        ("a trailing comma", good.replace('}', ",}").into_bytes()),
        ("single quotes", good.replace('"', "'").into_bytes()),
        (
            "no UTF-8",
            good.replace("On", "\u{fffd}")
                .replace('\u{fffd}', "\u{1}")
                .into_bytes(),
        ),
        (
            "a byte that is no UTF-8",
            [b"{\"title\":\"".as_slice(), &[0xff], b"\"}"].concat(),
        ),
        ("a lone surrogate", br#"{"title":"\ud800"}"#.to_vec()),
        ("blanks alone", b"  \n ".to_vec()),
        (
            "a byte order mark",
            [b"\xef\xbb\xbf".as_slice(), good.as_bytes()].concat(),
        ),
        ("NaN", br#"{"rating":NaN}"#.to_vec()),
    ];
    let expected = problem_with(400, "Bad Request", "the body is not well-formed JSON");
    for (name, body) in cases {
        let request = app.post("/articles").as_user("ada");
        let response = request.body("application/json", body).send().await;
        assert_eq!(seen(&response), (400, expected.clone()), "{name}");
    }
    let trailing_blanks = post(&app, "/articles", format!(" {good} \r\n")).await;
    assert_eq!(trailing_blanks.status(), 200);
}

#[actix_web::test]
async fn a_body_that_is_nested_too_deep_is_422_at_the_place_where_it_is() {
    let app = app().await;
    let tree = |depth: usize| {
        let (open, close) = (r#"{"children":["#.repeat(depth), "]}".repeat(depth));
        format!("{open}{close}")
    };
    assert_eq!(post(&app, "/trees", tree(16)).await.status(), 200);
    let place = "#".to_owned() + &"/children/0".repeat(16);
    for depth in [17, 200, 10_000] {
        let unclosed = r#"{"children":["#.repeat(depth);
        for body in [tree(depth), unclosed] {
            let (status, answer) = seen(&post(&app, "/trees", body).await);
            assert_eq!(status, 422, "{depth} deep: {answer}");
            let error = json!({
                "pointer": place,
                "code": "too_deep",
                "detail": "stands in more than 32 lists and objects",
            });
            assert_eq!(answer["errors"], json!([error]), "{depth} deep");
        }
    }
    // Rules hold at every depth.
    let three = r#"{"children":[{"children":[{"children":[]},{"children":[]},{"children":[]}]}]}"#;
    let (status, body) = seen(&post(&app, "/trees", three).await);
    assert_eq!(status, 422, "{body}");
    assert_eq!(
        body["errors"][0]["pointer"], "#/children/0/children",
        "{body}"
    );
}
