//! What a scope demands of every route in it, beside what the route itself does (C9).

use actix_web::{Responder, web::Path};
use secure_runtime::{floor, policy::Via, prelude::*, test::TestApp, token::Grant};

use crate::support::{Complete, Owners, Role, Scope, all, asking, new_key, problem, seen};

#[protected]
async fn plain() -> impl Responder {
    "plain"
}

#[get("/audit")]
#[protected(roles = "auditor")]
async fn audit() -> impl Responder {
    "audit"
}

#[get("/write")]
#[protected(scopes = "notes:write")]
async fn write() -> impl Responder {
    "write"
}

#[get("/of/{user_id}")]
#[protected(owner = "user_id")]
async fn owned(#[unvalidated = "because it is only echoed"] id: Path<String>) -> impl Responder {
    id.into_inner()
}

#[protected]
async fn deep() -> impl Responder {
    "deep"
}

#[protected]
async fn below_a_user() -> impl Responder {
    "below a user"
}

#[get("/admin/outside")]
#[protected]
async fn outside() -> impl Responder {
    "outside"
}

#[get("/administrators")]
#[protected]
async fn beside() -> impl Responder {
    "beside"
}

fn list(routes: &mut Routes) {
    routes.service(outside).service(beside);
    routes.scope("/admin", |admin| {
        admin.get("/plain", plain).service(audit);
        // Those that are listed before it stand on it too.
        admin.floor(floor!(roles = ["admin", "auditor"], scopes = "notes:read"));
        admin.service(write).service(owned);
        admin.scope("/deep", |deep_scope| {
            deep_scope
                .floor(floor!(roles = "editor"))
                .get("/plain", deep);
        });
    });
    routes.scope("/users/{user_id}", |user| {
        user.floor(floor!(owner = "user_id", or_roles = "admin"))
            .get("/notes", below_a_user);
    });
    routes.get("/plain", plain);
}

async fn status(app: &TestApp, path: &str, roles: &[&str], scopes: &[&str]) -> u16 {
    let grant = Grant::new("ada").with_roles(roles.iter().copied());
    let grant = grant.with_scopes(scopes.iter().copied());
    app.get(path).with_grant(&grant).send().await.status()
}

#[actix_web::test]
async fn a_caller_meets_the_floor_and_what_the_route_demands() {
    let app = TestApp::new(list).await;
    let cases: [(&str, &[&str], &[&str], u16); 22] = [
        ("/admin/plain", &[], &[], 403),
        ("/admin/plain", &["user"], &["notes:read"], 403),
        ("/admin/plain", &["admin"], &[], 403),
        ("/admin/plain", &["admin"], &["notes:write"], 403),
        ("/admin/plain", &["admin"], &["notes:read"], 200),
        ("/admin/plain", &["auditor"], &["notes:read"], 200),
        // The route demands another role as well.
        ("/admin/audit", &["admin"], &["notes:read"], 403),
        ("/admin/audit", &["auditor"], &["notes:read"], 200),
        // And here another scope.
        ("/admin/write", &["admin"], &["notes:read"], 403),
        ("/admin/write", &["admin"], &["notes:write"], 403),
        ("/admin/write", &[], &["notes:read", "notes:write"], 403),
        (
            "/admin/write",
            &["admin"],
            &["notes:read", "notes:write"],
            200,
        ),
        // Whoever owns it is no admin for that.
        ("/admin/of/ada", &[], &["notes:read"], 403),
        ("/admin/of/bob", &["admin"], &["notes:read"], 403),
        ("/admin/of/ada", &["admin"], &["notes:read"], 200),
        // Floors add up: an auditor is no editor, an admin is one.
        ("/admin/deep/plain", &["auditor"], &["notes:read"], 403),
        ("/admin/deep/plain", &["editor"], &["notes:read"], 403),
        ("/admin/deep/plain", &["admin"], &["notes:read"], 200),
        ("/admin/deep/plain", &["admin"], &[], 403),
        // Mounted outside of the scope, below its prefix; and only nearly below it.
        ("/admin/outside", &[], &["notes:read"], 403),
        ("/admin/outside", &["admin"], &["notes:read"], 200),
        ("/administrators", &[], &[], 200),
    ];
    for (path, roles, scopes, expected) in cases {
        let found = status(&app, path, roles, scopes).await;
        assert_eq!(found, expected, "{path} with {roles:?} and {scopes:?}");
    }
}

#[actix_web::test]
async fn a_handler_stands_on_the_floor_only_where_it_is_mounted_on_one() {
    let app = TestApp::new(list).await;
    assert_eq!(status(&app, "/plain", &[], &[]).await, 200);
    assert_eq!(status(&app, "/admin/plain", &[], &[]).await, 403);
}

#[actix_web::test]
async fn who_is_not_signed_in_is_asked_to() {
    let app = TestApp::new(list).await;
    for path in ["/admin/plain", "/admin/deep/plain", "/users/ada/notes"] {
        let response = app.get(path).send().await;
        assert_eq!(
            seen(&response),
            (401, problem(401, "Unauthorized")),
            "{path}"
        );
    }
}

#[actix_web::test]
async fn the_refusal_is_that_of_a_route_and_names_the_missing_scope() {
    let app = TestApp::new(list).await;
    let grant = Grant::new("ada").with_roles(["admin"]);
    let response = app.get("/admin/plain").with_grant(&grant).send().await;
    assert_eq!(seen(&response), (403, problem(403, "Forbidden")));
    let challenge = all(&response, "www-authenticate").concat();
    assert!(challenge.contains("insufficient_scope"), "{challenge}");
    assert!(challenge.contains("scope=\"notes:read\""), "{challenge}");
    let grant = Grant::new("ada").with_scopes(["notes:read"]);
    let response = app.get("/admin/plain").with_grant(&grant).send().await;
    assert_eq!(seen(&response), (403, problem(403, "Forbidden")));
    assert_eq!(all(&response, "www-authenticate"), [""; 0]);
}

#[actix_web::test]
async fn the_owner_of_a_floor_is_the_parameter_of_the_scope() {
    let app = TestApp::new(list).await;
    for (path, roles, expected) in [
        ("/users/ada/notes", &[][..], 200),
        ("/users/%61da/notes", &[], 200),
        ("/users/bob/notes", &[], 403),
        ("/users/bob/notes", &["editor"], 403),
        ("/users/bob/notes", &["admin"], 200),
    ] {
        let found = status(&app, path, roles, &[]).await;
        assert_eq!(found, expected, "{path} with {roles:?}");
    }
}

#[actix_web::test]
async fn the_matrix_marks_what_the_floor_demands() {
    let app = TestApp::new(list).await;
    let report = app.security().report();
    let table = report.to_string();
    let who = |path: &str| {
        let line = table
            .lines()
            .find(|line| line.contains(&format!(" {path} ")));
        let cells = line.expect("a line").split("  ").map(str::trim);
        let mut cells = cells.filter(|cell| !cell.is_empty());
        cells.nth(2).expect("who").to_owned()
    };
    let floor = "role admin or auditor (floor); scope notes:read (floor)";
    assert_eq!(who("/admin/plain"), floor);
    assert_eq!(who("/admin/audit"), format!("{floor}; role auditor"));
    assert_eq!(who("/admin/write"), format!("{floor}; scope notes:write"));
    assert_eq!(
        who("/admin/of/{user_id}"),
        format!("{floor}; owner user_id")
    );
    let deep = who("/admin/deep/plain");
    assert_eq!(deep, format!("{floor}; role editor (floor)"));
    let user = who("/users/{user_id}/notes");
    assert_eq!(user, "owner user_id or role admin (floor)");
    assert_eq!(who("/plain"), "signed in");

    let json: serde_json::Value = serde_json::from_str(&report.json()).expect("JSON");
    let rows = json["routes"].as_array().expect("rows");
    let row = |path: &str| rows.iter().find(|row| row["path"] == path).expect("a row");
    assert_eq!(
        row("/admin/write")["scopes"],
        serde_json::json!(["notes:write"])
    );
    assert_eq!(
        row("/admin/write")["floors"],
        serde_json::json!([{
            "roles": ["admin", "auditor"], "scopes": ["notes:read"], "owner": null, "or_roles": [],
        }])
    );
    assert_eq!(row("/plain").get("floors"), None);
}

#[protected(scopes = "notes:read", via = "api_key")]
async fn by_key() -> impl Responder {
    "by key"
}

/// A narrowed credential may do what scopes say: those of the floor, or those of the route.
#[actix_web::test]
async fn the_scopes_of_a_key_are_those_of_floor_and_route() {
    let list = |routes: &mut Routes| {
        routes.scope("/roles", |scope| {
            scope.floor(floor!(roles = "user")).get("/key", by_key);
        });
        routes.scope("/scopes", |scope| {
            let floor = floor!(scopes = "notes:write", via = ["bearer", "api_key"]);
            scope.floor(floor).get("/key", by_key);
        });
    };
    let settings = |settings: Complete| settings.resource_owners(Owners::with_ada());
    let app = TestApp::with(settings, list, |_| {}).await;
    for (path, scopes, expected) in [
        ("/roles/key", &["notes:read"][..], 200),
        ("/scopes/key", &["notes:read"], 403),
        ("/scopes/key", &["notes:read", "notes:write"], 200),
    ] {
        let keys = app.security().api_keys();
        let issued = keys.create(&asking("ada"), new_key(scopes)).await;
        let key = issued.expect("a key").key;
        let response = app.get(path).header("x-api-key", key.expose()).send().await;
        assert_eq!(response.status(), expected, "{path} with {scopes:?}");
    }
}

/// A token narrower than its owner goes where scopes are named, by the route or by the floor.
#[actix_web::test]
async fn a_narrowed_token_goes_where_the_floor_names_scopes() {
    let app = TestApp::new(list).await;
    let whole = Grant::new("ada").with_roles(["admin"]);
    let whole = whole.with_scopes(["notes:read", "notes:write"]);
    let reads = whole.clone().narrowed_to(&["notes:read".to_owned()]);
    let writes = whole.narrowed_to(&["notes:write".to_owned()]);
    for (path, grant, expected) in [
        ("/plain", &reads, 403),
        ("/users/ada/notes", &reads, 403),
        ("/admin/plain", &reads, 200),
        ("/admin/plain", &writes, 403),
        ("/admin/write", &reads, 403),
    ] {
        let response = app.get(path).with_grant(grant).send().await;
        assert_eq!(response.status(), expected, "{path}");
    }
}

#[test]
fn a_floor_tells_what_it_demands() {
    let floor = floor!(
        roles = "admin",
        scopes = ["notes:read", "notes:write"],
        owner = "user_id",
        or_roles = "auditor",
        via = "bearer",
    );
    assert_eq!(floor.roles().expect("roles").words(), ["admin"]);
    assert_eq!(
        floor.scopes().expect("scopes").words(),
        ["notes:read", "notes:write"]
    );
    assert_eq!(floor.owner(), Some("user_id"));
    assert_eq!(floor.or_roles().expect("roles").words(), ["auditor"]);
    assert_eq!(floor.via(), Some(&[Via::Bearer][..]));
    let floor = floor!();
    assert!(floor.roles().is_none() && floor.scopes().is_none());
    assert!(floor.owner().is_none() && floor.or_roles().is_none());
    assert_eq!(floor.via(), None);
}
