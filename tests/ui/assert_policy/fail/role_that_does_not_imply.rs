//~ the policy of `home` breaks the assertion
use secure_runtime::{assert_policy, prelude::*};

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[get("/")]
#[protected(roles = ["admin", "user"])]
async fn home() -> &'static str {
    ""
}

assert_policy!(home; |policy| policy.needs_role("admin"));

fn main() {}
