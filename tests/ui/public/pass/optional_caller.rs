use secure_runtime::{policy::Policy, prelude::*};

#[get("/")]
#[public]
async fn home(user: Option<CurrentUser>) -> String {
    user.map_or_else(String::new, |user| user.subject().to_owned())
}

fn main() {
    assert!(home::POLICY.is_public() && home::POLICY.asks_who_calls());
}
