//! Reports of broken policies (F2): who is told where to send them, and what is done with what comes.

use actix_web::{Responder, web::Html};
use secure_runtime::{
    csp,
    edge::{self, CspNonce},
    prelude::*,
    test::TestApp,
};

use crate::support::{Complete, all};

const OLD: &str = "application/csp-report";
const NEW: &str = "application/reports+json";
const CSP: &str = "content-security-policy";
const REPORT_ONLY: &str = "content-security-policy-report-only";

#[get("/page")]
#[public]
async fn page(nonce: CspNonce) -> Html {
    Html::new(format!("<script {}></script>", nonce.attribute()))
}

#[get("/plain")]
#[public]
async fn plain() -> impl Responder {
    "plain"
}

fn list(routes: &mut Routes) {
    routes.service(page).service(plain);
    routes.service(edge::csp_reports);
}

async fn app(change: impl FnOnce(Complete) -> Complete) -> TestApp {
    TestApp::with(change, list, |_| {}).await
}

async fn refusals(
    change: impl FnOnce(Complete) -> Complete,
    list: impl Fn(&mut Routes) + Send + Sync + 'static,
) -> Vec<String> {
    match TestApp::try_with(change, list, |_| {}).await {
        Ok(_) => Vec::new(),
        Err(error) => error.findings().to_vec(),
    }
}

#[actix_web::test]
async fn every_policy_names_the_endpoint_once_it_is_mounted() {
    let tried = csp!("default-src 'none'; script-src 'nonce'; base-uri 'none'");
    let app = app(|settings| {
        settings
            .csp(csp!("default-src 'none'"))
            .csp_report_only(csp!("default-src 'self'"))
            .page_csp_report_only(tried)
    });
    let app = app.await;
    let reports = "; report-uri /csp-reports; report-to csp";
    for path in ["/plain", "/nothing"] {
        let response = app.get(path).send().await;
        assert_eq!(
            all(&response, CSP),
            [format!("default-src 'none'{reports}")]
        );
        assert_eq!(
            all(&response, REPORT_ONLY),
            [format!("default-src 'self'{reports}")]
        );
        let endpoints = all(&response, "reporting-endpoints");
        assert_eq!(endpoints, ["csp=\"/csp-reports\""]);
    }
    let response = app.get("/page").send().await;
    for name in [CSP, REPORT_ONLY] {
        let [policy] = all(&response, name).try_into().expect("one policy");
        assert!(policy.contains("'nonce-"), "{policy}");
        assert!(policy.ends_with(reports), "{policy}");
    }
}

#[actix_web::test]
async fn a_policy_that_names_somebody_else_is_left_alone() {
    let app = app(|settings| settings.csp(csp!("default-src 'none'; report-to theirs"))).await;
    let response = app.get("/plain").send().await;
    assert_eq!(
        all(&response, CSP),
        ["default-src 'none'; report-to theirs"]
    );
}

#[actix_web::test]
async fn the_endpoint_is_named_where_it_stands() {
    let list = |routes: &mut Routes| {
        routes.service(plain);
        routes.scope("/edge", |edge| {
            edge.service(edge::csp_reports);
        });
    };
    let app = TestApp::new(list).await;
    let response = app.get("/plain").send().await;
    let [policy] = all(&response, CSP).try_into().expect("one policy");
    assert!(policy.ends_with("; report-uri /edge/csp-reports; report-to csp"));
    let endpoints = all(&response, "reporting-endpoints");
    assert_eq!(endpoints, ["csp=\"/edge/csp-reports\""]);
}

#[actix_web::test]
async fn a_path_that_browsers_cannot_know_keeps_the_app_from_starting() {
    for prefix in ["/{tenant}", "/a;b", "/a,b", "/a\"b"] {
        let list = move |routes: &mut Routes| {
            routes.scope(prefix, |scope| {
                scope.service(edge::csp_reports);
            });
        };
        let found = refusals(|settings| settings, list).await;
        let about = |finding: &String| finding.contains("mount it where its path is fixed");
        assert!(found.iter().any(about), "{prefix}: {found:?}");
    }
}

#[actix_web::test]
async fn a_policy_that_reports_nowhere_keeps_the_app_from_starting() {
    let list = |routes: &mut Routes| {
        routes.service(plain);
    };
    let found = refusals(
        |settings| {
            let settings = settings.csp_report_only(csp!("default-src 'self'"));
            settings.page_csp_report_only(csp!("default-src 'self'"))
        },
        list,
    );
    let found = found.await;
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].contains("`.csp_report_only(…)`"), "{found:?}");
    assert!(found[1].contains("`.page_csp_report_only(…)`"), "{found:?}");
    let named = refusals(
        |settings| settings.csp_report_only(csp!("default-src 'self'; report-uri /theirs")),
        list,
    );
    assert_eq!(named.await, [""; 0]);
}

#[actix_web::test]
async fn both_kinds_of_report_are_taken_and_nothing_is_echoed() {
    let app = app(|settings| settings).await;
    let hostile = "<script>alert(1)</script>\\r\\nset-cookie: a=b";
    let old = format!(
        r#"{{"csp-report":{{"document-uri":"{hostile}","blocked-uri":"inline","line-number":-1}}}}"#
    );
    let new = format!(
        r#"[{{"type":"csp-violation","body":{{"sample":"{hostile}","lineNumber":{{}}}}}},7,{{"type":"other"}}]"#
    );
    for (kind, body) in [(OLD, old), (NEW, new), (NEW, "[]".to_owned())] {
        let response = app.post("/csp-reports").body(kind, body).send().await;
        assert_eq!(response.status(), 204, "{kind}");
        assert_eq!(response.text(), "", "{kind}");
        let headers = format!("{:?}", response.headers());
        assert!(!headers.contains("script>") && !headers.contains("set-cookie"));
    }
}

#[actix_web::test]
async fn what_is_no_report_is_refused_without_an_echo() {
    let app = app(|settings| settings).await;
    let large = format!("[{}]", " ".repeat(64 * 1024));
    let cases: [(u16, &str, Vec<u8>); 12] = [
        (400, OLD, b"{junk".to_vec()),
        (400, OLD, b"null".to_vec()),
        (400, OLD, b"[]".to_vec()),
        (400, OLD, br#"{"csp-report":"junk"}"#.to_vec()),
        (400, OLD, b"\xff\xfe".to_vec()),
        (400, OLD, Vec::new()),
        (400, NEW, br#"{"csp-report":{}}"#.to_vec()),
        (400, NEW, "[".repeat(60_000).into_bytes()),
        (413, NEW, large.into_bytes()),
        (415, "application/json", b"{\"csp-report\":{}}".to_vec()),
        (415, "text/plain", b"{\"csp-report\":{}}".to_vec()),
        (
            415,
            "application/csp-report; charset=utf-16",
            b"{\"csp-report\":{}}".to_vec(),
        ),
    ];
    for (status, kind, body) in cases {
        let response = app.post("/csp-reports").body(kind, body).send().await;
        assert_eq!(response.status(), status, "{kind}: {}", response.text());
        assert!(!response.text().contains("junk"), "{}", response.text());
    }
    let get = app.get("/csp-reports").send().await;
    assert_eq!(get.status(), 405);
}

#[actix_web::test]
async fn nobody_fills_the_log() {
    let app = app(|settings| settings).await;
    let send = async |address: &str| {
        let request = app.post("/csp-reports").from_address(address);
        request.body(NEW, "[]").send().await.status()
    };
    for _ in 0..60 {
        assert_eq!(send("192.0.2.1").await, 204);
    }
    assert_eq!(send("192.0.2.1").await, 429);
    for other in 2..11 {
        for _ in 0..60 {
            assert_eq!(send(&format!("192.0.2.{other}")).await, 204);
        }
    }
    // 600 of all.
    assert_eq!(send("192.0.2.200").await, 429);
}
