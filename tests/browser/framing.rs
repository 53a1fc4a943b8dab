//! What other sites may do with a page, or a file: no frame, no script, no window to reach into (F2).

use actix_web::{
    Responder,
    web::{Html, Json},
};
use secure_runtime::{edge::CspNonce, prelude::*};
use serde_json::json;

use crate::{Browser, Site};

#[get("/page")]
#[public]
async fn page(nonce: CspNonce) -> Html {
    Html::new(format!(
        "<!doctype html><title>ours</title><script {}>window.secret = 1</script>",
        nonce.attribute()
    ))
}

#[get("/list.json")]
#[public]
async fn list_json() -> impl Responder {
    Json(json!(["a", "b"]))
}

#[get("/text")]
#[public]
async fn text() -> impl Responder {
    "window.ran = true"
}

const FRAME: &str = "<!doctype html><title>theirs</title>
    <iframe id=frame src=https://app.test/page></iframe>";

const SCRIPT: &str = "<!doctype html><title>theirs</title>
    <script>window.failed = []</script>
    <script src=https://app.test/text onerror='failed.push(1)'></script>
    <script src=https://app.test/list.json onerror='failed.push(2)'></script>";

const OPENER: &str = "<!doctype html><title>theirs</title>
    <button onclick=\"window.opened = window.open('https://app.test/page')\">Open</button>";

#[actix_web::test]
async fn other_sites_neither_frame_a_page_nor_run_an_answer_nor_reach_into_a_window() {
    let (app, _) = Site::app(
        |settings| settings,
        |routes| {
            routes.service(page).service(list_json).service(text);
        },
    );
    let evil = Site::pages(&[("/frame", FRAME), ("/script", SCRIPT), ("/open", OPENER)]);
    let sites = [
        ("app.test", app.address),
        ("evil.test", evil.address),
        ("evil.app.test", evil.address),
    ];
    let Some(browser) = Browser::open(&sites).await else {
        return;
    };
    for site in ["https://evil.test", "https://evil.app.test"] {
        browser.visit(&format!("{site}/frame")).await;
        browser.complaint("frame-ancestors").await;

        browser.visit(&format!("{site}/script")).await;
        browser.wait_until("window.failed.length === 2").await;
        assert_eq!(browser.value("window.ran").await, json!(null), "{site}");
        browser.complaints().await;

        // A window that it opens is none that it holds: it is as closed.
        browser.visit(&format!("{site}/open")).await;
        browser.press("button").await;
        browser
            .wait_until("window.opened && window.opened.closed")
            .await;
        browser.complaints().await;
    }
    browser.close().await;
}
