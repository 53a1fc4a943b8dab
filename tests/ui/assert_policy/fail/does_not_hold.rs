//~ the policy of `home` breaks the assertion
use secure_runtime::{assert_policy, prelude::*};

#[get("/")]
#[public]
async fn home() -> &'static str {
    ""
}

assert_policy!(home; |policy| policy.is_protected());

fn main() {}
