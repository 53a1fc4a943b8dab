//! Which pages of other origins may call, as those pages see it (F3).

use actix_web::{HttpResponse, Responder, web::Json};
use secure_runtime::{cors, prelude::*, token::Grant};
use serde_json::{Value, json};

use crate::{Browser, Site};

#[validated]
struct Note {
    #[validate(length(max = 200))]
    text: String,
}

#[get("/open")]
#[public]
async fn open() -> impl Responder {
    HttpResponse::Ok()
        .insert_header(("x-total", "3"))
        .insert_header(("x-hidden", "4"))
        .body("open")
}

#[get("/me")]
#[protected]
async fn me(caller: CurrentUser) -> impl Responder {
    caller.subject().to_owned()
}

#[put("/notes")]
#[protected]
#[validated]
async fn write(note: Json<Note>) -> impl Responder {
    note.text.clone()
}

#[get("/rare")]
#[public]
#[rate_limit("1/hour")]
async fn rare() -> impl Responder {
    "rare"
}

fn list(routes: &mut Routes) {
    routes
        .service(open)
        .service(me)
        .service(write)
        .service(rare);
}

const PAGES: &[(&str, &str)] = &[("/", "<!doctype html><title>a page</title>")];

/// The page, which shows no favourites icon.
const HERE: &str = "/";

struct Setting {
    browser: Browser,
    token: String,
    _sites: [Site; 2],
}

async fn setting() -> Option<Setting> {
    let policy = cors!(origins = "https://spa.test", expose = "X-Total");
    let (app, security) = Site::app(|settings| settings.cors(policy), list);
    let pages = Site::pages(PAGES);
    let sites = [
        ("app.test", app.address),
        ("spa.test", pages.address),
        ("evil.test", pages.address),
        ("evil.app.test", pages.address),
    ];
    let browser = Browser::open(&sites).await?;
    let token = security.access_tokens().issue(&Grant::new("ada"));
    Some(Setting {
        browser,
        token: token.expect("a token").expose().to_owned(),
        _sites: [app, pages],
    })
}

impl Setting {
    fn signed_in(&self) -> Value {
        json!({"headers": {"Authorization": format!("Bearer {}", self.token)}})
    }

    fn note(&self) -> Value {
        let authorization = format!("Bearer {}", self.token);
        json!({
            "method": "PUT",
            "headers": {"Authorization": authorization, "Content-Type": "application/json"},
            "body": json!({"text": "noted"}).to_string(),
        })
    }
}

#[actix_web::test]
async fn a_page_of_an_allowed_origin_reads_answers_and_refusals() {
    let Some(setting) = setting().await else {
        return;
    };
    let browser = &setting.browser;
    browser.visit(&format!("https://spa.test{HERE}")).await;
    let none = json!({});
    let answer = browser.fetch("https://app.test/open", &none).await;
    assert_eq!(answer, json!([200, "open"]));
    let headers = browser.value(
        "await fetch('https://app.test/open').then(answer =>
            ['x-total', 'x-hidden', 'x-request-id'].map(name => answer.headers.has(name)))",
    );
    assert_eq!(headers.await, json!([true, false, true]));

    let signed_in = setting.signed_in();
    let answer = browser.fetch("https://app.test/me", &signed_in).await;
    assert_eq!(answer, json!([200, "ada"]));
    let answer = browser
        .fetch("https://app.test/notes", &setting.note())
        .await;
    assert_eq!(answer, json!([200, "noted"]));

    // What goes wrong is an answer that the page can read, and no riddle.
    for (path, status) in [
        ("/me", 401),
        ("/nothing", 404),
        ("/rare", 200),
        ("/rare", 429),
    ] {
        let answer = browser
            .fetch(&format!("https://app.test{path}"), &none)
            .await;
        assert_eq!(answer[0], json!(status), "{path}");
    }
    // Cookies were not allowed.
    let with_cookies = json!({"credentials": "include"});
    let answer = browser.fetch("https://app.test/open", &with_cookies).await;
    assert_eq!(answer, json!("TypeError"));
    setting.browser.close().await;
}

#[actix_web::test]
async fn a_page_of_another_origin_reads_nothing() {
    let Some(setting) = setting().await else {
        return;
    };
    let browser = &setting.browser;
    for origin in ["https://evil.test", "https://evil.app.test"] {
        browser.visit(&format!("{origin}{HERE}")).await;
        let requests = [
            ("/open", json!({})),
            ("/me", setting.signed_in()),
            ("/notes", setting.note()),
            ("/nothing", json!({})),
            ("/open", json!({"credentials": "include"})),
        ];
        for (path, options) in requests {
            let answer = browser
                .fetch(&format!("https://app.test{path}"), &options)
                .await;
            assert_eq!(answer, json!("TypeError"), "{origin} {path} {options}");
        }
        // Without a word about cross origins it may be sent, and is not read: nor as an image or a script.
        let options = json!({"mode": "no-cors"});
        let answer = browser.fetch("https://app.test/open", &options).await;
        assert_eq!(
            answer,
            json!("TypeError"),
            "{origin}: cross-origin-resource-policy"
        );
    }
    setting.browser.close().await;
}

#[actix_web::test]
async fn the_page_of_the_app_itself_needs_no_permission() {
    let Some(setting) = setting().await else {
        return;
    };
    let browser = &setting.browser;
    browser.visit("https://app.test/open").await;
    // A text of ours is a page without scripts, and its policy lets it fetch nothing.
    let answer = browser.fetch("/open", &json!({})).await;
    assert_eq!(answer, json!("TypeError"));
    setting.browser.close().await;
}
