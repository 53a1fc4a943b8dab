//! Limits by key (E3), and what is said about routes that take keys: at launch and in the matrix.

use std::time::Duration;

use actix_web::Responder;
use secure_runtime::{prelude::*, test::TestClock, token::Grant};
use serde_json::Value;

use crate::support::{
    Complete, Keys, Owners, Role, Scope, SharedStore, all, asking, list_key_routes, new_key,
    settings,
};

#[get("/limited")]
#[protected(scopes = "notes:read", via = ["bearer", "api_key"])]
#[rate_limit("2/minute", by = "api_key")]
async fn limited() -> impl Responder {
    "limited"
}

#[get("/by-user")]
#[protected(scopes = "notes:read", via = ["bearer", "api_key"])]
#[rate_limit("2/minute", by = "user")]
async fn by_user() -> impl Responder {
    "limited"
}

#[get("/admin")]
#[protected(roles = "admin", scopes = "notes:read", via = "api_key")]
async fn admin() -> impl Responder {
    "admin"
}

async fn app(subjects: &[&str]) -> (secure_runtime::test::TestApp, TestClock) {
    let clock = TestClock::default();
    let owners = Owners::with_ada();
    for subject in subjects {
        owners.set(subject, asking(subject));
    }
    let store = SharedStore::new(&clock);
    let settings = |settings: Complete| {
        let settings = settings.clock(clock.clone()).store(store);
        settings.resource_owners(owners)
    };
    let list = |routes: &mut Routes| {
        routes.service(limited).service(by_user);
    };
    let app = secure_runtime::test::TestApp::with(settings, list, |_| {}).await;
    (app, clock)
}

#[actix_web::test]
async fn each_key_has_a_counter_of_its_own() {
    let (app, clock) = app(&[]).await;
    let api_keys = app.security().api_keys();
    let ada = asking("ada");
    let first = api_keys.create(&ada, new_key(&["notes:read"])).await;
    let first = first.expect("a key");
    let second = api_keys.create(&ada, new_key(&["notes:read"])).await;
    let second = second.expect("a key");
    let call = async |text: &str| app.get("/limited").header("x-api-key", text).send().await;
    for expected in [200, 200, 429] {
        assert_eq!(call(first.key.expose()).await.status(), expected);
    }
    for expected in [200, 200, 429] {
        assert_eq!(call(second.key.expose()).await.status(), expected);
    }
    // Made anew it is the same key.
    let id = &first.info.id;
    let anew = api_keys.rotate("ada", id, Duration::ZERO).await;
    let anew = anew.expect("an answer").expect("a key");
    let refused = call(anew.key.expose()).await;
    assert_eq!(refused.status(), 429);
    assert_eq!(
        all(&refused, "ratelimit-policy"),
        ["\"api-key/60s\";q=2;w=60"]
    );
    // Who comes without a key is counted by itself.
    for expected in [200, 200, 429] {
        let answer = app.get("/limited").with_grant(&ada).send().await;
        assert_eq!(answer.status(), expected);
    }
    clock.advance(Duration::from_secs(60));
    assert_eq!(call(anew.key.expose()).await.status(), 200);
}

/// A subject that reads like the id of a key is another caller than the key.
#[actix_web::test]
async fn a_key_and_a_caller_of_its_name_do_not_share() {
    let (app, _) = app(&[]).await;
    let key = app
        .security()
        .api_keys()
        .create(&asking("ada"), new_key(&["notes:read"]))
        .await;
    let key = key.expect("a key");
    let namesake = Grant::new(&key.info.id).with_scopes(["notes:read"]);
    for _ in 0..2 {
        let answer = app.get("/limited").with_grant(&namesake).send().await;
        assert_eq!(answer.status(), 200);
    }
    let answer = app.get("/limited").header("x-api-key", key.key.expose());
    assert_eq!(answer.send().await.status(), 200);
}

#[actix_web::test]
async fn by_user_all_keys_of_an_owner_share() {
    let (app, _) = app(&["eve"]).await;
    let api_keys = app.security().api_keys();
    let mut texts = Vec::new();
    for subject in ["ada", "ada", "eve"] {
        let made = api_keys
            .create(&asking(subject), new_key(&["notes:read"]))
            .await;
        texts.push(made.expect("a key").key.expose().clone());
    }
    let mut statuses = Vec::new();
    for text in [&texts[0], &texts[1], &texts[0], &texts[2]] {
        let answer = app.get("/by-user").header("x-api-key", text).send().await;
        statuses.push(answer.status());
    }
    assert_eq!(statuses, [200, 200, 429, 200]);
}

#[test]
fn routes_that_take_keys_need_to_know_what_owners_may() {
    let security = settings(&TestClock::default()).build().expect("settings");
    let refused = security.routes(|routes| {
        routes.service(limited);
        routes.scope("/v1", |routes| {
            routes.service(admin);
        });
    });
    let findings = refused.expect_err("nobody says").to_string();
    for handler in ["limited", "admin"] {
        let finding = format!(
            "`{handler}` takes API keys, and nobody says what their owners may do; say `.accounts(…)` \
             or `.resource_owners(…)` to the builder of `Security`"
        );
        assert!(findings.contains(&finding), "{findings}");
    }
    let security = settings(&TestClock::default()).resource_owners(Owners::with_ada());
    let taken = security.build().expect("settings").routes(|routes| {
        routes.service(limited).service(admin);
    });
    assert!(taken.is_ok(), "{taken:?}");
}

#[test]
fn a_prefix_that_is_none_is_refused_at_the_start() {
    for prefix in ["", "Acct", "my_key", "abcdefghijklmnopq"] {
        let security = settings(&TestClock::default())
            .api_key_prefix(prefix)
            .build();
        let refused = security.expect_err(prefix).to_string();
        assert!(
            refused.contains("the prefix of API keys is 1 to 16 of a-z and 0-9"),
            "{refused}"
        );
    }
}

#[test]
fn the_matrix_says_where_keys_are_taken() {
    let security = settings(&TestClock::default()).resource_owners(Owners::with_ada());
    let security = security.build().expect("settings");
    let routes = security.routes(|routes| {
        list_key_routes(routes);
        routes.service(limited).service(admin);
    });
    routes.expect("routes");
    let report = security.report();
    let json: Value = serde_json::from_str(&report.json()).expect("JSON");
    let row = |path: &str| {
        let rows = json["routes"].as_array().expect("a list");
        rows.iter()
            .find(|row| row["path"] == path)
            .expect("a row")
            .clone()
    };
    assert_eq!(
        row("/read")["via"],
        serde_json::json!(["bearer", "api_key"])
    );
    assert_eq!(row("/write")["via"], serde_json::json!(["api_key"]));
    assert_eq!(row("/me")["via"], serde_json::json!(["bearer"]));
    assert_eq!(row("/open")["via"], serde_json::json!([]));
    let limits = &row("/limited")["limits"];
    assert_eq!(*limits, serde_json::json!(["2/minute by api key"]));
    let markdown = report.markdown();
    for line in [
        "| GET | /read | scope notes:read; via bearer or api key |",
        "| POST | /write | scope notes:write; via api key |",
        "| GET | /admin | role admin; scope notes:read; via api key |",
        "| GET | /whole | scope notes:read |",
        "| GET | /me | signed in |",
    ] {
        assert!(markdown.contains(line), "{line} in\n{markdown}");
    }
    assert!(
        report
            .to_string()
            .contains("scope notes:read; via bearer or api key")
    );
}

#[actix_web::test]
async fn a_refused_key_is_charged_to_nobody() {
    let keys = Keys::new().await;
    let key = keys.key(&["notes:read"]).await;
    let (app, _) = app(&[]).await;
    for _ in 0..5 {
        // A key of another app.
        let answer = app.get("/limited").header("x-api-key", key.key.expose());
        assert_eq!(answer.send().await.status(), 401);
    }
}
