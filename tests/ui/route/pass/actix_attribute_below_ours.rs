use secure_runtime::{policy::Policy, prelude::*};

use secure_runtime::Route;

#[public]
#[actix_web::get("/a")]
async fn one() -> &'static str {
    ""
}

#[protected]
#[rate_limit("5/minute")]
#[actix_web::routes]
#[get("/b")]
#[post("/c")]
async fn several(_user: CurrentUser) -> &'static str {
    ""
}

#[protected]
#[actix_web::route("/d", method = "GET", method = "PUT")]
async fn methods() -> &'static str {
    ""
}

fn is_route<R: Route>(_: R) {}

fn main() {
    assert_eq!(one::POLICY.endpoints()[0].path(), "/a");
    assert_eq!(several::POLICY.endpoints().len(), 2);
    assert_eq!(methods::POLICY.endpoints().len(), 2);
    is_route(one);
    is_route(several);
    is_route(methods);
}
