use actix_web::web::Json;
use secure_runtime::{policy::Policy, prelude::*};

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[validated]
struct Note {
    #[validate(length(max = 200))]
    _text: String,
}

#[post("/notes/{id}")]
#[protected(roles = "admin", owner = "id")]
#[rate_limit("5/minute")]
#[validated]
async fn order_1(_note: Json<Note>) -> &'static str {
    ""
}

#[validated]
#[rate_limit("5/minute")]
#[protected(roles = "admin", owner = "id")]
#[post("/notes/{id}")]
async fn order_2(_note: Json<Note>) -> &'static str {
    ""
}

#[protected(roles = "admin", owner = "id")]
#[rate_limit("5/minute")]
#[post("/notes/{id}")]
#[validated]
async fn order_3(_note: Json<Note>) -> &'static str {
    ""
}

#[rate_limit("5/minute")]
#[validated]
#[post("/notes/{id}")]
#[protected(roles = "admin", owner = "id")]
async fn order_4(_note: Json<Note>) -> &'static str {
    ""
}

#[post("/notes/{id}")]
#[validated]
#[protected(roles = "admin", owner = "id")]
#[rate_limit("5/minute")]
async fn order_5(_note: Json<Note>) -> &'static str {
    ""
}

#[protected(roles = "admin", owner = "id")]
#[validated]
#[rate_limit("5/minute")]
#[post("/notes/{id}")]
async fn order_6(_note: Json<Note>) -> &'static str {
    ""
}

fn facts<P: Policy>(_: P) -> String {
    let policy = P::POLICY;
    format!(
        "{:?} {:?} {:?} {} {}",
        policy.endpoints(),
        policy.access(),
        policy.limits(),
        policy.validates(),
        policy.needs_role("admin") && policy.needs_owner() && policy.limits_everyone(),
    )
}

fn main() {
    let first = facts(order_1);
    assert!(first.ends_with("true true"), "{first}");
    assert_eq!(facts(order_2), first);
    assert_eq!(facts(order_3), first);
    assert_eq!(facts(order_4), first);
    assert_eq!(facts(order_5), first);
    assert_eq!(facts(order_6), first);
}
