use secure_runtime::{policy::Policy, prelude::*};

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[get("/a")]
#[cfg_attr(all(), protected(roles = "admin"))]
async fn below() -> &'static str {
    ""
}

#[cfg_attr(all(), protected(roles = "admin"), rate_limit("5/minute"))]
#[get("/b")]
async fn above() -> &'static str {
    ""
}

#[cfg_attr(all(), post("/c"))]
#[public]
#[cfg_attr(any(), rate_limit("1/minute"))]
#[cfg_attr(all(), rate_limit("5/minute"))]
async fn route() -> &'static str {
    ""
}

fn main() {
    assert!(below::POLICY.needs_role("admin"));
    assert_eq!(below::POLICY.endpoints()[0].path(), "/a");
    assert!(above::POLICY.needs_role("admin") && above::POLICY.is_limited());
    assert_eq!(route::POLICY.limits().len(), 1);
    assert_eq!(route::POLICY.endpoints()[0].method(), "POST");
}
