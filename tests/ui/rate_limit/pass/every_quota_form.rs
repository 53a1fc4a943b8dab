use secure_runtime::{policy::Policy, prelude::*};

#[get("/0")]
#[public]
#[rate_limit("5/minute")]
async fn form_0() -> &'static str {
    ""
}

#[get("/1")]
#[public]
#[rate_limit("5 per minute")]
async fn form_1() -> &'static str {
    ""
}

#[get("/2")]
#[public]
#[rate_limit("5/2 minutes")]
async fn form_2() -> &'static str {
    ""
}

#[get("/3")]
#[public]
#[rate_limit("5 per 2 minutes")]
async fn form_3() -> &'static str {
    ""
}

#[get("/4")]
#[public]
#[rate_limit("10/second; 100/hour")]
async fn form_4() -> &'static str {
    ""
}

#[get("/5")]
#[public]
#[rate_limit("  3 / WEEK ")]
async fn form_5() -> &'static str {
    ""
}

#[get("/6")]
#[public]
#[rate_limit("1/month")]
async fn form_6() -> &'static str {
    ""
}

#[get("/7")]
#[public]
#[rate_limit("1/year")]
async fn form_7() -> &'static str {
    ""
}

#[get("/8")]
#[public]
#[rate_limit("5/1 day")]
async fn form_8() -> &'static str {
    ""
}

fn quotas<P: Policy>(_: P) -> String {
    let quotas = P::POLICY.limits()[0].quotas().iter();
    quotas
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("; ")
}

fn main() {
    assert_eq!(quotas(form_0), quotas(form_1));
    assert_eq!(quotas(form_2), quotas(form_3));
    assert_eq!(quotas(form_4), "10/second; 100/hour");
    assert_eq!(quotas(form_5), "3/week");
    assert_eq!(quotas(form_6), "1/30 days");
    assert_eq!(quotas(form_7), "1/365 days");
    assert_eq!(quotas(form_8), "5/day");
}
