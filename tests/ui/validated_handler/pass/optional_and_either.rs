use actix_web::{
    Either,
    web::{self, Bytes, Form, Json, Query},
};
use secure_runtime::{
    policy::{InputKind, Policy},
    prelude::*,
};

#[validated]
struct Note {
    #[validate(length(max = 200))]
    text: String,
}

#[validated]
struct Page {
    number: Option<u32>,
}

#[post("/a")]
#[protected]
#[validated]
async fn optional(note: Option<Json<Note>>, page: Option<Query<Page>>) -> String {
    let page = page.map(|page| page.into_inner().number);
    format!("{:?}{page:?}", note.map(|note| note.into_inner().text))
}

#[post("/b")]
#[protected]
#[validated]
async fn optional_form(note: std::option::Option<web::Form<Note>>) -> String {
    note.map_or_else(String::new, |note| note.into_inner().text)
}

#[post("/c")]
#[protected]
#[validated(max = "64KiB")]
async fn json_or_form(note: Either<Json<Note>, Form<Note>>) -> String {
    match note {
        Either::Left(note) => note.into_inner().text,
        Either::Right(note) => note.into_inner().text,
    }
}

#[post("/d")]
#[protected]
#[validated(max = "16MiB")]
async fn form_or_json(note: web::Either<Form<Note>, Json<Note>>) -> String {
    match note {
        Either::Left(note) => note.into_inner().text,
        Either::Right(note) => note.into_inner().text,
    }
}

/// Nothing is validated, and the body is bounded.
#[post("/e")]
#[protected]
#[validated(max = "1KB")]
async fn measured(#[unvalidated = "because it is only measured"] body: Bytes) -> String {
    body.len().to_string()
}

#[post("/f")]
#[protected]
#[validated(max = "512B")]
async fn checked(note: Checked<Form<Note>>) -> String {
    note.into_result().map_or_else(|_| String::new(), |note| note.text)
}

fn main() {
    let kinds = |policy: &secure_runtime::policy::RoutePolicy| {
        let inputs = policy.inputs().map(|input| (input.kind(), input.is_optional()));
        inputs.collect::<Vec<_>>()
    };
    let json_and_query = [(InputKind::Json, true), (InputKind::Query, true)];
    assert_eq!(kinds(&optional::POLICY), json_and_query);
    assert_eq!(kinds(&optional_form::POLICY), [(InputKind::Form, true)]);
    assert_eq!(kinds(&json_or_form::POLICY), [(InputKind::JsonOrForm, false)]);
    assert_eq!(kinds(&form_or_json::POLICY), [(InputKind::JsonOrForm, false)]);
    assert_eq!(json_or_form::POLICY.body_limit(), Some(65_536));
    assert_eq!(form_or_json::POLICY.body_limit(), Some(16 * 1024 * 1024));
    assert_eq!(measured::POLICY.body_limit(), Some(1_000));
    assert_eq!(checked::POLICY.body_limit(), Some(512));
    assert_eq!(optional::POLICY.body_limit(), None);
    const { assert!(matches!(measured::POLICY.body_limit(), Some(..=1_000))) };
    assert!(optional::POLICY.validates() && !measured::POLICY.validates());
}
