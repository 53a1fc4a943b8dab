//! Enums with data, in serde's three tagged forms (H1, H3): what is read, where the mistakes are, and that no
//! form lets an unknown field pass.

use actix_web::{Responder, web::Json};
use secure_runtime::{
    prelude::*,
    test::{TestApp, TestResponse},
};
use serde_json::{Value, json};

use crate::support::seen;

#[validated]
#[derive(Debug)]
struct Card {
    #[validate(length(equal = 4))]
    number: String,
    #[validate(length(min = 1, max = 2))]
    months: Vec<u8>,
}

/// The same variants three times; only where the tag stands differs.
macro_rules! payment {
    ($name:ident $(#[$serde:meta])*) => {
        #[validated]
        #[derive(Debug)]
        #[serde(rename_all = "snake_case", rename_all_fields = "camelCase")]
        $(#[$serde])*
        enum $name {
            Cash,
            Card(Card),
            #[serde(alias = "transfer")]
            BankTransfer {
                #[validate(length(min = 2, max = 8))]
                account_holder: String,
                #[validate(range(max = 100))]
                amount: u32,
                #[serde(default)]
                tags: Option<Tags>,
            },
        }
    };
}

payment! { External }
payment! { Internal #[serde(tag = "type")] }
payment! { Adjacent #[serde(tag = "type", content = "with")] }

#[validated]
#[derive(Debug)]
struct Tags {
    #[validate(length(max = 2))]
    list: Vec<u8>,
}

macro_rules! order {
    ($order:ident $payment:ident $handler:ident $path:literal) => {
        #[validated]
        struct $order {
            payment: $payment,
        }

        #[post($path)]
        #[public(unlimited = "because it is a test")]
        #[validated]
        async fn $handler(order: Json<$order>) -> impl Responder {
            format!("{:?}", order.payment)
        }
    };
}

order! { ExternalOrder External external "/external" }
order! { InternalOrder Internal internal "/internal" }
order! { AdjacentOrder Adjacent adjacent "/adjacent" }

#[post("/bare")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn bare_payment(payment: Json<Internal>) -> impl Responder {
    format!("{payment:?}")
}

async fn app() -> TestApp {
    TestApp::new(|routes| {
        routes
            .service(external)
            .service(internal)
            .service(adjacent)
            .service(bare_payment);
    })
    .await
}

async fn post(app: &TestApp, path: &str, body: impl Into<String>) -> TestResponse {
    let request = app.post(path).body("application/json", body.into());
    request.send().await
}

/// Pointer and code of each error.
fn errors(name: &str, response: &TestResponse) -> Vec<(String, String)> {
    let (status, body) = seen(response);
    assert_eq!(status, 422, "{name}: {body}");
    let text = |error: &Value, key: &str| error[key].as_str().unwrap_or("none").to_owned();
    let list = body["errors"].as_array().cloned().unwrap_or_default();
    let list = list.iter();
    list.map(|error| (text(error, "pointer"), text(error, "code")))
        .collect()
}

/// One place to write a variant in, and the pointer to what it holds.
#[derive(Debug, Clone, Copy)]
struct Writing {
    path: &'static str,
    pointer: &'static str,
    write: fn(&str, &Value) -> String,
}

/// The fields of an object without its braces, each with a comma before or after it.
fn inside(content: &Value) -> String {
    let text = content.to_string();
    text[1..text.len() - 1].to_owned()
}

const WRITINGS: [Writing; 5] = [
    Writing {
        path: "/external",
        pointer: "#/payment/{name}",
        write: |name, content| format!(r#"{{"{name}":{content}}}"#),
    },
    Writing {
        path: "/internal",
        pointer: "#/payment",
        write: |name, content| format!(r#"{{"type":"{name}",{}}}"#, inside(content)),
    },
    Writing {
        path: "/internal",
        pointer: "#/payment",
        write: |name, content| format!(r#"{{{},"type":"{name}"}}"#, inside(content)),
    },
    Writing {
        path: "/adjacent",
        pointer: "#/payment/with",
        write: |name, content| format!(r#"{{"type":"{name}","with":{content}}}"#),
    },
    Writing {
        path: "/adjacent",
        pointer: "#/payment/with",
        write: |name, content| format!(r#"{{"with":{content},"type":"{name}"}}"#),
    },
];

#[actix_web::test]
async fn every_variant_is_read_in_every_form_and_order() {
    let app = app().await;
    let cases = [
        (
            "card",
            json!({"number": "1234", "months": [1, 255]}),
            r#"Card(Card { number: "1234", months: [1, 255] })"#,
        ),
        (
            "bank_transfer",
            json!({"accountHolder": "Ada", "amount": 100}),
            r#"BankTransfer { account_holder: "Ada", amount: 100, tags: None }"#,
        ),
        (
            "bank_transfer",
            json!({"accountHolder": "Ada", "amount": 5, "tags": null}),
            r#"BankTransfer { account_holder: "Ada", amount: 5, tags: None }"#,
        ),
        (
            "transfer",
            json!({"tags": {"list": [7]}, "amount": 0, "accountHolder": "Ada"}),
            r#"BankTransfer { account_holder: "Ada", amount: 0, tags: Some(Tags { list: [7] }) }"#,
        ),
    ];
    for (name, content, expected) in cases {
        for writing in WRITINGS {
            let body = format!(r#"{{"payment":{}}}"#, (writing.write)(name, &content));
            let response = post(&app, writing.path, body.as_str()).await;
            assert_eq!(response.text(), expected, "{body}");
        }
    }
    for (path, cash) in [
        ("/external", r#""cash""#),
        ("/internal", r#"{"type":"cash"}"#),
        ("/adjacent", r#"{"type":"cash"}"#),
        ("/adjacent", r#"{"type":"cash","with":null}"#),
    ] {
        let body = format!(r#"{{"payment":{cash}}}"#);
        let response = post(&app, path, body.as_str()).await;
        assert_eq!(response.text(), "Cash", "{path} {body}");
    }
    let bare = post(&app, "/bare", r#"{"type":"cash"}"#).await;
    assert_eq!(bare.text(), "Json(Cash)");
}

#[actix_web::test]
async fn a_mistake_inside_a_variant_is_named_at_its_place_in_every_form_and_order() {
    let app = app().await;
    let card = |number: Value, months: Value| json!({"number": number, "months": months});
    let transfer = |tags: Value| json!({"accountHolder": "Ada", "amount": 1, "tags": tags});
    let cases = [
        ("card", card(json!("12"), json!([1])), "/number", "length"),
        ("card", card(json!(1234), json!([1])), "/number", "type"),
        ("card", card(json!(null), json!([1])), "/number", "type"),
        ("card", card(json!("1234"), json!([])), "/months", "length"),
        ("card", card(json!("1234"), json!("1")), "/months", "type"),
        (
            "card",
            card(json!("1234"), json!([1, 256])),
            "/months/1",
            "type",
        ),
        (
            "card",
            card(json!("1234"), json!([-1])),
            "/months/0",
            "type",
        ),
        (
            "card",
            card(json!("1234"), json!([1.5])),
            "/months/0",
            "type",
        ),
        (
            "card",
            card(json!("1234"), json!([true])),
            "/months/0",
            "type",
        ),
        ("card", json!({"months": [1]}), "/number", "missing_field"),
        (
            "card",
            json!({"months": [1], "number": "1234", "a/b": [{"x": 1}]}),
            "/a~1b",
            "unknown_field",
        ),
        (
            "bank_transfer",
            json!({"accountHolder": "A", "amount": 1}),
            "/accountHolder",
            "length",
        ),
        (
            "bank_transfer",
            json!({"accountHolder": "Ada", "amount": 101}),
            "/amount",
            "range",
        ),
        (
            "bank_transfer",
            json!({"accountHolder": "Ada", "amount": "1"}),
            "/amount",
            "type",
        ),
        (
            "bank_transfer",
            json!({"account_holder": "Ada", "amount": 1}),
            "/account_holder",
            "unknown_field",
        ),
        (
            "transfer",
            transfer(json!({"list": [1, 2, 3]})),
            "/tags/list",
            "length",
        ),
        (
            "transfer",
            transfer(json!({"list": [1, "2"]})),
            "/tags/list/1",
            "type",
        ),
        (
            "transfer",
            transfer(json!({"list": [], "x": 1})),
            "/tags/x",
            "unknown_field",
        ),
        (
            "transfer",
            transfer(json!({})),
            "/tags/list",
            "missing_field",
        ),
        ("transfer", transfer(json!([[1]])), "/tags", "type"),
    ];
    for (name, content, pointer, code) in cases {
        for writing in WRITINGS {
            let body = format!(r#"{{"payment":{}}}"#, (writing.write)(name, &content));
            let found = errors(&body, &post(&app, writing.path, body.as_str()).await);
            // What was sent is called as it was sent; a rule calls it as the model does.
            let name = match (code, name) {
                ("length" | "range", "transfer") => "bank_transfer",
                _ => name,
            };
            let pointer = writing.pointer.replace("{name}", name) + pointer;
            assert_eq!(found, [(pointer, code.to_owned())], "{writing:?} {body}");
        }
    }
}

#[actix_web::test]
async fn what_names_no_variant_or_holds_something_else_is_refused_at_its_place() {
    let app = app().await;
    let cases = [
        // Which variant.
        ("/external", r#""gold""#, "#/payment", "unknown_variant"),
        (
            "/external",
            r#"{"gold":{}}"#,
            "#/payment",
            "unknown_variant",
        ),
        (
            "/internal",
            r#"{"type":"gold"}"#,
            "#/payment/type",
            "unknown_variant",
        ),
        (
            "/internal",
            r#"{"x":1,"type":"gold"}"#,
            "#/payment/type",
            "unknown_variant",
        ),
        (
            "/internal",
            r#"{"type":"Cash"}"#,
            "#/payment/type",
            "unknown_variant",
        ),
        (
            "/adjacent",
            r#"{"type":"gold"}"#,
            "#/payment/type",
            "unknown_variant",
        ),
        (
            "/adjacent",
            r#"{"with":{},"type":"gold"}"#,
            "#/payment/type",
            "unknown_variant",
        ),
        ("/internal", "{}", "#/payment/type", "missing_field"),
        (
            "/internal",
            r#"{"number":"1234","months":[1]}"#,
            "#/payment/type",
            "missing_field",
        ),
        ("/adjacent", "{}", "#/payment/type", "missing_field"),
        (
            "/adjacent",
            r#"{"with":{}}"#,
            "#/payment/type",
            "missing_field",
        ),
        ("/internal", r#"{"type":0}"#, "#/payment/type", "type"),
        ("/internal", r#"{"type":null}"#, "#/payment/type", "type"),
        (
            "/internal",
            r#"{"type":["cash"]}"#,
            "#/payment/type",
            "type",
        ),
        (
            "/internal",
            r#"{"type":{"cash":null}}"#,
            "#/payment/type",
            "type",
        ),
        ("/adjacent", r#"{"type":0}"#, "#/payment/type", "type"),
        // Something beside a variant, or in one that holds nothing.
        ("/external", r#"{"cash":{"x":1}}"#, "#/payment/cash", "type"),
        (
            "/internal",
            r#"{"type":"cash","x":1}"#,
            "#/payment/x",
            "unknown_field",
        ),
        (
            "/internal",
            r#"{"x":{"y":[1]},"type":"cash"}"#,
            "#/payment/x",
            "unknown_field",
        ),
        (
            "/internal",
            r#"{"number":"1234","type":"cash"}"#,
            "#/payment/number",
            "unknown_field",
        ),
        (
            "/adjacent",
            r#"{"type":"cash","with":{"x":1}}"#,
            "#/payment/with",
            "type",
        ),
        (
            "/adjacent",
            r#"{"with":{"x":1},"type":"cash"}"#,
            "#/payment/with",
            "type",
        ),
        (
            "/adjacent",
            r#"{"with":[],"type":"cash"}"#,
            "#/payment/with",
            "type",
        ),
        (
            "/adjacent",
            r#"{"type":"cash","x":1}"#,
            "#/payment/x",
            "unknown_field",
        ),
        (
            "/adjacent",
            r#"{"x":1,"type":"cash"}"#,
            "#/payment/x",
            "unknown_field",
        ),
        (
            "/adjacent",
            r#"{"type":"card","with":{"number":"1234","months":[1]},"x":1}"#,
            "#/payment/x",
            "unknown_field",
        ),
        // Too little.
        ("/external", r#""card""#, "#/payment/card", "type"),
        ("/external", r#"{"card":null}"#, "#/payment/card", "type"),
        (
            "/internal",
            r#"{"type":"card"}"#,
            "#/payment/number",
            "missing_field",
        ),
        (
            "/adjacent",
            r#"{"type":"card"}"#,
            "#/payment/with",
            "missing_field",
        ),
        (
            "/adjacent",
            r#"{"type":"card","with":null}"#,
            "#/payment/with",
            "type",
        ),
        // A list in the place of fields: serde would take it, in their order.
        (
            "/external",
            r#"{"card":["1234",[1]]}"#,
            "#/payment/card",
            "type",
        ),
        (
            "/external",
            r#"{"bank_transfer":["Ada",1,null]}"#,
            "#/payment/bank_transfer",
            "type",
        ),
        ("/internal", r#"["card","1234",[1]]"#, "#/payment", "type"),
        ("/internal", r#"["cash"]"#, "#/payment", "type"),
        ("/adjacent", r#"["cash",null]"#, "#/payment", "type"),
        (
            "/adjacent",
            r#"{"type":"card","with":["1234",[1]]}"#,
            "#/payment/with",
            "type",
        ),
        (
            "/adjacent",
            r#"{"with":["Ada",1,null],"type":"transfer"}"#,
            "#/payment/with",
            "type",
        ),
        // Something else altogether.
        ("/external", "5", "#/payment", "type"),
        ("/external", "[]", "#/payment", "type"),
        ("/external", "{}", "#/payment", "type"),
        ("/internal", "\"cash\"", "#/payment", "type"),
        ("/internal", "null", "#/payment", "type"),
        ("/adjacent", "\"cash\"", "#/payment", "type"),
        ("/adjacent", "5", "#/payment", "type"),
    ];
    for (path, payment, pointer, code) in cases {
        let body = format!(r#"{{"payment":{payment}}}"#);
        let found = errors(&body, &post(&app, path, body.as_str()).await);
        assert_eq!(
            found,
            [(pointer.to_owned(), code.to_owned())],
            "{path} {body}"
        );
    }
    // Two variants at once: none of them counts.
    let both = r#"{"payment":{"cash":null,"card":{"number":"1234","months":[1]}}}"#;
    let found = errors(both, &post(&app, "/external", both).await);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].1, "type", "{found:?}");
    let bare = errors(
        "bare",
        &post(&app, "/bare", r#"{"months":["x"],"type":"card"}"#).await,
    );
    assert_eq!(bare, [("#/months/0".to_owned(), "type".to_owned())]);
}

#[actix_web::test]
async fn no_value_is_repeated_from_what_was_read_ahead() {
    let app = app().await;
    let secret = "hunter2-hunter2";
    for body in [
        json!({"payment": {"number": [secret], "type": "card"}}),
        json!({"payment": {"number": secret, "months": secret, "type": "card"}}),
        json!({"payment": {"a": secret, "type": secret}}),
        json!({"payment": {"with": {"number": secret, "months": {"a": secret}}, "type": "card"}}),
    ] {
        // In the order of the alphabet, in which `json!` puts them, tags come last.
        for path in ["/internal", "/adjacent"] {
            let response = post(&app, path, body.to_string()).await;
            assert_eq!(response.status(), 422, "{body}: {}", response.text());
            assert!(!response.text().contains("hunter2"), "{}", response.text());
        }
    }
}
