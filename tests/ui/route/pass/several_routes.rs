use secure_runtime::{policy::Policy, prelude::*};

#[routes]
#[get("/a")]
#[post("/b", name = "b")]
#[route("/c", method = "PUT", method = "PATCH")]
#[protected]
async fn ours() -> &'static str {
    ""
}

#[protected]
#[routes]
#[get("/a")]
#[delete("/a")]
async fn above() -> &'static str {
    ""
}

#[route("/d", method = "GET", method = "PURGE")]
#[protected]
async fn route() -> &'static str {
    ""
}

fn endpoints<P: Policy>(_: P) -> Vec<String> {
    let endpoints = P::POLICY.endpoints().iter();
    endpoints
        .map(|endpoint| format!("{} {}", endpoint.method(), endpoint.path()))
        .collect()
}

fn main() {
    assert_eq!(endpoints(ours), ["GET /a", "POST /b", "PUT /c", "PATCH /c"]);
    assert_eq!(endpoints(above), ["GET /a", "DELETE /a"]);
    assert_eq!(endpoints(route), ["GET /d", "PURGE /d"]);
}
