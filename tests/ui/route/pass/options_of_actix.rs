use actix_web::{guard::GuardContext, middleware::DefaultHeaders};
use secure_runtime::{policy::Policy, prelude::*};

fn is_internal(context: &GuardContext<'_>) -> bool {
    context.head().headers.contains_key("x-internal")
}

mod guards {
    pub fn never(_: &actix_web::guard::GuardContext<'_>) -> bool {
        false
    }
}

#[get(
    "/",
    name = "start",
    guard = "is_internal",
    guard = "guards::never",
    wrap = "DefaultHeaders::new()"
)]
#[public]
async fn home() -> &'static str {
    ""
}

#[get("/users/{id:\\d+}/{tail}*")]
#[public]
async fn user() -> &'static str {
    ""
}

fn main() {
    assert_eq!(home::POLICY.endpoints()[0].path(), "/");
    assert_eq!(
        user::POLICY.endpoints()[0].path(),
        "/users/{id:\\d+}/{tail}*"
    );
}
