//! Forms whose errors a page shows at their fields (H2).

use std::fmt::Write as _;

use actix_web::{
    HttpResponse,
    web::{Form, Json},
};
use secure_runtime::{
    FieldError, Unaccepted,
    password::policy::{PasswordContext, PasswordPolicy},
    prelude::*,
    test::{TestApp, TestResponse},
};
use serde_json::{Value, json};

use crate::support::seen;

const FORM: &str = "application/x-www-form-urlencoded";

#[validated]
struct NewAccount {
    #[validate(email, length(max = 100))]
    email: String,
    #[validate(length(min = 2, max = 20))]
    name: String,
    #[validate(length(min = 8, max = 200))]
    password: Secret<String>,
    #[validate(length(max = 100))]
    current_password: Option<Secret<String>>,
    #[validate(range(min = 18))]
    age: Option<u8>,
    newsletter: Option<bool>,
    #[not_secret = "it is the name of a colour"]
    #[validate(length(max = 20))]
    token: Option<String>,
}

/// Everything that a page can ask a form.
fn shown(form: &Unaccepted) -> Value {
    let fields = [
        "email",
        "name",
        "password",
        "current_password",
        "age",
        "newsletter",
        "token",
        "csrf_token",
        "elsewhere",
    ];
    let mut shown = json!({"general": form.general_errors().collect::<Vec<_>>()});
    for field in fields {
        let value = form.value(field);
        if form.has(field) {
            shown[field]["value"] = json!(value);
        } else {
            assert_eq!(value, "", "{field}");
        }
        let errors: Vec<_> = form.errors_of(field).collect();
        assert_eq!(form.error(field), errors.first().copied(), "{field}");
        if !errors.is_empty() {
            shown[field]["errors"] = json!(errors);
        }
    }
    assert_eq!(form.has_errors(), form.errors().count() > 0);
    shown
}

fn page(form: &Unaccepted) -> HttpResponse {
    HttpResponse::UnprocessableEntity().json(shown(form))
}

#[post("/accounts")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn create(form: Checked<Form<NewAccount>>) -> Result<HttpResponse, Problem> {
    let debugged = format!("{form:?}");
    let (account, mut form) = match form.accept() {
        Ok(accepted) => accepted,
        Err(form) => {
            assert!(!debugged.contains("entered"), "{debugged}");
            return Ok(page(&form));
        }
    };
    match account.name.as_str() {
        "taken" => {
            form.add("email", "has an account already");
            form.add("email", "is on holiday");
            form.add_general("Try again tomorrow.");
            form.add("elsewhere", "is no field");
            Ok(page(&form))
        }
        "weak" => {
            let context = PasswordContext::new().email(&account.email);
            match PasswordPolicy::default().check(account.password, &context) {
                Ok(_) => Ok(HttpResponse::Created().finish()),
                Err(refused) => {
                    form.take_at("password", refused)?;
                    Ok(page(&form))
                }
            }
        }
        "elsewhere" => {
            let error = |at: &str| FieldError::at(at, "odd", "is odd");
            let problem = Problem::invalid(vec![
                error("#"),
                error("#/name"),
                error("#/email/0/deep"),
                error("#/new_password"),
                FieldError::parameter("page", "odd", "is odd"),
            ]);
            form.take(problem)?;
            Ok(page(&form))
        }
        "pointed" => {
            let error = |at: &str| FieldError::at(at, "odd", "is odd");
            let problem = Problem::invalid(vec![error("#"), error("#/name"), error("#/new")]);
            form.add_general("before");
            form.take_at("password", problem)?;
            Ok(page(&form))
        }
        "busy" => {
            form.take(Problem::new(actix_web::http::StatusCode::TOO_MANY_REQUESTS))?;
            Ok(page(&form))
        }
        "bare" => {
            form.take(Problem::invalid(Vec::new()).with_detail("nothing to point at"))?;
            Ok(page(&form))
        }
        _ => {
            let mut told = String::new();
            let _ = write!(
                told,
                "{} {:?} {:?} {:?} {:?} {}",
                account.email,
                account.age,
                account.newsletter,
                account.token,
                account.current_password.map(|it| it.expose().clone()),
                account.password.expose(),
            );
            assert_eq!(shown(&form)["general"], json!([]));
            Ok(HttpResponse::Created().body(told))
        }
    }
}

/// The same input, for programs and pages alike.
#[post("/strict")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn strict(form: Checked<Form<NewAccount>>) -> Result<HttpResponse, Problem> {
    let account = form.into_result()?;
    Ok(HttpResponse::Created().body(account.email))
}

#[post("/json")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn as_json(account: Json<NewAccount>) -> HttpResponse {
    HttpResponse::Created().body(account.email.clone())
}

async fn app() -> TestApp {
    TestApp::new(|routes| {
        routes.service(create).service(strict).service(as_json);
    })
    .await
}

async fn send(app: &TestApp, path: &str, pairs: &str) -> TestResponse {
    app.post(path).body(FORM, pairs.to_owned()).send().await
}

#[track_caller]
fn check(found: &TestResponse, wanted: Value) {
    assert_eq!(seen(found), (422, wanted));
}

#[actix_web::test]
async fn what_keeps_to_the_rules_is_handed_over() {
    let app = app().await;
    let pairs = "email=ada%40example.com&name=Ada+L&password=long+enough&age=36&newsletter=true\
                 &token=blue&current_password=before";
    let response = send(&app, "/accounts", pairs).await;
    let told = "ada@example.com Some(36) Some(true) Some(\"blue\") Some(\"before\") long enough"
        .to_owned();
    assert_eq!((response.status(), response.text()), (201, told));
}

#[actix_web::test]
async fn what_is_wrong_stands_at_its_field_and_secrets_are_not_shown_again() {
    let app = app().await;
    let pairs =
        "email=entered&name=%C3%A9&password=short&current_password=entered&age=3&token=entered";
    let wanted = json!({
        "general": [],
        "email": {"value": "entered", "errors": ["must be an e-mail address"]},
        "name": {"value": "é", "errors": ["must have a length between 2 and 20"]},
        "password": {"errors": ["must have a length between 8 and 200"]},
        "age": {"value": "3", "errors": ["must be at least 18"]},
        "token": {"value": "entered"},
    });
    check(&send(&app, "/accounts", pairs).await, wanted);
}

#[actix_web::test]
async fn what_has_the_wrong_shape_stands_at_its_field_too() {
    let app = app().await;
    for (pairs, wanted) in [
        (
            "email=a%40b.example&password=long+enough",
            json!({
                "general": [],
                "email": {"value": "a@b.example"},
                "name": {"errors": ["is missing"]},
            }),
        ),
        (
            "email=a%40b.example&name=Ada&password=long+enough&age=old",
            json!({
                "general": [],
                "email": {"value": "a@b.example"},
                "name": {"value": "Ada"},
                "age": {"value": "old", "errors": ["has the wrong type or a value out of range"]},
            }),
        ),
        (
            "email=a%40b.example&name=Ada&name=Eve&password=long+enough",
            json!({
                "general": [],
                "email": {"value": "a@b.example"},
                "name": {"value": "Ada", "errors": ["is given more than once"]},
            }),
        ),
        (
            "email=a%40b.example&name=Ada&password=long+enough&elsewhere=entered",
            json!({
                "general": ["elsewhere: is not a field of this input"],
                "email": {"value": "a@b.example"},
                "name": {"value": "Ada"},
            }),
        ),
    ] {
        check(&send(&app, "/accounts", pairs).await, wanted);
    }
}

#[actix_web::test]
async fn the_app_has_its_own_word() {
    let app = app().await;
    let pairs = "email=a%40b.example&name=taken&password=long+enough";
    let wanted = json!({
        "general": ["Try again tomorrow.", "elsewhere: is no field"],
        "email": {"value": "a@b.example", "errors": ["has an account already", "is on holiday"]},
        "name": {"value": "taken"},
    });
    check(&send(&app, "/accounts", pairs).await, wanted);
}

#[actix_web::test]
async fn a_password_that_is_refused_is_an_error_of_the_form() {
    let app = app().await;
    let pairs = "email=a%40b.example&name=weak&password=password";
    let response = send(&app, "/accounts", pairs).await;
    let (status, page) = seen(&response);
    assert_eq!(status, 422);
    let errors = page["password"]["errors"].as_array().expect("errors");
    assert!(!errors.is_empty(), "{page}");
    assert_eq!(page["password"]["value"], Value::Null);
    assert_eq!(page["general"], json!([]));
}

#[actix_web::test]
async fn a_problem_with_the_input_is_taken_over_and_no_other() {
    let app = app().await;
    let pairs = |name: &str| format!("email=a%40b.example&name={name}&password=long+enough");
    let wanted = json!({
        "general": ["is odd", "new_password: is odd", "page: is odd"],
        "email": {"value": "a@b.example", "errors": ["is odd"]},
        "name": {"value": "elsewhere", "errors": ["is odd"]},
    });
    check(&send(&app, "/accounts", &pairs("elsewhere")).await, wanted);
    let wanted = json!({
        "general": ["before"],
        "email": {"value": "a@b.example"},
        "name": {"value": "pointed", "errors": ["is odd"]},
        "password": {"errors": ["is odd", "is odd"]},
    });
    check(&send(&app, "/accounts", &pairs("pointed")).await, wanted);
    let busy = send(&app, "/accounts", &pairs("busy")).await;
    assert_eq!(busy.status(), 429);
    let bare = send(&app, "/accounts", &pairs("bare")).await;
    assert_eq!(bare.status(), 422);
    assert_eq!(bare.json()["detail"], "nothing to point at");
}

#[actix_web::test]
async fn what_is_no_form_is_refused_as_ever() {
    let app = app().await;
    let response = app.post("/accounts").json(&json!({})).send().await;
    assert_eq!(response.status(), 415);
    assert_eq!(send(&app, "/accounts", "").await.status(), 400);
    assert_eq!(send(&app, "/accounts", "name=%zz").await.status(), 400);
    assert_eq!(send(&app, "/accounts", "name=%ff").await.status(), 400);
    let long = format!("name={}", "a".repeat(300 * 1024));
    assert_eq!(send(&app, "/accounts", &long).await.status(), 413);
    let multipart = app.post("/accounts").body("multipart/form-data", "a");
    assert_eq!(multipart.send().await.status(), 415);
}

#[actix_web::test]
async fn a_program_gets_the_problem_that_json_gets() {
    let app = app().await;
    let form = send(&app, "/strict", "email=x&name=Ada&password=short").await;
    let sent = json!({"email": "x", "name": "Ada", "password": "short"});
    let json = app.post("/json").json(&sent).send().await;
    assert_eq!(form.status(), 422);
    assert_eq!(seen(&form), seen(&json));
    assert_eq!(form.json()["errors"][0]["pointer"], "#/email");
    let good = send(
        &app,
        "/strict",
        "email=a%40b.example&name=Ada&password=long+enough",
    )
    .await;
    assert_eq!(good.status(), 201);
}

#[actix_web::test]
async fn the_form_token_is_never_a_field_of_the_input() {
    let app = app().await;
    let pairs = "csrf_token=entered&email=a%40b.example&name=A&password=long+enough";
    let wanted = json!({
        "general": [],
        "email": {"value": "a@b.example"},
        "name": {"value": "A", "errors": ["must have a length between 2 and 20"]},
    });
    check(&send(&app, "/accounts", pairs).await, wanted);
    let pairs = "email=a%40b.example&csrf_token=a&name=Ada&password=long+enough&csrf_token=b";
    assert_eq!(send(&app, "/accounts", pairs).await.status(), 201);
}

#[test]
fn a_blank_form_is_filled_in_with_what_there_is() {
    let form = Unaccepted::blank::<NewAccount>();
    assert_eq!(shown(&form), json!({"general": []}));
    let form = form
        .with("name", "Ada")
        .with("age", 36)
        .with("name", "Eve")
        .with("password", "entered")
        .with("current_password", "entered")
        .with("elsewhere", "entered");
    let wanted = json!({"general": [], "name": {"value": "Eve"}, "age": {"value": "36"}});
    assert_eq!(shown(&form), wanted);
    assert!(!format!("{form:?}").contains("Eve"), "{form:?}");
}

#[validated(unknown = "ignore")]
struct Address {
    #[validate(length(max = 10))]
    street: String,
    #[validate(length(max = 10))]
    pin: Option<Secret<String>>,
}

/// Names of their own, a part in the place of its fields, and a field that is not read.
#[validated(unknown = "ignore")]
#[serde(rename_all = "camelCase")]
struct Order {
    #[validate(length(max = 10))]
    first_name: String,
    #[serde(rename = "e/mail")]
    #[validate(length(max = 10))]
    mail: String,
    #[serde(flatten)]
    address: Address,
    #[serde(skip)]
    _price: u32,
}

#[post("/orders")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn order(form: Checked<Form<Order>>) -> Result<HttpResponse, Problem> {
    let order = match form.into_result() {
        Ok(order) => order,
        Err(form) => {
            let names = [
                "firstName",
                "first_name",
                "e/mail",
                "street",
                "pin",
                "_price",
            ];
            let told = names.map(|name| json!([name, form.value(name), form.error(name)]));
            return Ok(HttpResponse::UnprocessableEntity().json(told));
        }
    };
    let Address { street, pin } = order.address;
    let told = json!([order.first_name, order.mail, street, pin.is_some()]);
    Ok(HttpResponse::Ok().json(told))
}

#[actix_web::test]
async fn fields_are_called_as_they_are_on_the_wire() {
    let app = TestApp::new(|routes| {
        routes.service(order);
    })
    .await;
    let long = "x".repeat(11);
    let pairs = format!(
        "firstName={long}&e%2Fmail={long}&street={long}&pin={long}&_price=1&first_name=x&unknown=x"
    );
    let wrong = "must have a length of at most 10";
    let wanted = json!([
        ["firstName", long, wrong],
        ["first_name", "", null],
        ["e/mail", long, wrong],
        ["street", long, wrong],
        ["pin", "", wrong],
        ["_price", "", null],
    ]);
    check(&send(&app, "/orders", &pairs).await, wanted);
    let pairs = "firstName=Ada&e%2Fmail=a&street=s&pin=1";
    let response = send(&app, "/orders", pairs).await;
    assert_eq!(seen(&response), (200, json!(["Ada", "a", "s", true])));
}
