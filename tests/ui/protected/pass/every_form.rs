use secure_runtime::{policy::Policy, prelude::*};

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[derive(Scope)]
enum Scope {
    ArticlesRead,
    ArticlesWrite,
}

#[get("/any")]
#[protected]
async fn any() -> &'static str {
    ""
}

#[get("/empty")]
#[protected()]
async fn empty() -> &'static str {
    ""
}

#[get("/roles")]
#[protected(roles = ["admin", "user",])]
async fn roles() -> &'static str {
    ""
}

#[get("/scopes")]
#[protected(scopes = ["articles:read", "articles:write"])]
async fn scopes() -> &'static str {
    ""
}

#[get("/users/{user_id}")]
#[protected(owner = "user_id", or_roles = "admin", via = "bearer")]
async fn owner(_user: CurrentUser) -> &'static str {
    ""
}

#[get("/both/{id}")]
#[protected(roles = "user", scopes = "articles:read", owner = "id", via = ["bearer"])]
async fn everything() -> &'static str {
    ""
}

fn main() {
    assert!(any::POLICY.is_protected() && empty::POLICY.is_protected());
    assert_eq!(
        roles::POLICY.demands().unwrap().roles().unwrap().words(),
        ["admin", "user"]
    );
    assert!(!roles::POLICY.needs_role("admin"));
    assert!(
        scopes::POLICY.needs_scope("articles:read") && scopes::POLICY.needs_scope("articles:write")
    );
    let demands = owner::POLICY.demands().unwrap().clone();
    assert_eq!(
        (demands.owner(), demands.or_roles().unwrap().words()),
        (Some("user_id"), ["admin"].as_slice())
    );
    assert!(owner::POLICY.asks_who_calls());
    let policy = everything::POLICY;
    assert!(
        policy.needs_role("user") && policy.needs_scope("articles:read") && policy.needs_owner()
    );
}
