//~ the policy of `notes` breaks the assertion
use secure_runtime::{assert_policy, prelude::*};

#[get("/")]
#[public]
async fn home() -> &'static str {
    ""
}

#[get("/notes")]
#[protected]
async fn notes() -> &'static str {
    ""
}

assert_policy!(home, notes; |policy| policy.is_public());

fn main() {}
