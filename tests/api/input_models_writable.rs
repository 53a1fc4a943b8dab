//! Who may set which field (H7): a field that is there and not its sender's to set makes the whole answer a
//! 403, wherever the model stands.

use actix_web::{
    HttpResponse, Responder,
    web::{Form, Json, Path, Query},
};
use secure_runtime::{
    prelude::*,
    test::{TestApp, TestResponse},
    token::Grant,
};
use serde_json::{Value, json};
use validator::Validate as _;

use crate::support::{Role, Scope, seen};

mod other {
    use secure_runtime::prelude::*;

    /// Not the enum that the routes speak.
    #[derive(Role)]
    pub(super) enum Duty {
        Auditor,
    }
}

#[validated]
struct Profile {
    #[validate(length(min = 1, max = 10))]
    name: String,
    #[writable(roles = ["admin", "editor"])]
    #[validate(range(max = 9))]
    rank: Option<u8>,
    #[writable(scopes = ["notes:read", "notes:write"])]
    published: Option<bool>,
    #[writable(
        roles = "auditor",
        role_type = other::Duty,
        message = "is for auditors"
    )]
    audited: Option<bool>,
    #[writable(roles = "admin", scopes = "notes:write")]
    both: Option<bool>,
    #[validate(length(max = 3))]
    children: Option<Vec<Child>>,
    change: Option<Change>,
}

#[validated]
struct Child {
    #[writable(roles = "admin")]
    owner: Option<u32>,
}

#[validated]
#[serde(tag = "type", rename_all = "snake_case")]
enum Change {
    Rename {
        #[writable(roles = "admin")]
        force: Option<bool>,
    },
    Nothing,
}

#[validated(unknown = "ignore")]
struct Filter {
    #[writable(roles = "admin")]
    deleted: Option<bool>,
}

#[post("/profile")]
#[protected]
#[validated]
async fn put_profile(profile: Json<Profile>) -> impl Responder {
    format!("{:?} {:?}", profile.rank, profile.audited)
}

#[post("/scoped")]
#[protected(scopes = "notes:read")]
#[validated]
async fn put_scoped(_profile: Json<Profile>) -> impl Responder {
    ""
}

#[post("/public")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn put_open(_profile: Json<Profile>) -> impl Responder {
    ""
}

#[post("/known")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn put_known(_caller: Option<CurrentUser>, _profile: Json<Profile>) -> impl Responder {
    ""
}

#[post("/form")]
#[protected]
#[validated]
async fn put_form(_form: Form<Filter>) -> impl Responder {
    ""
}

#[post("/checked")]
#[protected]
#[validated]
async fn put_checked(form: Checked<Form<Profile>>) -> HttpResponse {
    match form.into_result() {
        Ok(_) => HttpResponse::Ok().finish(),
        Err(form) => HttpResponse::UnprocessableEntity().body(form.errors().count().to_string()),
    }
}

#[get("/filter")]
#[protected]
#[validated]
async fn put_filter(_filter: Query<Filter>) -> impl Responder {
    ""
}

#[get("/path/{deleted}")]
#[protected]
#[validated]
async fn put_path(_filter: Path<Filter>) -> impl Responder {
    ""
}

async fn app() -> TestApp {
    TestApp::new(|routes| {
        routes
            .service(put_profile)
            .service(put_scoped)
            .service(put_open);
        routes
            .service(put_known)
            .service(put_form)
            .service(put_checked);
        routes.service(put_filter).service(put_path);
    })
    .await
}

async fn send(app: &TestApp, path: &str, body: &Value, grant: &Grant) -> TestResponse {
    app.post(path).json(body).with_grant(grant).send().await
}

fn with(field: &str, value: Value) -> Value {
    let mut body = json!({"name": "Ada"});
    body[field] = value;
    body
}

/// The 403 for some fields.
fn forbidden(errors: &Value) -> (u16, Value) {
    let problem = json!({
        "type": "about:blank", "title": "Forbidden", "status": 403, "errors": errors,
    });
    (403, problem)
}

fn not_writable(pointer: &str) -> Value {
    json!({"pointer": pointer, "code": "not_writable", "detail": "is not yours to set"})
}

#[actix_web::test]
async fn a_field_is_set_by_who_holds_the_word_and_by_nobody_else() {
    let app = app().await;
    let plain = Grant::new("ada");
    let admin = Grant::new("ada").with_roles(["admin"]);
    let editor = Grant::new("ada").with_roles(["editor"]);
    let user = Grant::new("ada").with_roles(["user"]);
    let auditor = Grant::new("ada").with_roles(["auditor"]);
    let read = Grant::new("ada").with_scopes(["notes:read"]);
    let write = Grant::new("ada").with_scopes(["notes:write"]);
    let all = Grant::new("ada")
        .with_roles(["admin"])
        .with_scopes(["notes:read", "notes:write"]);
    let read_and_write = Grant::new("ada").with_scopes(["notes:read", "notes:write"]);
    let cases: [(&str, Value, &[&Grant], &[&Grant]); 4] = [
        (
            "rank",
            json!(1),
            &[&admin, &editor, &all],
            &[&plain, &user, &auditor, &read_and_write],
        ),
        (
            "published",
            json!(true),
            &[&read_and_write, &all],
            &[&plain, &admin, &read, &write],
        ),
        (
            "both",
            json!(false),
            &[&all],
            &[&plain, &admin, &write, &read_and_write],
        ),
        ("rank", json!(0), &[&admin], &[&plain]),
    ];
    for (field, value, may, may_not) in cases {
        let body = with(field, value);
        for grant in may {
            let response = send(&app, "/profile", &body, grant).await;
            assert_eq!(
                response.status(),
                200,
                "{grant:?} {body}: {}",
                response.text()
            );
        }
        for grant in may_not {
            let response = send(&app, "/profile", &body, grant).await;
            let expected = forbidden(&json!([not_writable(&format!("#/{field}"))]));
            assert_eq!(seen(&response), expected, "{grant:?} {body}");
        }
        // What is not there is set by nobody.
        let response = send(&app, "/profile", &with(field, Value::Null), &plain).await;
        assert_eq!(response.status(), 200, "{field}");
    }
    let audited = with("audited", json!(true));
    let response = send(&app, "/profile", &audited, &auditor).await;
    assert_eq!(
        response.text(),
        "None Some(true)",
        "its enum is another one than the routes'"
    );
    let error = json!({
        "pointer": "#/audited", "code": "not_writable", "detail": "is for auditors",
    });
    let response = send(&app, "/profile", &audited, &admin).await;
    assert_eq!(seen(&response), forbidden(&json!([error])));
}

#[actix_web::test]
async fn it_holds_however_deep_the_field_stands_and_beside_other_mistakes() {
    let app = app().await;
    let (plain, admin) = (Grant::new("ada"), Grant::new("ada").with_roles(["admin"]));
    let children = json!([{}, {"owner": 1}, {"owner": null}]);
    let body = with("children", children);
    assert_eq!(send(&app, "/profile", &body, &admin).await.status(), 200);
    let response = send(&app, "/profile", &body, &plain).await;
    let expected = forbidden(&json!([not_writable("#/children/1/owner")]));
    assert_eq!(seen(&response), expected);

    let body = with("change", json!({"type": "rename", "force": true}));
    assert_eq!(send(&app, "/profile", &body, &admin).await.status(), 200);
    let response = send(&app, "/profile", &body, &plain).await;
    assert_eq!(
        seen(&response),
        forbidden(&json!([not_writable("#/change/force")]))
    );
    let body = with("change", json!({"type": "rename"}));
    assert_eq!(send(&app, "/profile", &body, &plain).await.status(), 200);
    let body = with("change", json!({"type": "nothing"}));
    assert_eq!(send(&app, "/profile", &body, &plain).await.status(), 200);

    // A rule that is broken too is not what is said; without the word it is nobody's business.
    let body = json!({"name": "", "rank": 100, "published": true});
    let response = send(&app, "/profile", &body, &plain).await;
    let both = json!([not_writable("#/rank"), not_writable("#/published")]);
    assert_eq!(seen(&response), forbidden(&both));
    let body = json!({"name": "Ada", "rank": 100});
    assert_eq!(send(&app, "/profile", &body, &admin).await.status(), 422);
}

#[actix_web::test]
async fn nobody_holds_nothing_and_a_narrow_credential_only_what_its_scopes_say() {
    let app = app().await;
    let body = with("rank", json!(1));
    let refused = forbidden(&json!([not_writable("#/rank")]));
    assert_eq!(seen(&app.post("/public").json(&body).send().await), refused);
    assert_eq!(seen(&app.post("/known").json(&body).send().await), refused);
    let admin = Grant::new("ada").with_roles(["admin"]);
    assert_eq!(send(&app, "/known", &body, &admin).await.status(), 200);
    // A public route that does not ask who calls knows of nobody.
    assert_eq!(seen(&send(&app, "/public", &body, &admin).await), refused);
    let plain = json!({"name": "Ada"});
    assert_eq!(app.post("/public").json(&plain).send().await.status(), 200);

    let narrow = Grant::new("ada")
        .with_roles(["admin"])
        .with_scopes(["notes:read", "notes:write"])
        .narrowed_to(&["notes:read".to_owned()]);
    assert_eq!(send(&app, "/scoped", &plain, &narrow).await.status(), 200);
    assert_eq!(seen(&send(&app, "/scoped", &body, &narrow).await), refused);
    let whole = Grant::new("ada")
        .with_roles(["admin"])
        .with_scopes(["notes:read"]);
    assert_eq!(send(&app, "/scoped", &body, &whole).await.status(), 200);
}

#[actix_web::test]
async fn it_holds_in_forms_pages_queries_and_paths() {
    let app = app().await;
    let kind = "application/x-www-form-urlencoded";
    let post = async |path: &'static str, body: &'static str, role: &'static str| {
        let request = app.post(path).body(kind, body).with_role("ada", role);
        request.send().await
    };
    for (path, body, pointer) in [
        ("/form", "deleted=true", "#/deleted"),
        ("/checked", "name=Ada&rank=1", "#/rank"),
        ("/checked", "name=&rank=1", "#/rank"),
    ] {
        let response = post(path, body, "user").await;
        assert_eq!(
            seen(&response),
            forbidden(&json!([not_writable(pointer)])),
            "{body}"
        );
    }
    assert_eq!(post("/form", "deleted=true", "admin").await.status(), 200);
    assert_eq!(post("/form", "x=1", "user").await.status(), 200);
    assert_eq!(
        post("/checked", "name=Ada&rank=1", "admin").await.status(),
        200
    );
    assert_eq!(post("/checked", "name=", "user").await.text(), "1");

    for path in ["/filter?deleted=false", "/path/true"] {
        let get = async |role| app.get(path).with_role("ada", role).send().await;
        assert_eq!(get("admin").await.status(), 200, "{path}");
        let error = json!({
            "parameter": "deleted", "code": "not_writable", "detail": "is not yours to set",
        });
        assert_eq!(
            seen(&get("user").await),
            forbidden(&json!([error])),
            "{path}"
        );
    }
}

#[test]
fn outside_a_request_there_is_nobody_to_ask() {
    let read: Profile = serde_json::from_value(with("rank", json!(1))).expect("a profile");
    assert!(read.validate().is_ok());
    let read: Profile = serde_json::from_value(with("rank", json!(10))).expect("a profile");
    assert!(read.validate().is_err(), "the other rules hold");
}
