use secure_runtime::{policy::Policy, prelude::*};

#[get("/a")]
#[public]
async fn a() -> &'static str {
    ""
}

#[post("/b")]
#[public(unlimited = "because it is answered from memory")]
async fn b() -> &'static str {
    ""
}

#[post("/c")]
#[public]
#[rate_limit("5/minute", by = "global")]
async fn c() -> &'static str {
    ""
}

#[query("/d")]
#[public()]
async fn d() -> &'static str {
    ""
}

#[post("/e")]
#[public(unlimited = "because only failures matter")]
#[rate_limit("5/minute", count = "failures")]
async fn e() -> &'static str {
    ""
}

fn main() {
    assert!(a::POLICY.is_public() && !a::POLICY.changes_state());
    assert_eq!(
        b::POLICY.unlimited_because(),
        Some("because it is answered from memory")
    );
    assert!(c::POLICY.limits_everyone() && !d::POLICY.changes_state());
    assert!(!e::POLICY.limits_everyone());
}
