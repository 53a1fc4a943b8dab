use secure_runtime::{policy::Policy, prelude::*};

use secure_runtime::Route;

#[protected]
#[get("/a")]
#[rate_limit("5/minute")]
async fn middle() -> &'static str {
    ""
}

#[public]
#[rate_limit("5/minute")]
#[post("/b")]
async fn last() -> &'static str {
    ""
}

fn is_route<R: Route>(_: R) {}

fn main() {
    assert_eq!(middle::POLICY.endpoints()[0].path(), "/a");
    assert!(middle::POLICY.is_limited() && last::POLICY.is_limited());
    is_route(middle);
    is_route(last);
}
