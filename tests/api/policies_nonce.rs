//! Pages with a nonce (F2): fresh for each response, the same in header and page, and kept by no cache.

use std::collections::HashSet;

use actix_web::{HttpResponse, Responder, web::Html};
use secure_runtime::{
    csp,
    edge::{CspNonce, PageCsp},
    prelude::*,
    test::{TestApp, TestResponse},
};

use crate::support::{Complete, all};

const PAGE_POLICY: &str = "default-src 'none'; script-src 'NONCE' 'strict-dynamic'; \
    style-src 'self' 'NONCE'; img-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";
const API_POLICY: &str =
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

#[get("/page")]
#[public]
async fn page(nonce: CspNonce) -> Html {
    Html::new(format!("<script {}>x()</script>", nonce.attribute()))
}

#[get("/twice")]
#[public]
async fn twice(first: CspNonce, second: CspNonce) -> impl Responder {
    assert_eq!(format!("{first:?}"), "CspNonce(…)");
    format!("{first} {}", second.as_str())
}

#[get("/mine")]
#[protected]
async fn mine(nonce: CspNonce) -> impl Responder {
    nonce.to_string()
}

#[get("/plain")]
#[public]
async fn plain() -> impl Responder {
    HttpResponse::Ok()
        .insert_header(("cache-control", "public, max-age=60"))
        .body("plain")
}

#[get("/cached/{how}")]
#[public]
async fn cached(
    _nonce: CspNonce,
    #[unvalidated = "because the test chooses it"] how: actix_web::web::Path<String>,
) -> impl Responder {
    let mut response = HttpResponse::Ok();
    for line in how.split('+') {
        match line.strip_prefix("cdn:") {
            Some(value) => response.append_header(("cdn-cache-control", value)),
            None => response.append_header(("cache-control", line.replace('_', ", "))),
        };
    }
    response
        .append_header(("surrogate-control", "max-age=60"))
        .finish()
}

#[get("/broken")]
#[public]
async fn broken(_nonce: CspNonce) -> Result<HttpResponse, Problem> {
    Err(Problem::internal("on purpose"))
}

#[get("/panic")]
#[public]
async fn panics(_nonce: CspNonce) -> HttpResponse {
    panic!("on purpose")
}

#[get("/own")]
#[public]
async fn own(_nonce: CspNonce) -> impl Responder {
    HttpResponse::Ok()
        .insert_header(("content-security-policy", "default-src 'self'"))
        .insert_header(("referrer-policy", "no-referrer"))
        .finish()
}

fn list(routes: &mut Routes) {
    routes.service(page).service(twice).service(mine);
    routes.service(plain).service(cached);
    routes.service(broken).service(panics).service(own);
}

async fn app(change: impl FnOnce(Complete) -> Complete) -> TestApp {
    TestApp::with(change, list, |_| {}).await
}

/// The nonce of a policy with nothing else that varies.
fn nonce_in(response: &TestResponse, header: &str, expected: &str) -> String {
    let [policy] = all(response, header).try_into().expect("one policy");
    let (_, rest) = policy.split_once("'nonce-").expect(&policy);
    let (nonce, _) = rest.split_once('\'').expect(&policy);
    let expected = expected.replace("NONCE", &format!("nonce-{nonce}"));
    assert_eq!(policy, expected);
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    // 128 bits in base64, without padding.
    assert!(nonce.len() == 22 && nonce.bytes().all(legal), "{nonce}");
    nonce.to_owned()
}

const CSP: &str = "content-security-policy";

#[actix_web::test]
async fn header_and_page_have_the_same_nonce_and_each_response_its_own() {
    let app = app(|settings| settings).await;
    let mut seen = HashSet::new();
    for _ in 0..100 {
        let response = app.get("/page").send().await;
        let nonce = nonce_in(&response, CSP, PAGE_POLICY);
        assert_eq!(
            response.text(),
            format!("<script nonce=\"{nonce}\">x()</script>")
        );
        assert!(seen.insert(nonce));
        assert_eq!(all(&response, "cache-control"), ["no-store"]);
        assert_eq!(all(&response, "referrer-policy"), ["same-origin"]);
        assert_eq!(all(&response, "x-content-type-options"), ["nosniff"]);
        assert_eq!(all(&response, "x-frame-options"), ["DENY"]);
    }
    let response = app.get("/twice").send().await;
    let nonce = nonce_in(&response, CSP, PAGE_POLICY);
    assert_eq!(response.text(), format!("{nonce} {nonce}"));
}

#[actix_web::test]
async fn what_takes_no_nonce_is_no_page() {
    let app = app(|settings| settings).await;
    let response = app.get("/plain").send().await;
    assert_eq!(all(&response, CSP), [API_POLICY]);
    assert_eq!(all(&response, "referrer-policy"), ["no-referrer"]);
    assert_eq!(all(&response, "cache-control"), ["public, max-age=60"]);
    // The guard refused before the handler took one.
    let refused = app.get("/mine").send().await;
    assert_eq!(refused.status(), 401);
    assert_eq!(all(&refused, CSP), [API_POLICY]);
    let taken = app.get("/mine").as_user("ada").send().await;
    assert_eq!(taken.text(), nonce_in(&taken, CSP, PAGE_POLICY));
}

#[actix_web::test]
async fn no_cache_keeps_a_page_with_a_nonce() {
    let app = app(|settings| settings).await;
    let no_store = vec!["no-store"];
    for (how, expected) in [
        ("public", no_store.clone()),
        ("public_max-age=60", no_store.clone()),
        ("PUBLIC", no_store.clone()),
        ("max-age=60", no_store.clone()),
        ("private", no_store.clone()),
        ("no-cache", no_store.clone()),
        ("public_no-store", no_store.clone()),
        ("no-store+public", no_store.clone()),
        ("s-maxage=60_no-store", no_store.clone()),
        ("no-store", no_store.clone()),
        ("private_No-Store", vec!["private, No-Store"]),
        ("no-store_max-age=0", vec!["no-store, max-age=0"]),
        ("no-store+private", vec!["no-store", "private"]),
        ("no-store+cdn:max-age=60", no_store.clone()),
    ] {
        let response = app.get(&format!("/cached/{how}")).send().await;
        assert_eq!(response.status(), 200, "{how}");
        assert_eq!(all(&response, "cache-control"), expected, "{how}");
        for name in ["cdn-cache-control", "surrogate-control"] {
            assert_eq!(all(&response, name), [""; 0], "{how}: {name}");
        }
    }
}

#[actix_web::test]
async fn a_page_that_fails_is_not_kept_either() {
    let app = app(|settings| settings).await;
    for path in ["/broken", "/panic"] {
        let response = app.get(path).send().await;
        assert_eq!(response.status(), 500, "{path}");
        nonce_in(&response, CSP, PAGE_POLICY);
        assert_eq!(all(&response, "cache-control"), ["no-store"], "{path}");
    }
}

#[actix_web::test]
async fn the_policy_of_pages_is_the_apps() {
    const POLICY: PageCsp = csp!("default-src 'none'; script-src 'nonce'; base-uri 'self'");
    const TRIED: PageCsp = csp!(
        "default-src 'none'; script-src 'nonce'; base-uri 'none'; report-uri /reports; report-to a"
    );
    let tried =
        "default-src 'none'; script-src 'NONCE'; base-uri 'none'; report-uri /reports; report-to a";
    let app = app(|settings| settings.page_csp(POLICY).page_csp_report_only(TRIED)).await;
    let response = app.get("/page").send().await;
    let enforced = nonce_in(
        &response,
        CSP,
        "default-src 'none'; script-src 'NONCE'; base-uri 'self'",
    );
    let report_only = "content-security-policy-report-only";
    assert_eq!(nonce_in(&response, report_only, tried), enforced);
    let other = app.get("/plain").send().await;
    assert_eq!(all(&other, CSP), [API_POLICY]);
    assert_eq!(all(&other, report_only), [""; 0]);
}

#[actix_web::test]
async fn a_policy_of_pages_may_do_without() {
    let app = app(|settings| settings.page_csp(csp!("default-src 'self'"))).await;
    let response = app.get("/page").send().await;
    assert_eq!(all(&response, CSP), ["default-src 'self'"]);
    assert_eq!(all(&response, "cache-control"), ["no-store"]);
}

#[actix_web::test]
async fn a_handler_may_say_otherwise_and_still_is_not_kept() {
    let app = app(|settings| settings).await;
    let response = app.get("/own").send().await;
    assert_eq!(all(&response, CSP), ["default-src 'self'"]);
    assert_eq!(all(&response, "referrer-policy"), ["no-referrer"]);
    assert_eq!(all(&response, "cache-control"), ["no-store"]);
}
