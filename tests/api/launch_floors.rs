//! What cannot stand on a floor is found at launch (C9).

use actix_web::{HttpResponse, Responder, web};
use secure_runtime::{LaunchError, floor, prelude::*, session::SessionSettings, test::TestClock};

use crate::support::{Complete, Owners, Role, Scope, settings};

#[protected]
async fn plain() -> impl Responder {
    "plain"
}

#[public]
async fn open() -> impl Responder {
    "open"
}

#[get("/admin/open")]
#[public]
async fn open_at_its_path() -> impl Responder {
    "open"
}

#[protected(scopes = "notes:read", via = ["bearer", "api_key"])]
async fn by_key() -> impl Responder {
    "by key"
}

#[protected(roles = "admin", scopes = "notes:read")]
async fn for_admins() -> impl Responder {
    "for admins"
}

fn findings(list: fn(&mut Routes)) -> Vec<String> {
    findings_with(|settings| settings, list)
}

fn findings_with(change: fn(Complete) -> Complete, list: fn(&mut Routes)) -> Vec<String> {
    let settings = settings(&TestClock::default()).resource_owners(Owners::default());
    let launch = change(settings).build().expect("settings").routes(list);
    launch.map_or_else(
        |error: LaunchError| error.findings().to_vec(),
        |_| Vec::new(),
    )
}

fn assert_one(list: fn(&mut Routes), texts: &[&str]) {
    let found = findings(list);
    let [finding] = found.as_slice() else {
        panic!("one finding, not {found:#?}");
    };
    for text in texts {
        assert!(finding.contains(text), "no `{text}` in: {finding}");
    }
}

#[test]
fn a_public_route_does_not_stand_on_a_floor() {
    let texts = ["is public", "cannot stand on the floor of `/admin`"];
    assert_one(
        |r| {
            r.scope("/admin", |r| {
                r.floor(floor!(roles = "admin")).get("/a", open);
            });
        },
        &[texts[0], texts[1], "GET /admin/a (`open`)"],
    );
    assert_one(
        |r| {
            r.scope("/admin", |r| {
                r.get("/a", plain).floor(floor!());
                r.scope("/deep", |r| {
                    r.get("/a", open);
                });
            });
        },
        &[texts[0], texts[1], "GET /admin/deep/a (`open`)"],
    );
    // Mounted beside the scope, where it would slip past it.
    assert_one(
        |r| {
            r.service(open_at_its_path);
            r.scope("/admin", |r| {
                r.floor(floor!(roles = "admin"));
            });
        },
        &[texts[0], texts[1], "GET /admin/open (`open_at_its_path`)"],
    );
    assert_one(
        |r| {
            r.floor(floor!()).get("/a", open);
        },
        &[texts[0], "cannot stand on the floor of the root", "GET /a"],
    );
}

#[test]
fn a_route_takes_no_credential_that_the_floor_does_not() {
    assert_one(
        |r| {
            r.scope("/admin", |r| {
                r.floor(floor!(via = "bearer")).get("/a", by_key);
            });
        },
        &[
            "`by_key` at /admin/a takes `api_key`",
            "a floor under it takes bearer alone",
        ],
    );
    assert_one(
        |r| {
            r.scope("/admin", |r| {
                r.floor(floor!(via = "api_key")).get("/a", plain);
            });
        },
        &["`plain` at /admin/a takes `bearer`", "api_key alone"],
    );
    let fits: fn(&mut Routes) = |r| {
        r.scope("/admin", |r| {
            r.floor(floor!(via = ["bearer", "api_key"]));
            r.get("/a", by_key).get("/b", plain);
        });
    };
    assert_eq!(findings(fits), [""; 0]);
}

/// A route that does not say it takes sessions too, where the app has them.
#[test]
fn a_floor_for_tokens_alone_is_for_routes_that_say_so() {
    let list: fn(&mut Routes) = |r| {
        r.scope("/admin", |r| {
            r.floor(floor!(via = "bearer")).get("/a", plain);
        });
    };
    assert_eq!(findings(list), [""; 0], "an app without sessions");
    let found = findings_with(|settings| settings.sessions(SessionSettings::new()), list);
    let [finding] = found.as_slice() else {
        panic!("one finding, not {found:#?}");
    };
    assert!(
        finding.contains("`plain` at /admin/a takes `session`"),
        "{finding}"
    );
    let pages: fn(&mut Routes) = |r| {
        r.scope("/admin", |r| {
            r.floor(floor!(via = ["session", "bearer"]))
                .get("/a", plain);
        });
    };
    let found = findings_with(|settings| settings.sessions(SessionSettings::new()), pages);
    assert_eq!(found, [""; 0]);
}

#[test]
fn every_misfit_is_named() {
    let list: fn(&mut Routes) = |r| {
        r.scope("/admin", |r| {
            r.floor(floor!(via = "bearer"));
            r.get("/a", open).get("/b", open).post("/c", plain);
        });
    };
    let found = findings(list);
    assert_eq!(found.len(), 2, "{found:#?}");
}

#[test]
fn the_owner_of_a_floor_is_a_parameter_of_every_path() {
    assert_one(
        |r| {
            r.scope("/users/{id}", |r| {
                r.floor(floor!(owner = "user_id")).get("/a", plain);
            });
        },
        &["the floor of GET /users/{id}/a (`plain`)", "no `{user_id}`"],
    );
}

#[test]
fn the_words_of_a_floor_are_those_of_the_routes() {
    mod theirs {
        use secure_runtime::prelude::*;

        #[derive(Role)]
        pub(super) enum Role {
            Admin,
        }

        #[derive(Scope)]
        pub(super) enum Scope {
            Everything,
        }
    }
    let list: fn(&mut Routes) = |r| {
        r.scope("/admin", |r| {
            r.floor(floor!(
                roles = "admin",
                role_type = theirs::Role,
                scopes = "everything",
                scope_type = theirs::Scope,
            ));
            r.get("/a", for_admins);
        });
    };
    let found = findings(list);
    assert_eq!(found.len(), 2, "{found:#?}");
    for (finding, noun) in found.iter().zip(["role", "scope"]) {
        let says = format!("the floor of `/admin` takes its {noun}s from another enum");
        assert!(finding.contains(&says), "{finding}");
    }
}

#[test]
fn an_unchecked_service_says_that_it_keeps_to_no_floor() {
    assert_one(
        |r| {
            r.scope("/admin", |r| {
                let files = web::resource("/files").to(HttpResponse::Ok);
                r.floor(floor!(roles = "admin"))
                    .service(unchecked("because they are drawings", files));
            });
        },
        &[
            "because they are drawings",
            "the floor of `/admin`",
            ".without_floor()",
        ],
    );
    assert_one(
        |r| {
            let scope = web::scope("/admin/files");
            r.service(unchecked("because they are drawings", scope).below("/admin/files"));
            r.scope("/admin", |r| {
                r.floor(floor!(roles = "admin"));
            });
        },
        &["because they are drawings", "the floor of `/admin`"],
    );
    assert_one(
        |r| {
            let files = web::resource("/files").to(HttpResponse::Ok);
            r.service(unchecked("because they are drawings", files).without_floor());
        },
        &["says `.without_floor()`, and stands on none"],
    );
    let said: fn(&mut Routes) = |r| {
        r.scope("/admin", |r| {
            let files = web::resource("/files").to(HttpResponse::Ok);
            let files = unchecked("because they are drawings", files).without_floor();
            r.floor(floor!(roles = "admin")).service(files);
        });
    };
    let security = settings(&TestClock::default()).build().expect("settings");
    security.routes(said).expect("routes");
    let report = security.report();
    assert!(report.unchecked()[0].without_floor);
    let cell = "unchecked, without the floor: because they are drawings";
    assert!(report.markdown().contains(cell), "{}", report.markdown());
}

#[test]
fn an_assertion_sees_the_policy_with_its_floor() {
    let list: fn(&mut Routes) = |r| {
        r.scope("/users/{user_id}", |r| {
            r.floor(floor!(roles = "admin", scopes = "notes:read"));
            r.scope("/deep", |r| {
                r.floor(floor!(owner = "user_id")).get("/a", plain);
            });
        });
        r.get("/b", plain);
        r.assert("below a user the floors count", |_, path, policy| {
            let all = policy.needs_role("admin")
                && policy.needs_role("user")
                && policy.needs_scope("notes:read")
                && policy.needs_owner();
            all == path.starts_with("/users") && policy.floors().count() == if all { 2 } else { 0 }
        });
        r.assert("and demand no more than they say", |_, _, policy| {
            !policy.needs_role("auditor") && !policy.needs_scope("notes:write")
        });
    };
    assert_eq!(findings(list), [""; 0]);
}

#[test]
fn a_floor_lies_nine_deep_under_no_route() {
    fn deeper(routes: &mut Routes, left: usize) {
        routes.floor(floor!()).get(&format!("/a{left}"), plain);
        if left > 1 {
            routes.scope("/s", |routes| deeper(routes, left - 1));
        }
    }
    assert_eq!(findings(|r| deeper(r, 8)), [""; 0]);
    assert_one(|r| deeper(r, 9), &["`plain` stands on more than 8 floors"]);
}

#[protected]
async fn of_tenant(#[unvalidated = "because it is only echoed"] id: web::Path<String>) -> String {
    id.into_inner()
}

#[test]
fn what_a_parameter_is_called_is_no_way_around_a_floor() {
    // `/tenants/acme/notes` is answered by the first of them.
    for path in [
        "/tenants/{id}/notes",
        "/tenants/{id:[a-z]+}/notes",
        "/tenants/{id}*",
    ] {
        let found = findings_at(path);
        let [finding] = found.as_slice() else {
            panic!("one finding, not {found:#?}");
        };
        assert!(finding.contains("the path has no `{tenant}`"), "{finding}");
    }
    assert_eq!(findings_at("/tenants/acme"), [""; 0]);
    assert_eq!(findings_at("/{id}/notes"), [""; 0]);
}

/// What is found where a route stands before a scope with an owner.
fn findings_at(path: &'static str) -> Vec<String> {
    let settings = settings(&TestClock::default()).resource_owners(Owners::default());
    let launch = settings.build().expect("settings").routes(move |routes| {
        routes.get(path, of_tenant);
        routes.scope("/tenants/{tenant}", |tenant| {
            tenant.floor(floor!(owner = "tenant")).get("/plain", plain);
        });
    });
    launch.map_or_else(
        |error: LaunchError| error.findings().to_vec(),
        |_| Vec::new(),
    )
}
