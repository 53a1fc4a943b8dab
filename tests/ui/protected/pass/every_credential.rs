use secure_runtime::{
    assert_policy,
    policy::{Policy, Via},
    prelude::*,
};

#[derive(Role)]
enum Role {
    Admin,
}

#[derive(Scope)]
enum Scope {
    ArticlesRead,
    ArticlesWrite,
}

#[get("/default")]
#[protected(scopes = "articles:read")]
async fn default() -> &'static str {
    ""
}

#[get("/bearer")]
#[protected(via = "bearer")]
async fn bearer() -> &'static str {
    ""
}

#[get("/session")]
#[protected(via = "session")]
async fn session() -> &'static str {
    ""
}

#[get("/key")]
#[protected(via = "api_key", scopes = "articles:read")]
#[rate_limit("5/minute", by = "api_key")]
async fn key() -> &'static str {
    ""
}

#[get("/both")]
#[protected(roles = "admin", scopes = ["articles:read", "articles:write"], via = ["api_key", "bearer"])]
#[rate_limit("5/minute", by = "api_key")]
#[rate_limit("50/minute", by = "user")]
async fn both(_caller: CurrentUser) -> &'static str {
    ""
}

assert_policy!(key, both; |policy| policy.takes_api_keys());
assert_policy!(default, bearer, session; |policy| !policy.takes_api_keys());

fn via<P: Policy>() -> &'static [Via] {
    P::POLICY.demands().unwrap().via()
}

fn main() {
    assert_eq!(via::<default>(), [Via::Bearer, Via::Session]);
    assert_eq!(via::<session>(), [Via::Session]);
    assert_eq!(via::<bearer>(), [Via::Bearer]);
    assert_eq!(via::<key>(), [Via::ApiKey]);
    assert_eq!(via::<both>(), [Via::ApiKey, Via::Bearer]);
    assert!(key::POLICY.limits()[0].is_by_caller());
}
