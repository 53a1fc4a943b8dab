use secure_runtime::{assert_policy, prelude::*};

#[derive(Role)]
enum Role {
    #[role(implies = "editor")]
    Admin,
    #[role(implies = "user")]
    Editor,
    User,
}

#[get("/")]
#[protected(roles = ["admin", "editor"])]
async fn home() -> &'static str {
    ""
}

assert_policy!(home; |policy| policy.needs_role("editor") && policy.needs_role("user"));
assert_policy!(home; |policy| !policy.needs_role("admin"));

fn main() {}
