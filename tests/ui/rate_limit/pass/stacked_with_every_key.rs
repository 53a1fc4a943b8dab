use actix_web::HttpRequest;
use secure_runtime::{Principal, policy::Policy, prelude::*};

fn tenant(request: &HttpRequest) -> Option<String> {
    request.match_info().get("tenant").map(str::to_owned)
}

fn plan(caller: &Principal) -> Option<String> {
    Some(caller.client_id().to_owned())
}

mod keys {
    pub fn host(request: &actix_web::HttpRequest) -> Option<String> {
        Some(request.connection_info().host().to_owned())
    }
}

#[post("/{tenant}")]
#[protected]
#[rate_limit("5/minute")]
#[rate_limit("100/hour", by = "ip", count = "failures")]
#[rate_limit("50/minute", by = "user", burst = 10)]
#[rate_limit("1000/minute", by = "global", cost = 3)]
#[rate_limit("20/minute", header = "X-Tenant")]
#[rate_limit("30/minute", key = tenant)]
#[rate_limit("40/minute", key = crate::keys::host, burst = 2, cost = 2)]
#[rate_limit("70/minute", caller_key = plan)]
async fn create() -> &'static str {
    ""
}

fn main() {
    let limits = create::POLICY.limits();
    let keys: Vec<_> = limits.iter().map(|limit| limit.key().describe()).collect();
    assert_eq!(
        keys,
        [
            "ip",
            "ip",
            "user",
            "global",
            "header x-tenant",
            "key tenant",
            "key crate::keys::host",
            "caller key plan"
        ]
    );
    assert_eq!(limits[2].burst().unwrap().get(), 10);
    assert_eq!(limits[3].cost().get(), 3);
}
