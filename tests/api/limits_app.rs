//! Limits of the whole app (`.app_limit(limit!(…))`), beside those of its routes.

use std::time::Duration;

use actix_web::{
    HttpResponse, Responder,
    http::Method,
    web::{self, Json, Path, ServiceConfig},
};
use secure_runtime::{
    Allowance, LaunchError, Routes, cors,
    edge::Pages,
    hosts,
    limit::{Amount, Answer, Charge, Decision, InProcess, Limiter},
    prelude::*,
    test::{TestApp, TestClock, TestRequest, TestResponse},
};
use serde_json::json;

use crate::support::{Complete, Role, all, settings};

const MINUTE: Duration = Duration::from_secs(60);

#[validated]
struct Note {
    #[validate(length(max = 100))]
    text: String,
}

#[get("/open")]
#[public]
async fn open() -> impl Responder {
    "open"
}

#[get("/limited")]
#[public]
#[rate_limit("3/minute")]
async fn limited() -> impl Responder {
    "limited"
}

#[get("/greeting")]
#[public]
async fn greeting(caller: Option<CurrentUser>) -> impl Responder {
    caller.map_or("stranger".to_owned(), |caller| caller.subject().to_owned())
}

#[get("/mine")]
#[protected]
async fn mine() -> impl Responder {
    "mine"
}

#[get("/admin")]
#[protected(roles = "admin")]
async fn admin() -> impl Responder {
    "admin"
}

#[put("/notes/{id}")]
#[protected]
#[rate_limit("2/minute", by = "user")]
#[validated]
async fn write(id: Path<u32>, note: Json<Note>) -> impl Responder {
    format!("{id} {}", note.text)
}

#[get("/healthz")]
#[public(any_host = "because probes name the address of the machine")]
async fn healthz() -> impl Responder {
    "well"
}

async fn theirs() -> impl Responder {
    HttpResponse::Ok().body("theirs")
}

fn listing(routes: &mut Routes) {
    routes.service(open).service(limited).service(greeting);
    routes.service(mine).service(admin).service(write);
    routes.service(healthz).service(unchecked(
        "because it is theirs",
        web::resource("/theirs").route(web::get().to(theirs)),
    ));
}

fn unlisted(config: &mut ServiceConfig) {
    config.route("/unlisted", web::get().to(theirs));
}

async fn app(change: impl FnOnce(Complete) -> Complete) -> TestApp {
    TestApp::with(change, listing, unlisted).await
}

async fn statuses(app: &TestApp, path: &str, times: usize) -> Vec<u16> {
    let mut statuses = Vec::new();
    for _ in 0..times {
        statuses.push(app.get(path).send().await.status());
    }
    statuses
}

async fn of(request: TestRequest<'_>) -> u16 {
    request.send().await.status()
}

fn header(response: &TestResponse, name: &str) -> String {
    all(response, name).join(" AND ALSO ")
}

#[actix_web::test]
async fn every_request_counts_whatever_it_asks_for() {
    let app = app(|settings| {
        settings
            .app_limit(limit!("7/minute"))
            .unlisted_routes("because the app moves over")
    })
    .await;
    assert_eq!(of(app.get("/open")).await, 200);
    assert_eq!(of(app.get("/nowhere")).await, 404);
    assert_eq!(of(app.post("/open")).await, 405);
    assert_eq!(of(app.get("/theirs")).await, 200);
    assert_eq!(of(app.get("/unlisted")).await, 200);
    assert_eq!(of(app.get("/mine")).await, 401);
    assert_eq!(of(app.get("/limited")).await, 200);
    for path in [
        "/open",
        "/nowhere",
        "/theirs",
        "/unlisted",
        "/mine",
        "/limited",
        "/healthz",
    ] {
        let refused = app.get(path).send().await;
        assert_eq!(refused.status(), 429, "{path}");
        assert_eq!(header(&refused, "retry-after"), "60", "{path}");
        assert_eq!(header(&refused, "ratelimit"), "\"app-ip/60s\";r=0;t=60");
        assert_eq!(header(&refused, "content-type"), "application/problem+json");
        assert_eq!(
            header(&refused, "x-content-type-options"),
            "nosniff",
            "{path}"
        );
    }
    // Somebody else is somebody else.
    assert_eq!(of(app.get("/open").from_address("192.0.2.7")).await, 200);
    app.clock().advance(MINUTE);
    assert_eq!(of(app.get("/open")).await, 200);
}

#[actix_web::test]
async fn what_is_refused_as_undeclared_counts_too() {
    let app = app(|settings| settings.app_limit(limit!("2/minute"))).await;
    assert_eq!(statuses(&app, "/unlisted", 3).await, [500, 500, 429]);
}

#[actix_web::test]
async fn preflights_and_other_hosts_never_count() {
    let app = app(|settings| {
        settings
            .app_limit(limit!("1/minute"))
            .app_limit(limit!("1/minute", by = "global"))
            .allowed_hosts(hosts!("app.test"))
            .cors(cors!(origins = ["https://other.test"]))
    })
    .await;
    for _ in 0..5 {
        let preflight = app
            .request(Method::OPTIONS, "/open")
            .header("host", "app.test")
            .header("origin", "https://other.test")
            .header("access-control-request-method", "GET");
        assert_eq!(of(preflight).await, 204);
        let elsewhere = app.get("/open").header("host", "evil.test");
        assert_eq!(of(elsewhere).await, 400);
    }
    let get = || app.get("/open").header("host", "app.test");
    assert_eq!(of(get()).await, 200);
    assert_eq!(of(get()).await, 429);
}

#[actix_web::test]
async fn its_names_stand_beside_those_of_the_route() {
    let app = app(|settings| settings.app_limit(limit!("10/minute; 100/hour"))).await;
    let response = app.get("/limited").send().await;
    assert_eq!(
        header(&response, "ratelimit-policy"),
        "\"ip/60s\";q=3;w=60, \"app-ip/60s\";q=10;w=60, \"app-ip/3600s\";q=100;w=3600"
    );
    // The strictest first.
    assert_eq!(
        header(&response, "ratelimit"),
        "\"ip/60s\";r=2;t=60, \"app-ip/60s\";r=9;t=60"
    );
    let response = app.get("/open").send().await;
    assert_eq!(header(&response, "ratelimit"), "\"app-ip/60s\";r=8;t=60");
    let response = app.get("/nowhere").send().await;
    assert_eq!(header(&response, "ratelimit"), "\"app-ip/60s\";r=7;t=60");
}

#[actix_web::test]
async fn a_refusal_can_be_read_by_other_origins_and_is_a_page_for_people() {
    let app = app(|settings| {
        settings
            .app_limit(limit!("1/minute"))
            .cors(cors!(origins = ["https://other.test"]))
            .pages(Pages::new())
    })
    .await;
    assert_eq!(of(app.get("/open")).await, 200);
    let script = app.get("/open").header("origin", "https://other.test");
    let script = script.send().await;
    assert_eq!(script.status(), 429);
    assert_eq!(
        header(&script, "access-control-allow-origin"),
        "https://other.test"
    );
    let page = app
        .get("/nowhere")
        .header("accept", "text/html")
        .send()
        .await;
    assert_eq!(page.status(), 429);
    assert_eq!(header(&page, "content-type"), "text/html; charset=utf-8");
    assert_eq!(header(&page, "retry-after"), "60");
}

#[actix_web::test]
async fn by_user_it_counts_wherever_the_caller_is_known() {
    let app = app(|settings| settings.app_limit(limit!("4/minute", by = "user"))).await;
    let get = |path| app.get(path).as_user("ada");
    let first = get("/mine").send().await;
    assert_eq!(header(&first, "ratelimit"), "\"app-user/60s\";r=3;t=60");
    // Before it is decided whether the caller may.
    assert_eq!(of(get("/admin")).await, 403);
    assert_eq!(of(get("/greeting")).await, 200);
    // Where nobody asks who calls, nobody knows.
    assert_eq!(of(get("/open")).await, 200);
    let note = json!({"text": "hello"});
    assert_eq!(
        of(app.put("/notes/7").as_user("ada").json(&note)).await,
        200
    );
    for path in ["/mine", "/greeting", "/admin"] {
        let refused = get(path).send().await;
        assert_eq!(refused.status(), 429, "{path}");
        assert_eq!(header(&refused, "ratelimit"), "\"app-user/60s\";r=0;t=60");
    }
    assert_eq!(of(get("/open")).await, 200);
    for _ in 0..9 {
        assert_eq!(of(app.get("/mine")).await, 401);
        assert_eq!(of(app.get("/greeting")).await, 200);
    }
    assert_eq!(of(app.get("/mine").as_user("bob")).await, 200);
    app.clock().advance(MINUTE);
    assert_eq!(of(get("/mine")).await, 200);
}

#[actix_web::test]
async fn by_user_it_stands_beside_the_limit_of_the_route() {
    let app = app(|settings| settings.app_limit(limit!("3/minute", by = "user"))).await;
    let note = json!({"text": "hello"});
    let put = || app.put("/notes/7").as_user("ada").json(&note);
    assert_eq!(of(put()).await, 200);
    let second = put().send().await;
    assert_eq!(
        header(&second, "ratelimit"),
        "\"user/60s\";r=0;t=60, \"app-user/60s\";r=1;t=60"
    );
    // The route has no room, and the app is given back what it has charged.
    assert_eq!(of(put()).await, 429);
    assert_eq!(of(put()).await, 429);
    assert_eq!(of(app.get("/mine").as_user("ada")).await, 200);
    assert_eq!(of(app.get("/mine").as_user("ada")).await, 429);
}

#[actix_web::test]
async fn allowances_hold_for_it() {
    let app = app(|settings| {
        settings
            .app_limit(limit!("1/minute", by = "user"))
            .allowances(|caller, limit| {
                assert!(limit.route().is_none());
                match caller.subject() {
                    "bob" => Allowance::times(3),
                    "eve" => Allowance::unlimited(),
                    _ => Allowance::standard(),
                }
            })
    })
    .await;
    for (subject, expected) in [("ada", 1), ("bob", 3), ("eve", 5)] {
        let mut passed = 0;
        for _ in 0..5 {
            let response = app.get("/mine").as_user(subject).send().await;
            passed += usize::from(response.status() == 200);
            assert_eq!(subject == "eve", response.header("ratelimit").is_none());
        }
        assert_eq!(passed, expected, "{subject}");
    }
}

#[actix_web::test]
async fn failures_alone_count_where_that_is_said() {
    let app = app(|settings| settings.app_limit(limit!("3/minute", count = "failures"))).await;
    for path in ["/open", "/theirs", "/limited", "/greeting"] {
        assert_eq!(of(app.get(path)).await, 200, "{path}");
    }
    assert_eq!(of(app.get("/mine").as_user("ada")).await, 200);
    let fine = app.get("/open").send().await;
    assert_eq!(
        header(&fine, "ratelimit"),
        "\"app-ip-failures/60s\";r=3;t=0"
    );
    assert_eq!(of(app.get("/nowhere")).await, 404);
    assert_eq!(of(app.get("/mine")).await, 401);
    assert_eq!(of(app.get("/open")).await, 200);
    assert_eq!(of(app.get("/unlisted")).await, 500);
    assert_eq!(of(app.get("/open")).await, 429);
    assert_eq!(of(app.get("/theirs")).await, 429);
}

#[actix_web::test]
async fn a_request_that_one_refuses_is_charged_to_none() {
    let app = app(|settings| {
        settings
            .app_limit(limit!("3/minute"))
            .app_limit(limit!("2/second", by = "global"))
    })
    .await;
    assert_eq!(statuses(&app, "/open", 9).await[..3], [200, 200, 429]);
    app.clock().advance(Duration::from_secs(1));
    assert_eq!(statuses(&app, "/open", 2).await, [200, 429]);
    app.clock().advance(Duration::from_secs(1));
    assert_eq!(statuses(&app, "/open", 1).await, [429]);
}

#[actix_web::test]
async fn headers_functions_costs_and_bursts_are_as_on_routes() {
    fn tenant(request: &actix_web::HttpRequest) -> Option<String> {
        let segment = request.path().split('/').nth(1);
        segment.map(ToOwned::to_owned)
    }
    let app = app(|settings| {
        settings
            .app_limit(limit!("2/minute", header = "X-Tenant"))
            .app_limit(limit!("9/minute", key = tenant, cost = 4))
            .app_limit(limit!("60/minute", by = "global", burst = 5))
    })
    .await;
    let get = |path, tenant: &str| app.get(path).header("x-tenant", tenant);
    let first = get("/open", "a").send().await;
    assert_eq!(
        header(&first, "ratelimit-policy"),
        "\"app-x-tenant/60s\";q=2;w=60, \"app-key1/60s\";q=9;w=60, \"app-global/60s\";q=60;w=60"
    );
    assert_eq!(of(get("/open", "b")).await, 200);
    // By the function: 4 + 4 + 4 > 9.
    assert_eq!(of(get("/open", "c")).await, 429);
    assert_eq!(of(get("/nowhere", "a")).await, 404);
    assert_eq!(of(get("/elsewhere", "a")).await, 429);
    assert_eq!(of(get("/elsewhere", "d")).await, 404);
    assert_eq!(of(get("/greeting", "e")).await, 200);
    // The burst is used up.
    assert_eq!(of(get("/mine", "f")).await, 429);
    app.clock().advance(Duration::from_secs(1));
    assert_eq!(of(get("/mine", "f")).await, 401);
}

/// Asks a limiter as if it were far away.
#[derive(Debug)]
struct Far(InProcess);

impl Limiter for Far {
    fn check<'a>(&'a self, charge: &Charge<'a>) -> Answer<'a> {
        let charge = *charge;
        Answer::Later(Box::pin(async move {
            tokio::task::yield_now().await;
            self.0.check(&charge).decision().await
        }))
    }
}

#[actix_web::test]
async fn a_key_function_that_panics_is_a_fault_like_a_handler_that_does() {
    fn fragile(request: &actix_web::HttpRequest) -> Option<String> {
        let tenant = request.headers().get("x-tenant")?.to_str().ok()?;
        Some(tenant.split_once('/').expect("two parts").1.to_owned())
    }
    for is_far in [false, true] {
        let app = app(|settings| {
            let settings = settings
                .app_limit(limit!("9/minute"))
                .app_limit(limit!("9/minute", key = fragile));
            match is_far {
                true => settings.limiter(Far(InProcess::default())),
                false => settings,
            }
        })
        .await;
        let tenant = |tenant: &'static str| app.get("/open").header("x-tenant", tenant);
        assert_eq!(of(tenant("a/b")).await, 200);
        let failed = tenant("a").send().await;
        assert_eq!(failed.status(), 500);
        assert_eq!(header(&failed, "content-type"), "application/problem+json");
        assert!(!header(&failed, "x-request-id").is_empty());
        assert!(!failed.text().contains("two parts"), "{}", failed.text());
        assert_eq!(of(tenant("a/b")).await, 200);
    }
}

#[actix_web::test]
async fn a_limiter_that_answers_later_is_waited_for() {
    let app = app(|settings| {
        settings
            .limiter(Far(InProcess::default()))
            .app_limit(limit!("3/minute"))
            .app_limit(limit!("4/second", by = "global"))
            .app_limit(limit!("9/minute", count = "failures", by = "global"))
    })
    .await;
    // The router writes into the request, so nobody else may hold it then.
    let note = json!({"text": "hello"});
    let written = app.put("/notes/7").as_user("ada").json(&note).send().await;
    assert_eq!(
        (written.status(), written.text()),
        (200, "7 hello".to_owned())
    );
    assert_eq!(of(app.get("/theirs")).await, 200);
    let third = app.get("/nowhere").send().await;
    assert_eq!(third.status(), 404);
    assert_eq!(
        header(&third, "ratelimit"),
        "\"app-ip/60s\";r=0;t=60, \"app-global/1s\";r=1;t=1, \"app-global-failures/60s\";r=8;t=60"
    );
    let refused = app.get("/open").send().await;
    assert_eq!(refused.status(), 429);
    assert_eq!(header(&refused, "retry-after"), "60");
    // What the other limits were charged for that was given back.
    let other = app.get("/open").from_address("192.0.2.7").send().await;
    assert_eq!(other.status(), 200);
    assert_eq!(
        header(&other, "ratelimit"),
        "\"app-global/1s\";r=0;t=1, \"app-ip/60s\";r=2;t=60, \"app-global-failures/60s\";r=8;t=60"
    );
    assert_eq!(of(app.get("/healthz").from_address("192.0.2.8")).await, 200);
}

/// Finds a key by what no caller should be trusted to send.
fn careless(request: &actix_web::HttpRequest) -> Option<String> {
    let tenant = request.headers().get("x-tenant");
    Some(
        tenant
            .expect("a tenant")
            .to_str()
            .expect("a text")
            .to_owned(),
    )
}

#[actix_web::test]
async fn a_function_that_panics_is_answered_500_and_nothing_passes() {
    for is_far in [false, true] {
        let app = app(|settings| {
            let settings = settings
                .most_in_flight(1)
                .app_limit(limit!("9/minute", key = careless));
            match is_far {
                true => settings.limiter(Far(InProcess::default())),
                false => settings,
            }
        })
        .await;
        for _ in 0..2 {
            let response = app.get("/open").send().await;
            assert_eq!(response.status(), 500);
            assert_eq!(
                header(&response, "content-type"),
                "application/problem+json"
            );
            assert_eq!(header(&response, "x-request-id").len(), 32);
            assert_eq!(header(&response, "x-content-type-options"), "nosniff");
        }
        // The place of the request is free, and so are the values of the answer.
        assert_eq!(of(app.get("/open").header("x-tenant", "a")).await, 200);
    }
}

/// Takes, and cannot give back.
#[derive(Debug, Default)]
struct Greedy(InProcess);

impl Limiter for Greedy {
    fn check<'a>(&'a self, charge: &Charge<'a>) -> Answer<'a> {
        assert!(!matches!(charge.amount, Amount::GiveBack(_)), "on purpose");
        self.0.check(charge)
    }
}

#[actix_web::test]
async fn a_success_goes_out_though_the_limiter_panics_when_it_gives_back() {
    let app = app(|settings| {
        settings
            .limiter(Greedy::default())
            .app_limit(limit!("2/minute", count = "failures"))
    })
    .await;
    let response = app.get("/open").send().await;
    assert_eq!(response.status(), 200);
    assert_eq!(header(&response, "x-request-id").len(), 32);
    // Nothing was given back.
    assert_eq!(statuses(&app, "/open", 2).await, [200, 429]);
}

#[actix_web::test]
async fn probes_pass_where_the_global_one_has_no_room() {
    let app = app(|settings| {
        settings
            .app_limit(limit!("5/minute"))
            .app_limit(limit!("2/minute", by = "global"))
    })
    .await;
    assert_eq!(statuses(&app, "/open", 3).await, [200, 200, 429]);
    // By address it is held to the limit as everybody is.
    assert_eq!(statuses(&app, "/healthz", 4).await, [200, 200, 200, 429]);
    let probe = app.get("/healthz").from_address("192.0.2.7").send().await;
    assert_eq!(probe.status(), 200);
    assert_eq!(header(&probe, "ratelimit"), "\"app-ip/60s\";r=4;t=60");
    assert_eq!(of(app.get("/open").from_address("192.0.2.7")).await, 429);
}

/// Counts nothing, and lets nothing pass.
#[derive(Debug)]
struct Gone;

impl Limiter for Gone {
    fn check<'a>(&'a self, _: &Charge<'a>) -> Answer<'a> {
        let retry_after = Duration::from_secs(2);
        Decision::Unavailable { retry_after }.into()
    }
}

#[actix_web::test]
async fn where_nobody_can_count_probes_alone_pass() {
    let app = app(|settings| settings.limiter(Gone).app_limit(limit!("5/minute"))).await;
    let refused = app.get("/open").send().await;
    assert_eq!(refused.status(), 503);
    assert_eq!(header(&refused, "retry-after"), "2");
    assert_eq!(of(app.get("/nowhere")).await, 503);
    assert_eq!(of(app.get("/healthz")).await, 200);
}

#[actix_web::test]
async fn two_that_count_the_same_are_refused_at_launch() {
    let refused = settings(&TestClock::default())
        .app_limit(limit!("600/minute"))
        .app_limit(limit!("100/hour; 5/60 seconds"))
        .build()
        .expect_err("one never matters");
    assert_eq!(
        refused.findings(),
        [
            "two limits of the app have the same key and the same period, and one never matters: \
             `100/hour; 5/minute by ip`; keep the stricter `.app_limit(…)`"
        ]
    );
}

#[actix_web::test]
async fn the_matrix_begins_with_it() -> Result<(), LaunchError> {
    let security = settings(&TestClock::default())
        .app_limit(limit!("600/minute"))
        .app_limit(limit!("9/day", by = "user", count = "failures"))
        .most_in_flight(2_000)
        .most_in_flight_from_one_client(100)
        .build()
        .expect("settings");
    security.routes(|routes| {
        routes.service(open);
    })?;
    let report = security.report();
    assert_eq!(
        report.app().limits,
        ["600/minute by ip", "9/day by user, failures only"]
    );
    let limits = "600/minute by ip, 9/day by user, failures only, 2000 in flight, 100 in flight from one client";
    let markdown = report.markdown();
    let line = markdown.lines().nth(2).expect("a line");
    assert_eq!(
        line,
        format!("| * | the whole app | – | {limits} | – | – |")
    );
    assert!(
        report
            .to_string()
            .lines()
            .nth(1)
            .expect("a line")
            .contains(limits)
    );
    let json: serde_json::Value = serde_json::from_str(&report.json()).expect("JSON");
    assert_eq!(
        json["app"],
        json!({
            "limits": ["600/minute by ip", "9/day by user, failures only"],
            "most_in_flight": 2000,
            "most_in_flight_from_one_client": 100,
        })
    );
    Ok(())
}
