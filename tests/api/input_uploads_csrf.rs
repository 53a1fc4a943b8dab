//! The form token of a form with files: told before the first of them is written (G3, H5).

use actix_web::Responder;
use secure_runtime::{
    csrf::CsrfToken,
    prelude::*,
    session::SessionSettings,
    test::{TestApp, TestRequest, TestSession},
    upload::{Multipart, Upload, UploadSettings},
};

use crate::support::{Complete, Folder, FormBody, Login, png};

#[validated]
struct AvatarForm {
    #[upload(max = "4KiB", types = ["image/png"])]
    file: Upload,
    #[validate(length(max = 100))]
    caption: Option<String>,
}

#[get("/page")]
#[protected]
async fn page(token: CsrfToken) -> impl Responder {
    token.to_string()
}

#[post("/avatar")]
#[protected]
#[validated]
async fn put_avatar(form: Multipart<AvatarForm>) -> impl Responder {
    let form = form.into_inner();
    format!(
        "{} {}",
        form.file.file_name(),
        form.caption.unwrap_or_default()
    )
}

/// As a page does it, which shows what is wrong.
#[post("/checked")]
#[protected]
#[validated]
async fn put_checked(form: Checked<Multipart<AvatarForm>>) -> String {
    match form.into_result() {
        Ok(form) => format!("taken: {}", form.file.file_name()),
        Err(form) => format!(
            "shown: {:?} {:?} {:?}",
            form.value("caption"),
            form.error("file"),
            form.general_errors().collect::<Vec<_>>()
        ),
    }
}

#[post("/bare")]
#[protected]
async fn posts_nothing() -> impl Responder {
    "done"
}

fn list(routes: &mut Routes) {
    routes
        .service(page)
        .service(put_avatar)
        .service(put_checked)
        .service(posts_nothing);
}

async fn app(folder: &Folder) -> TestApp {
    let uploads = UploadSettings::new(folder.path());
    let change = |settings: Complete| settings.uploads(uploads).sessions(SessionSettings::new());
    Login::mounting(change, list).await.app
}

/// From a browser that says nothing about where a request comes from.
fn post<'a>(app: &'a TestApp, path: &str, session: &TestSession) -> TestRequest<'a> {
    app.post(path).header("cookie", session.cookie())
}

async fn token_of(app: &TestApp, session: &TestSession) -> String {
    let request = app.get("/page").header("cookie", session.cookie());
    request.send().await.text()
}

fn file(form: FormBody) -> FormBody {
    form.file("file", "a.png", "image/png", png())
}

/// A form that is checked gets to its handler with what is wrong; one that nobody meant to send does not.
#[actix_web::test]
async fn a_page_shows_what_is_wrong_to_whoever_meant_to_send_it() {
    let folder = Folder::new("forms-checked");
    let app = app(&folder).await;
    let session = app.session("ada").await;
    let token = token_of(&app, &session).await;
    let meant = || FormBody::default().text("csrf_token", &token);
    let large = [png(), vec![0; 5 * 1024]].concat();
    for (name, form, status, said) in [
        ("good", file(meant()), 200, "taken: a.png"),
        (
            "no picture",
            meant()
                .text("caption", "mine")
                .file("file", "a.png", "image/png", b"GIF8"),
            200,
            "shown: \"mine\" Some(\"is no whole file of the type image/png\") []",
        ),
        (
            "of another type",
            meant().file("file", "a.gif", "image/gif", b"GIF8"),
            200,
            "shown: \"\" Some(\"must be a file of one of the types: ",
        ),
        (
            "too large",
            meant().file("file", "a.png", "image/png", &large),
            200,
            "shown: \"\" Some(\"must have at most ",
        ),
        (
            "no file",
            meant().text("caption", "mine"),
            200,
            "shown: \"mine\" Some(\"is missing\") []",
        ),
        (
            "a rule is broken, and the file is good",
            file(meant().text("caption", "x".repeat(101))),
            200,
            "shown: \"xxx",
        ),
        (
            "another field",
            meant().text("role", "admin"),
            200,
            "shown: \"\" None [\"role: is not a field of this input\"]",
        ),
        // What is wrong stands before the token, or there is none.
        (
            "another field first",
            FormBody::default()
                .text("role", "admin")
                .text("csrf_token", &token),
            403,
            "",
        ),
        (
            "no picture, not meant",
            FormBody::default().file("file", "a.png", "image/png", b"GIF8"),
            403,
            "",
        ),
        ("nothing", FormBody::default(), 403, ""),
        ("broken", meant().raw("--what"), 400, ""),
    ] {
        let response = form.send(post(&app, "/checked", &session)).await;
        let text = response.text();
        assert_eq!(response.status(), status, "{name}: {text}");
        assert!(text.starts_with(said), "{name}: {text}");
        assert_eq!(folder.files().len(), 0, "{name}");
    }
}

#[actix_web::test]
async fn the_token_stands_before_the_first_file() {
    let folder = Folder::new("forms-csrf");
    let app = app(&folder).await;
    let session = app.session("ada").await;
    let token = token_of(&app, &session).await;
    let others = app.session("ada").await;
    let others = token_of(&app, &others).await;
    let form = FormBody::default;
    for (name, form, status) in [
        ("first", file(form().text("csrf_token", &token)), 200),
        (
            "behind a text",
            file(form().text("caption", "x").text("csrf_token", &token)),
            200,
        ),
        ("none", file(form()), 403),
        (
            "behind the file",
            file(form()).text("csrf_token", &token),
            403,
        ),
        (
            "of another session",
            file(form().text("csrf_token", &others)),
            403,
        ),
        ("empty", file(form().text("csrf_token", "")), 403),
        ("cut", file(form().text("csrf_token", &token[1..])), 403),
        (
            "in a field of another name",
            file(form().text("CSRF_TOKEN", &token)),
            422,
        ),
        (
            "as a file without a name",
            file(form().file("csrf_token", "", "text/plain", &token)),
            200,
        ),
        ("no file at all", form().text("caption", "x"), 403),
        (
            "twice",
            file(form().text("csrf_token", &token).text("csrf_token", &token)),
            422,
        ),
        ("nothing", form(), 403),
    ] {
        let response = form.send(post(&app, "/avatar", &session)).await;
        assert_eq!(response.status(), status, "{name}: {}", response.text());
        assert_eq!(folder.files().len(), 0, "{name}");
    }
}

#[actix_web::test]
async fn whoever_has_told_already_tells_nothing_more() {
    let folder = Folder::new("forms-csrf-told");
    let app = app(&folder).await;
    let session = app.session("ada").await;
    let token = token_of(&app, &session).await;
    let form = || file(FormBody::default().text("caption", "x"));
    let same_origin = post(&app, "/avatar", &session).header("sec-fetch-site", "same-origin");
    assert_eq!(form().send(same_origin).await.text(), "a.png x");
    let in_header = post(&app, "/avatar", &session).header("x-csrf-token", &token);
    assert_eq!(form().send(in_header).await.text(), "a.png x");
    // The field is the guard's in any case.
    let with_field = form().text("csrf_token", "whatever");
    let same_origin = post(&app, "/avatar", &session).header("sec-fetch-site", "same-origin");
    assert_eq!(with_field.send(same_origin).await.text(), "a.png x");
    let cross_site = post(&app, "/avatar", &session).header("sec-fetch-site", "cross-site");
    let with_token = file(FormBody::default().text("csrf_token", &token));
    assert_eq!(with_token.send(cross_site).await.status(), 403);
    // By a token of another kind nobody is asked.
    let bearer = form().send(app.post("/avatar").as_user("ada")).await;
    assert_eq!(bearer.text(), "a.png x");
}

#[actix_web::test]
async fn nobody_reads_a_form_with_files_for_a_handler_that_takes_none() {
    let folder = Folder::new("forms-csrf-bare");
    let app = app(&folder).await;
    let session = app.session("ada").await;
    let token = token_of(&app, &session).await;
    let form = FormBody::default().text("csrf_token", &token);
    let response = form.send(post(&app, "/bare", &session)).await;
    assert_eq!(response.status(), 403);
}
