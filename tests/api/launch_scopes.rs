//! Deny by default, net (c), where scopes are concerned: prefixes, reach, assertions.

use actix_web::Responder;
use secure_runtime::{prelude::*, test::TestClock};

use crate::support::settings;

#[protected]
async fn plain() -> impl Responder {
    "plain"
}

#[public]
async fn open() -> impl Responder {
    "open"
}

type List = fn(&mut Routes);

fn findings(list: impl Fn(&mut Routes) + Send + Sync + 'static) -> Vec<String> {
    let security = settings(&TestClock::default()).build().expect("settings");
    let launch = security.routes(list);
    launch.map_or_else(|error| error.findings().to_vec(), |_| Vec::new())
}

fn assert_one(name: &str, found: &[String], texts: &[&str]) {
    let [finding] = found else {
        panic!("{name}: one finding, not {found:#?}");
    };
    for text in texts {
        assert!(finding.contains(text), "{name}: no `{text}` in: {finding}");
    }
}

/// The prefixes that are none.
fn bad_prefixes() -> [(&'static str, List); 4] {
    [
        ("api", |r| drop_all(r.scope("api", below))),
        ("/api/", |r| drop_all(r.scope("/api/", below))),
        ("", |r| drop_all(r.scope("", below))),
        ("/{a", |r| drop_all(r.scope("/{a", below))),
    ]
}

fn below(routes: &mut Routes) {
    routes.get("/a", plain);
}

fn drop_all(_: &mut Routes) {}

#[test]
fn a_bad_prefix_of_a_scope_is_refused() {
    for (prefix, list) in bad_prefixes() {
        let found = findings(list);
        let named = format!("the scope `{prefix}`");
        assert!(
            found.iter().any(|f| f.contains(&named)),
            "{prefix:?}: {found:#?}"
        );
    }
}

#[test]
fn a_bad_prefix_of_a_scope_is_one_mistake_and_one_finding() {
    for (prefix, list) in bad_prefixes() {
        assert_one(prefix, &findings(list), &[]);
    }
}

#[test]
fn an_assertion_in_a_scope_is_about_that_scope_alone() {
    let list: List = |r| {
        r.get("/open", open).get("/apiary", open);
        r.scope("/api", |r| {
            r.assert("nothing is public", |_, _, policy| policy.is_protected());
            r.get("/a", plain);
        });
    };
    assert_eq!(findings(list), [""; 0], "`/apiary` is not below `/api`");
    let inside: List = |r| {
        r.scope("/api", |r| {
            r.assert("nothing is public", |_, _, policy| policy.is_protected());
            r.scope("/inner", |r| {
                r.get("/a", open);
            });
        });
    };
    assert_one("below", &findings(inside), &["GET /api/inner/a (`open`)"]);
}

#[test]
fn a_route_behind_a_scope_with_a_parameter_is_found_whatever_the_parameter_is_called() {
    let list: List = |r| {
        r.scope("/users/{id}", |r| {
            r.get("/a", plain);
        });
        r.get("/users/{user}/b", plain);
    };
    assert_one(
        "another name",
        &findings(list),
        &["GET /users/{user}/b (`plain`)", "never reached"],
    );
    let list: List = |r| {
        r.scope("/users/{id}", |r| {
            r.get("/a", plain);
        });
        r.get("/users/me/b", plain);
    };
    assert_one(
        "no name",
        &findings(list),
        &["GET /users/me/b (`plain`)", "never reached"],
    );
}

#[test]
fn a_scope_whose_prefix_takes_the_rest_of_the_path_is_refused() {
    let list: List = |r| {
        r.scope("/files/{tail}*", |r| {
            r.get("/a", plain);
        });
    };
    let found = findings(list);
    assert!(
        found.iter().any(|f| f.contains("/files/{tail}*")),
        "{found:#?}"
    );
}
