//! Deny by default, net (c): what keeps the app from starting, with the route and what mends it.

use actix_web::{HttpResponse, Responder, web};
use secure_runtime::{LaunchError, prelude::*, test::TestClock};

use crate::support::{Role, settings};

#[get("/mine")]
#[protected]
async fn mine() -> impl Responder {
    "mine"
}

#[get("/mine")]
#[protected(roles = "admin")]
async fn also_mine() -> impl Responder {
    "mine"
}

#[protected]
async fn plain() -> impl Responder {
    "plain"
}

#[protected(owner = "user_id")]
async fn owned() -> impl Responder {
    "owned"
}

#[public]
async fn open() -> impl Responder {
    "open"
}

#[public]
#[rate_limit("5/minute", count = "failures")]
async fn open_for_successes() -> impl Responder {
    "open"
}

#[public]
#[rate_limit("5/minute", header = "x-tenant")]
async fn open_by_header() -> impl Responder {
    "open"
}

#[public]
#[rate_limit("5/minute")]
async fn limited() -> impl Responder {
    "limited"
}

#[public(unlimited = "because it only counts hits")]
async fn unlimited() -> impl Responder {
    "unlimited"
}

#[get("/admin")]
#[protected(roles = "admin")]
async fn admin() -> impl Responder {
    "admin"
}

mod elsewhere {
    use super::*;

    #[derive(Role)]
    pub(super) enum Role {
        Captain,
    }

    #[get("/ship")]
    #[protected(roles = "captain")]
    pub(super) async fn ship() -> impl Responder {
        "ship"
    }
}

type List = fn(&mut Routes);

fn launch(list: impl Fn(&mut Routes) + Send + Sync + 'static) -> Result<(), LaunchError> {
    let security = settings(&TestClock::default()).build().expect("settings");
    security.routes(list).map(|_| ())
}

/// The findings; none where the launch would succeed.
fn findings(list: impl Fn(&mut Routes) + Send + Sync + 'static) -> Vec<String> {
    launch(list).map_or_else(|error| error.findings().to_vec(), |()| Vec::new())
}

/// One finding that holds all of the texts.
fn assert_one(name: &str, found: &[String], texts: &[&str]) {
    let [finding] = found else {
        panic!("{name}: one finding, not {found:#?}");
    };
    for text in texts {
        assert!(finding.contains(text), "{name}: no `{text}` in: {finding}");
    }
}

#[test]
fn each_mistake_names_its_route_and_what_is_missing() {
    let cases: [(&str, List, &[&str]); 15] = [
        (
            "two policies on one route",
            |r| {
                r.service(mine).service(also_mine);
            },
            &[
                "GET /mine (`also_mine`)",
                "two policies",
                "GET /mine (`mine`)",
            ],
        ),
        (
            "the same function twice",
            |r| {
                r.get("/plain", plain).get("/plain", plain);
            },
            &["GET /plain (`plain`)", "two policies"],
        ),
        (
            "two names of one parameter",
            |r| {
                r.get("/a/{id}", plain).get("/a/{key}", plain);
            },
            &[
                "GET /a/{key} (`plain`)",
                "two policies",
                "GET /a/{id} (`plain`)",
            ],
        ),
        (
            "two policies, one of them in a scope",
            |r| {
                r.get("/a/b", plain);
                r.scope("/a", |r| {
                    r.get("/b", owned_no);
                });
            },
            &[
                "GET /a/b (`owned_no`)",
                "two policies",
                "GET /a/b (`plain`)",
            ],
        ),
        (
            "owner without its parameter",
            |r| {
                r.get("/users/{id}", owned);
            },
            &["GET /users/{id} (`owned`)", "`user_id`", "no `{user_id}`"],
        ),
        (
            "a public POST without a limit",
            |r| {
                r.post("/open", open);
            },
            &[
                "POST /open (`open`)",
                "not limited",
                "#[rate_limit(",
                "unlimited = ",
            ],
        ),
        (
            "a public PUT that only limits failures",
            |r| {
                r.put("/open", open_for_successes);
            },
            &["PUT /open (`open_for_successes`)", "not limited"],
        ),
        (
            "a public DELETE with a limit that a caller chooses the key of",
            |r| {
                r.delete("/open", open_by_header);
            },
            &["DELETE /open (`open_by_header`)", "not limited"],
        ),
        (
            "`unlimited` where nothing changes",
            |r| {
                r.get("/hits", unlimited);
            },
            &["GET /hits (`unlimited`)", "remove it"],
        ),
        (
            "another vocabulary",
            |r| {
                r.service(admin).service(elsewhere::ship);
            },
            &["`ship`", "captain", "admin, editor, user, auditor"],
        ),
        (
            "an open brace",
            |r| {
                r.get("/a/{id", plain);
            },
            &["`plain`", "/a/{id"],
        ),
        (
            "a parameter twice",
            |r| {
                r.get("/a/{id}/{id}", plain);
            },
            &["GET /a/{id}/{id} (`plain`)", "id"],
        ),
        (
            "a regular expression that does not compile",
            |r| {
                r.get(r"/a/{id:[z-a]}", plain);
            },
            &["(`plain`)", "regular expression"],
        ),
        (
            "a route behind a scope",
            |r| {
                r.scope("/api", |r| {
                    r.get("/a", plain);
                });
                r.service(mine).get("/api/b", plain);
            },
            &["GET /api/b (`plain`)", "never reached", "`/api`"],
        ),
        (
            "a blank reason",
            |r| {
                r.service(unchecked(" \t", web::resource("/x").to(HttpResponse::Ok)));
            },
            &["unchecked", "reason"],
        ),
    ];
    for (name, list, texts) in cases {
        assert_one(name, &findings(list), texts);
    }
}

#[protected]
async fn owned_no() -> impl Responder {
    "another"
}

#[test]
fn what_is_right_starts() {
    let list: List = |r| {
        r.service(mine).service(admin);
        r.post("/open", limited)
            .post("/hits", unlimited)
            .get("/open", open);
        r.get("/a/{id}", plain)
            .get("/a/me", plain)
            .post("/a/{id}", owned_no);
        r.get("/mine/x", plain);
        r.get("/apiary", plain);
        r.scope("/api", |r| {
            r.get("/a", plain).get("", plain);
        });
        r.scope("/users/{user_id}", |r| {
            r.get("/notes", owned);
        });
        r.get("/apiaries", plain);
        r.assert("whoever is at /mine is signed in", |_, path, policy| {
            !path.starts_with("/mine") || policy.is_protected()
        });
    };
    assert_eq!(findings(list), [""; 0]);
}

#[test]
fn an_assertion_that_does_not_hold_names_its_claim_and_every_route() {
    let list: List = |r| {
        r.assert("all are for admins", |method, path, policy| {
            assert!(method == "GET" && path.starts_with('/'));
            policy.needs_role("admin")
        });
        r.service(mine).service(admin).get("/open", open);
    };
    let found = findings(list);
    assert_eq!(found.len(), 2, "{found:#?}");
    for (finding, route) in found
        .iter()
        .zip(["GET /mine (`mine`)", "GET /open (`open`)"])
    {
        assert!(finding.contains(route), "{finding}");
        assert!(finding.contains("\"all are for admins\""), "{finding}");
    }
}

#[test]
fn all_findings_come_at_once_and_main_prints_them() {
    let list: List = |r| {
        r.service(mine).service(also_mine).post("/open", open);
        r.get("/users/{id}", owned).scope("/api/", |_| {});
        r.service(unchecked("", web::resource("/x").to(HttpResponse::Ok)));
        r.assert("never", |_, path, _| path != "/open");
    };
    let error = launch(list).expect_err("findings");
    assert_eq!(error.findings().len(), 6, "{error}");
    // `main` prints what it returns with `Debug`.
    let printed = format!("{:?}", Box::<dyn std::error::Error>::from(error.clone()));
    assert!(
        printed.starts_with("6 things keep the app from starting:\n"),
        "{printed}"
    );
    for finding in error.findings() {
        assert!(
            printed.contains(&format!("\n  - {finding}")),
            "{finding}\n{printed}"
        );
    }
}

#[test]
fn a_second_list_of_routes_is_an_error() {
    let security = settings(&TestClock::default()).build().expect("settings");
    assert!(
        security
            .routes(|r| {
                r.service(mine);
            })
            .is_ok()
    );
    let error = security.clone().routes(|r| {
        r.service(admin);
    });
    let found = error.expect_err("the second").findings().to_vec();
    assert_one("twice", &found, &["`security.routes(…)`", "twice"]);
    assert_eq!(security.report().routes().len(), 1, "the first one stays");
}

#[test]
fn unlisted_routes_without_a_reason_are_refused() {
    let settings = settings(&TestClock::default()).unlisted_routes(" ");
    let error = settings.build().expect_err("a blank reason");
    assert_one("blank", error.findings(), &["unlisted_routes", "reason"]);
}

#[routes]
#[get("/hits")]
#[post("/hits")]
#[public(unlimited = "because it only counts hits")]
async fn read_and_write() -> impl Responder {
    "hits"
}

/// The attributes demand the reason, for one of the methods changes state; the launch must not
/// refuse it for the others.
#[test]
fn unlimited_stands_where_one_of_the_methods_changes_state() {
    let list: List = |r| {
        r.service(read_and_write);
    };
    assert_eq!(findings(list), [""; 0]);
}
