//! Who may: roles, scopes, ownership (C2, C3, C4).

use actix_web::{Responder, web::Path};
use secure_runtime::{prelude::*, test::TestApp, token::Grant};

use crate::support::{Role, Scope, all, problem, seen};

#[get("/editors")]
#[protected(roles = "editor")]
async fn editors() -> impl Responder {
    "editors"
}

#[get("/either")]
#[protected(roles = ["auditor", "admin"])]
async fn either() -> impl Responder {
    "either"
}

#[get("/scopes")]
#[protected(scopes = ["notes:read", "notes:write"])]
async fn both_scopes() -> impl Responder {
    "scopes"
}

#[get("/both")]
#[protected(roles = "user", scopes = "notes:read")]
async fn both() -> impl Responder {
    "both"
}

#[get("/users/{user_id}")]
#[protected(owner = "user_id")]
async fn owned(#[unvalidated = "because it is only echoed"] id: Path<String>) -> impl Responder {
    id.into_inner()
}

#[get("/accounts/{user_id}/{note}")]
#[protected(owner = "user_id", or_roles = ["admin", "auditor"])]
async fn owned_or(
    #[unvalidated = "because it is only echoed"] ids: Path<(String, String)>,
) -> impl Responder {
    ids.0.clone()
}

#[get("/reports/{user_id}")]
#[protected(roles = "user", owner = "user_id", or_roles = "admin")]
async fn owned_and_role() -> impl Responder {
    "report"
}

#[protected(owner = "user_id")]
async fn plain() -> impl Responder {
    "plain"
}

async fn app() -> TestApp {
    TestApp::new(|routes| {
        routes.service(editors).service(either).service(both_scopes);
        routes
            .service(both)
            .service(owned_or)
            .service(owned_and_role);
        routes.service(owned);
        routes.scope("/in/{user_id}", |routes| {
            routes.get("/notes", plain);
        });
    })
    .await
}

#[actix_web::test]
async fn a_role_lets_in_whoever_holds_it_or_one_that_implies_it() {
    let app = app().await;
    let cases: [(&str, &[&str], u16); 13] = [
        ("/editors", &[], 403),
        ("/editors", &["user"], 403),
        ("/editors", &["auditor"], 403),
        ("/editors", &["editor"], 200),
        ("/editors", &["admin"], 200),
        ("/editors", &["user", "editor"], 200),
        (
            "/editors",
            &["EDITOR", "Editor", "editor ", "editors", ""],
            403,
        ),
        ("/editors", &["editor,admin"], 403),
        ("/either", &["auditor"], 200),
        ("/either", &["admin"], 200),
        ("/either", &["editor", "user"], 403),
        // admin implies editor implies user
        ("/both", &["admin"], 200),
        ("/both", &["auditor"], 403),
    ];
    for (path, roles, status) in cases {
        let grant = Grant::new("ada").with_roles(roles.iter().copied());
        let grant = grant.with_scopes(["notes:read"]);
        let response = app.get(path).with_grant(&grant).send().await;
        assert_eq!(response.status(), status, "{path} with {roles:?}");
        if status == 403 {
            assert_eq!(
                seen(&response).1,
                problem(403, "Forbidden"),
                "{path} {roles:?}"
            );
            assert_eq!(
                all(&response, "www-authenticate"),
                [""; 0],
                "{path} {roles:?}"
            );
            assert_eq!(
                all(&response, "cache-control"),
                ["no-store"],
                "{path} {roles:?}"
            );
        }
    }
}

#[actix_web::test]
async fn scopes_are_all_needed_and_the_challenge_names_them() {
    let app = app().await;
    let cases: [(&[&str], u16); 6] = [
        (&[], 403),
        (&["notes:read"], 403),
        (&["notes:write"], 403),
        (&["notes:read", "notes:writes", "NOTES:WRITE"], 403),
        (&["notes:read", "notes:write"], 200),
        (&["openid", "notes:write", "notes:read"], 200),
    ];
    for (scopes, status) in cases {
        // A role gives no scope.
        let grant = Grant::new("ada").with_roles(["admin"]);
        let grant = grant.with_scopes(scopes.iter().copied());
        let response = app.get("/scopes").with_grant(&grant).send().await;
        assert_eq!(response.status(), status, "{scopes:?}");
        if status == 403 {
            let challenge = "Bearer realm=\"api\", error=\"insufficient_scope\", \
                             scope=\"notes:read notes:write\"";
            assert_eq!(
                all(&response, "www-authenticate"),
                [challenge],
                "{scopes:?}"
            );
            assert_eq!(seen(&response).1, problem(403, "Forbidden"), "{scopes:?}");
        }
    }
    // Role and scope are both needed.
    let no_scope = app.get("/both").with_role("ada", "user").send().await;
    assert_eq!(no_scope.status(), 403);
    let no_role = Grant::new("ada").with_scopes(["notes:read"]);
    assert_eq!(
        app.get("/both").with_grant(&no_role).send().await.status(),
        403
    );
}

#[actix_web::test]
async fn an_owner_is_who_the_path_names() {
    let app = app().await;
    let cases = [
        ("/users/ada", "ada", 200),
        ("/users/ada", "eve", 403),
        ("/users/eve", "ada", 403),
        ("/users/Ada", "ada", 403),
        ("/users/ada%20", "ada", 403),
        ("/users/%20ada", "ada", 403),
        // The guard reads the parameter as the handler does: decoded, and once.
        ("/users/%61da", "ada", 200),
        ("/users/%2561da", "ada", 403),
        ("/users/s%C3%B8ren", "søren", 200),
        ("/users/ada?user_id=eve", "eve", 403),
        ("/users/eve?user_id=ada", "ada", 403),
        ("/in/ada/notes", "ada", 200),
        ("/in/ada/notes", "eve", 403),
    ];
    for (path, subject, status) in cases {
        let response = app.get(path).as_user(subject).send().await;
        assert_eq!(response.status(), status, "{subject} at {path}");
        if status == 403 {
            assert_eq!(
                seen(&response).1,
                problem(403, "Forbidden"),
                "{subject} at {path}"
            );
        } else if path.starts_with("/users") {
            assert_eq!(
                response.text(),
                subject,
                "guard and handler see one owner: {path}"
            );
        }
    }
    assert_eq!(app.get("/users/ada").send().await.status(), 401);
    let admin = app
        .get("/users/ada")
        .with_role("root", "admin")
        .send()
        .await;
    assert_eq!(admin.status(), 403, "no role stands in where none is named");
}

#[actix_web::test]
async fn a_role_stands_in_for_the_owner_where_it_is_named() {
    let app = app().await;
    for (path, subject, role, status) in [
        ("/accounts/ada/1", "ada", None, 200),
        ("/accounts/ada/1", "eve", None, 403),
        ("/accounts/ada/1", "eve", Some("user"), 403),
        ("/accounts/ada/1", "eve", Some("editor"), 403),
        ("/accounts/ada/1", "eve", Some("admin"), 200),
        ("/accounts/ada/1", "eve", Some("auditor"), 200),
        // `roles` stands beside ownership.
        ("/reports/ada", "ada", None, 403),
        ("/reports/ada", "ada", Some("user"), 200),
        ("/reports/ada", "eve", Some("user"), 403),
        ("/reports/ada", "eve", Some("admin"), 200),
    ] {
        let grant = Grant::new(subject).with_roles(role);
        let response = app.get(path).with_grant(&grant).send().await;
        assert_eq!(response.status(), status, "{subject} as {role:?} at {path}");
    }
}

/// actix-web's router leaves `%25`, `%2B` and `%2F` encoded; `Path` decodes them for the handler.
#[actix_web::test]
async fn an_owner_with_a_slash_a_plus_or_a_percent_sign_is_who_the_handler_sees() {
    let app = app().await;
    for (path, subject) in [
        ("/users/a%2Fb", "a/b"),
        ("/users/a%2Bb", "a+b"),
        ("/users/%2561da", "%61da"),
    ] {
        let response = app.get(path).as_user(subject).send().await;
        let answer = (response.status(), response.text());
        assert_eq!(answer, (200, subject.to_owned()), "{subject} at {path}");
    }
}

/// Words of another enum, in another order: its bits mean nothing to the routes.
#[derive(Role)]
enum Tier {
    Gold,
    #[role(name = "user", implies = "gold")]
    Member,
}

#[derive(Role)]
enum Other {
    Gold,
}

#[get("/tiers")]
#[protected]
async fn tiers(user: CurrentUser) -> impl Responder {
    format!(
        "{} {} {}",
        user.has_role(&Tier::Gold),
        user.has_role(&Tier::Member),
        user.has_role(&Other::Gold),
    )
}

#[actix_web::test]
async fn a_role_of_another_enum_is_judged_by_its_own_words() {
    let app = TestApp::new(|routes| {
        routes.service(tiers);
    })
    .await;
    for (role, held) in [
        ("user", "true true false"),
        ("gold", "true false true"),
        ("admin", "false false false"),
    ] {
        let response = app.get("/tiers").with_role("ada", role).send().await;
        assert_eq!(response.text(), held, "{role}");
    }
}
