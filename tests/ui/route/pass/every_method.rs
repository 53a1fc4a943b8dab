use secure_runtime::{policy::Policy, prelude::*};

#[get("/")]
#[protected]
async fn on_get() -> &'static str {
    ""
}

#[post("/")]
#[protected]
async fn on_post() -> &'static str {
    ""
}

#[put("/")]
#[protected]
async fn on_put() -> &'static str {
    ""
}

#[patch("/")]
#[protected]
async fn on_patch() -> &'static str {
    ""
}

#[delete("/")]
#[protected]
async fn on_delete() -> &'static str {
    ""
}

#[head("/")]
#[protected]
async fn on_head() -> &'static str {
    ""
}

#[options("/")]
#[protected]
async fn on_options() -> &'static str {
    ""
}

#[trace("/")]
#[protected]
async fn on_trace() -> &'static str {
    ""
}

#[connect("/")]
#[protected]
async fn on_connect() -> &'static str {
    ""
}

#[query("/")]
#[protected]
async fn on_query() -> &'static str {
    ""
}

fn method<P: Policy>(_: P) -> &'static str {
    P::POLICY.endpoints()[0].method()
}

fn main() {
    assert_eq!(method(on_get), "GET");
    assert_eq!(method(on_post), "POST");
    assert_eq!(method(on_put), "PUT");
    assert_eq!(method(on_patch), "PATCH");
    assert_eq!(method(on_delete), "DELETE");
    assert_eq!(method(on_head), "HEAD");
    assert_eq!(method(on_options), "OPTIONS");
    assert_eq!(method(on_trace), "TRACE");
    assert_eq!(method(on_connect), "CONNECT");
    assert_eq!(method(on_query), "QUERY");
}
