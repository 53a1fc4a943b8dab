//! What a handler's arguments may look like: patterns, `mut`, many of them, `?` and early returns.

use std::num::ParseIntError;

use actix_web::{
    HttpRequest, HttpResponse, Responder, ResponseError,
    dev::PeerAddr,
    http::{Method, StatusCode},
    web::{Data, Form, Json, Path, Query},
};
use guardian::prelude::*;
use secure_hygiene::Mounted;

#[validated]
struct NewNote {
    #[validate(length(min = 1, max = 200))]
    text: String,
    #[serde(default)]
    pinned: bool,
}

#[validated]
struct Page {
    #[validate(range(min = 1, max = 100))]
    number: u32,
}

#[post("/pattern")]
#[protected]
#[validated]
async fn pattern(Json(note): Json<NewNote>) -> String {
    note.text
}

#[post("/deep/{a}/{b}")]
#[protected]
#[validated]
async fn deep(
    Json(NewNote { text, .. }): Json<NewNote>,
    Query(Page { number }): Query<Page>,
    pair: Path<(u32, u32)>,
) -> String {
    let (a, b) = pair.into_inner();
    format!("{text} {number} {a} {b}")
}

#[post("/mutable")]
#[protected]
#[validated]
async fn mutable(mut note: Json<NewNote>, mut count: Query<Page>, _: HttpRequest) -> String {
    note.text.push('!');
    count.number += 1;
    format!("{} {} {}", note.text, note.pinned, count.number)
}

#[post("/form")]
#[protected]
#[validated]
async fn form(Form(page): Form<Page>, _unused: HttpRequest) -> String {
    page.number.to_string()
}

/// An error of the app's own.
#[derive(Debug)]
struct NotANumber;

impl std::fmt::Display for NotANumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not a number")
    }
}

impl ResponseError for NotANumber {
    fn status_code(&self) -> StatusCode {
        StatusCode::CONFLICT
    }
}

impl From<ParseIntError> for NotANumber {
    fn from(_: ParseIntError) -> Self {
        Self
    }
}

#[post("/question_mark")]
#[protected]
#[validated]
async fn question_mark(note: Json<NewNote>) -> Result<impl Responder, NotANumber> {
    let number: u32 = note.text.parse()?;
    if number == 0 {
        return Ok("none".to_owned());
    }
    Ok(format!("{number}"))
}

#[get("/early/{number}")]
#[protected]
#[validated]
async fn early(number: Path<u32>) -> HttpResponse {
    if *number == 7 {
        return HttpResponse::Accepted().finish();
    }
    HttpResponse::Ok().body("late")
}

#[get("/unit")]
#[public]
async fn unit() -> &'static str {
    "unit"
}

#[get("/twelve")]
#[protected]
#[allow(clippy::too_many_arguments)]
async fn twelve(
    a: HttpRequest,
    b: Method,
    c: PeerAddr,
    d: CurrentUser,
    e: Data<u8>,
    f: HttpRequest,
    g: HttpRequest,
    h: HttpRequest,
    i: HttpRequest,
    j: HttpRequest,
    k: HttpRequest,
    l: CurrentUser,
) -> String {
    let paths = [a, f, g, h, i, j, k].map(|request| request.path().len());
    let sum: usize = paths.iter().sum();
    format!("{sum} {b} {} {} {} {}", c.0, d.subject(), **e, l.subject())
}

#[post("/sixteen/{id}")]
#[protected]
#[validated]
#[allow(clippy::too_many_arguments)]
async fn sixteen(
    a: HttpRequest,
    b: HttpRequest,
    c: HttpRequest,
    d: HttpRequest,
    e: HttpRequest,
    f: HttpRequest,
    g: HttpRequest,
    h: HttpRequest,
    i: HttpRequest,
    j: HttpRequest,
    k: HttpRequest,
    l: HttpRequest,
    m: CurrentUser,
    Query(n): Query<Page>,
    o: Path<u32>,
    Json(p): Json<NewNote>,
) -> String {
    let requests = [a, b, c, d, e, f, g, h, i, j, k, l].len();
    format!("{requests} {} {} {o} {}", m.subject(), n.number, p.text)
}

#[derive(Debug)]
struct Pool<const N: usize>;

const SIZE: usize = 2;

/// The braces in the type are no placeholders of a message.
#[get("/braces")]
#[protected]
async fn braces(pool: Data<Pool<{ SIZE + 1 }>>) -> String {
    format!("{pool:?}")
}

#[actix_web::test]
async fn every_form_of_argument_arrives() {
    let listing = |routes: &mut Routes| {
        routes.service(pattern).service(deep).service(mutable);
        routes.service(question_mark).service(early).service(unit);
        routes.service(twelve).service(sixteen).service(braces);
        routes.service(form);
    };
    let app = Mounted::with(listing, |config| {
        let pool = Data::new(Pool::<3>);
        config.app_data(Data::new(8_u8)).app_data(pool);
    })
    .await;
    let note = r#"{"text":"42"}"#;
    assert_eq!(app.post("/pattern", note).await, "42");
    assert_eq!(app.post("/deep/1/2?number=3", note).await, "42 3 1 2");
    assert_eq!(app.post("/mutable?number=3", note).await, "42! false 4");
    assert_eq!(app.post("/question_mark", note).await, "42");
    assert_eq!(app.post("/question_mark", r#"{"text":"0"}"#).await, "none");
    let refused = app.refusal("/question_mark", r#"{"text":"x"}"#).await;
    assert_eq!(refused.0, 409, "{}", refused.1);
    assert_eq!(app.get("/early/8").await, "late");
    assert_eq!(app.open("/unit").await, "unit");
    assert_eq!(app.post("/sixteen/5?number=6", note).await, "12 ada 6 5 42");
    let text = app.get("/twelve").await;
    assert_eq!(text, "49 GET 192.0.2.1:40000 ada 8 ada");
    assert_eq!(app.get("/braces").await, "Data(Pool)");
    assert_eq!(app.refusal("/form", note).await.0, 415);
    assert_eq!(app.refusal("/sixteen/5?number=0", note).await.0, 422);
}
