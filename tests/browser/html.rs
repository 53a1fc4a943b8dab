//! Formatted text of users in a real browser (H4). The page lets everything run, and a policy that only reports
//! forbids every script: whatever tries to run is seen.

use std::sync::{Arc, Mutex};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::ContentType,
    web::{self, Path, ServiceConfig},
};
use secure_runtime::field::SafeHtml;
use serde_json::{Value, json};

use crate::{
    Browser, Site,
    html_attacks::{OTHER, RUN},
};

const POLICY: &str = "script-src 'none'; report-uri /reports";

/// What came in at a server.
type Seen = Arc<Mutex<Vec<String>>>;

/// Formatting as an editor writes it.
const FORMATTED: &str = "<h2>On <em>locks</em></h2>\
    <p>A <strong>key</strong>, a<br>lock &amp; a <a href=\"https://example.com/?a=1&amp;b=2\">door</a>.</p>\
    <ul><li>one</li><li>two <code>&lt;b&gt;</code></li></ul>\
    <blockquote><p>It opens.</p></blockquote>\
    <table><thead><tr><th scope=\"col\">a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>\
    <pre>a\n  b</pre>";

/// Waits for what an element might still do, uses it as a reader might, and reads the text as scripts do that
/// put it somewhere else. It says whether anything ran.
const USED: &str = "(async () => {
    const pause = time => new Promise(done => setTimeout(done, time));
    const within = () => [...document.querySelectorAll('body *')];
    for (const kind of ['pointerenter', 'mouseenter', 'mouseover', 'click', 'focus']) {
        for (const element of within()) {
            const web = element.protocol?.startsWith('http') || element.protocol === 'mailto:';
            if (kind === 'click' && (web || element.tagName === 'IMG')) continue;
            try { element.dispatchEvent(new Event(kind, {bubbles: true})); } catch {}
            if (kind === 'click') { try { element.click(); } catch {} }
        }
    }
    const article = document.querySelector('article');
    for (let round = 0; round < 3 && article; round++) {
        article.innerHTML = article.innerHTML;
    }
    await pause(60);
    return window.stolen !== undefined;
})()";

fn page(html: &str) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(ContentType::html())
        .insert_header(("Content-Security-Policy-Report-Only", POLICY))
        .body(format!(
            "<!doctype html><meta charset=utf-8><title>article</title><article>{html}</article>"
        ))
}

fn attack(at: usize) -> &'static str {
    RUN.iter().chain(OTHER).nth(at).expect("an attack")
}

fn note(seen: &Seen, what: String) {
    seen.lock().expect("what was seen").push(what);
}

/// What was seen since somebody asked.
fn take(seen: &Seen) -> Vec<String> {
    std::mem::take(&mut seen.lock().expect("what was seen"))
}

/// The pages, and their reports.
fn articles(reports: &Seen) -> Site {
    let reports = Arc::clone(reports);
    Site::with(move |config: &mut ServiceConfig| {
        let reports = Arc::clone(&reports);
        config
            .route(
                "/clean/{at}",
                web::get().to(async |at: Path<usize>| {
                    let clean: SafeHtml = SafeHtml::clean(attack(*at)).expect("not too much");
                    page(clean.as_str())
                }),
            )
            .route(
                "/raw/{at}",
                web::get().to(async |at: Path<usize>| page(attack(*at))),
            )
            .route(
                "/formatted",
                web::get().to(async || {
                    let clean: SafeHtml = SafeHtml::clean(FORMATTED).expect("not too much");
                    page(clean.as_str())
                }),
            )
            .route(
                "/reports",
                web::post().to(move |report: String| {
                    note(&reports, report);
                    async { HttpResponse::NoContent().finish() }
                }),
            );
    })
}

/// Whoever waits for a request.
fn evil(requests: &Seen) -> Site {
    let requests = Arc::clone(requests);
    Site::with(move |config: &mut ServiceConfig| {
        let requests = Arc::clone(&requests);
        let answer = move |request: HttpRequest| {
            note(&requests, request.path().to_owned());
            async { HttpResponse::Ok().body("window.stolen=1") }
        };
        config.default_service(web::to(answer));
    })
}

struct Scene {
    browser: Browser,
    reports: Seen,
    requests: Seen,
    _sites: [Site; 2],
}

impl Scene {
    async fn open() -> Option<Self> {
        let (reports, requests) = (Seen::default(), Seen::default());
        let sites = [articles(&reports), evil(&requests)];
        let names = [
            ("app.test", sites[0].address),
            ("evil.test", sites[1].address),
        ];
        let browser = Browser::open(&names).await?;
        Some(Self {
            browser,
            reports,
            requests,
            _sites: sites,
        })
    }

    /// What a page tried: what ran, what was reported, what was said in the console, and what was asked of the
    /// attacker's server. A dialog would be an error of the next command.
    async fn attempts(&self, path: &str) -> Vec<String> {
        self.browser.visit(&format!("https://app.test{path}")).await;
        let ran = self.browser.value(&format!("await {USED}")).await;
        let complaints = self.browser.complaints().await;
        let complaints = complaints
            .into_iter()
            .filter(|complaint| complaint.contains("Content Security Policy"));
        let ran = (ran != json!(false)).then(|| format!("it ran: {ran}"));
        ran.into_iter()
            .chain(complaints)
            .chain(take(&self.reports))
            .chain(take(&self.requests))
            .collect()
    }
}

#[actix_web::test]
async fn no_attack_gets_through() {
    let Some(scene) = Scene::open().await else {
        return;
    };
    for at in 0..RUN.len() + OTHER.len() {
        let attempts = scene.attempts(&format!("/clean/{at}")).await;
        let attack = attack(at);
        assert_eq!(attempts, [""; 0], "{attack}");
        // And nothing stands there that is not on the list.
        let strange = scene.browser.value(
            "[...document.querySelectorAll('article *')].filter(element =>
                element.namespaceURI !== 'http://www.w3.org/1999/xhtml'
                || [...element.attributes].some(({name}) =>
                    !['href', 'rel', 'title', 'lang', 'start', 'reversed', 'scope'].includes(name))
                || element.protocol !== undefined && element.hasAttribute('href')
                    && !['http:', 'https:', 'mailto:'].includes(element.protocol)
                || /^(script|style|svg|math|template|iframe|object|embed|form|input|button|img|base|link|meta)$/i
                    .test(element.tagName)
            ).map(element => element.outerHTML)",
        );
        assert_eq!(strange.await, json!([]), "{attack}");
        let around = scene
            .browser
            .value("document.querySelectorAll('body > article').length");
        assert_eq!(around.await, json!(1), "{attack}");
    }
    // Reports that are late would have come before this one.
    let attempts = scene.attempts("/raw/0").await;
    let reported = attempts
        .iter()
        .any(|attempt| attempt.contains("csp-report"));
    assert!(reported, "{attempts:?}");
    assert!(
        attempts.iter().all(|attempt| !attempt.contains("/clean/")),
        "{attempts:?}"
    );
    scene.browser.close().await;
}

/// The same pages without the cleaner: each of these attacks is seen.
#[actix_web::test]
async fn what_is_not_cleaned_is_seen() {
    let Some(scene) = Scene::open().await else {
        return;
    };
    let mut unseen = Vec::new();
    for (at, attack) in RUN.iter().enumerate() {
        if scene.attempts(&format!("/raw/{at}")).await.is_empty() {
            unseen.push(attack);
        }
    }
    assert!(unseen.is_empty(), "{unseen:#?}");
    scene.browser.close().await;
}

#[actix_web::test]
async fn ordinary_formatting_survives() {
    let Some(scene) = Scene::open().await else {
        return;
    };
    assert_eq!(scene.attempts("/formatted").await, [""; 0]);
    let shown = |expression: &'static str| scene.browser.value(expression);
    for (expression, expected) in [
        (
            "document.querySelector('article > h2 > em').textContent",
            json!("locks"),
        ),
        (
            "getComputedStyle(document.querySelector('strong')).fontWeight",
            json!("700"),
        ),
        (
            "document.querySelector('a').href",
            json!("https://example.com/?a=1&b=2"),
        ),
        (
            "document.querySelector('a').rel",
            json!("noopener noreferrer nofollow"),
        ),
        (
            "[...document.querySelectorAll('ul > li')].map(item => item.textContent)",
            json!(["one", "two <b>"]),
        ),
        (
            "document.querySelector('blockquote > p').textContent",
            json!("It opens."),
        ),
        (
            "document.querySelector('tbody > tr > td').textContent",
            json!("1"),
        ),
        ("document.querySelector('thead th').scope", json!("col")),
        ("document.querySelector('pre').textContent", json!("a\n  b")),
        ("document.querySelectorAll('br').length", json!(1)),
    ] {
        let value: Value = shown(expression).await;
        assert_eq!(value, expected, "{expression}");
    }
    scene.browser.close().await;
}
