//! `caller_key`: counters by what the app says of a caller (E3).

use actix_web::Responder;
use secure_runtime::{Allowance, Principal, Routes, prelude::*, test::TestApp};

use crate::support::{Complete, all};

/// Whatever stands before the point in a subject.
fn tenant(caller: &Principal) -> Option<String> {
    let (tenant, _) = caller.subject().split_once('.')?;
    Some(tenant.to_owned())
}

#[get("/tenants")]
#[protected]
#[rate_limit("3/minute", caller_key = tenant)]
async fn tenants() -> impl Responder {
    "tenants"
}

#[get("/stacked")]
#[protected]
#[rate_limit("2/minute", by = "user")]
#[rate_limit("3/minute", caller_key = tenant)]
async fn stacked() -> impl Responder {
    "stacked"
}

fn listing(routes: &mut Routes) {
    routes.service(tenants).service(stacked);
}

async fn status(app: &TestApp, path: &str, who: &str) -> u16 {
    app.get(path).as_user(who).send().await.status()
}

#[actix_web::test]
async fn all_of_a_tenant_share_a_counter_wherever_they_come_from() {
    let app = TestApp::new(listing).await;
    for (who, address, expected) in [
        ("acme.ada", "192.0.2.1", 200),
        ("acme.bob", "192.0.2.2", 200),
        ("acme.ada", "192.0.2.3", 200),
        ("acme.eve", "192.0.2.4", 429),
        ("initech.joe", "192.0.2.4", 200),
    ] {
        let request = app.get("/tenants").as_user(who).from_address(address);
        assert_eq!(request.send().await.status(), expected, "{who}");
    }
    // Those who have none share one.
    for (who, expected) in [("ann", 200), ("tom", 200), ("ann", 200), ("sue", 429)] {
        assert_eq!(status(&app, "/tenants", who).await, expected, "{who}");
    }
    assert_eq!(status(&app, "/tenants", "initech.jim").await, 200);
}

#[actix_web::test]
async fn strangers_use_up_nothing_of_it() {
    let app = TestApp::new(listing).await;
    for _ in 0..20 {
        let nobody = app.get("/tenants").send().await;
        assert_eq!(nobody.status(), 401);
        assert_eq!(all(&nobody, "ratelimit"), [""; 0]);
    }
    let answer = app.get("/tenants").as_user("acme.ada").send().await;
    assert_eq!(answer.status(), 200);
    assert_eq!(all(&answer, "ratelimit-policy"), ["\"key0/60s\";q=3;w=60"]);
    assert_eq!(all(&answer, "ratelimit"), ["\"key0/60s\";r=2;t=60"]);
}

#[actix_web::test]
async fn it_stands_beside_other_limits_by_caller() {
    let app = TestApp::new(listing).await;
    for (who, expected) in [
        ("acme.ada", 200),
        ("acme.ada", 200),
        ("acme.ada", 429),
        // Her third was charged nothing to the others.
        ("acme.bob", 200),
        ("acme.bob", 429),
        ("initech.joe", 200),
    ] {
        assert_eq!(status(&app, "/stacked", who).await, expected, "{who}");
    }
}

#[actix_web::test]
async fn allowances_are_asked_about_it() {
    let settings = |settings: Complete| {
        settings.allowances(|caller, _| match tenant(caller).as_deref() {
            Some("initech") => Allowance::times(2),
            _ => Allowance::standard(),
        })
    };
    let app = TestApp::with(settings, listing, |_| {}).await;
    for (who, most) in [("acme", 3), ("initech", 6)] {
        for number in 0..most {
            assert_eq!(
                status(&app, "/tenants", &format!("{who}.{number}")).await,
                200
            );
        }
        assert_eq!(status(&app, "/tenants", &format!("{who}.last")).await, 429);
    }
}

#[test]
fn the_policy_says_so() {
    use secure_runtime::policy::Policy as _;
    let limits = stacked::POLICY.limits();
    assert_eq!(limits[1].key().describe(), "caller key tenant");
    assert!(limits[1].is_by_caller());
}
