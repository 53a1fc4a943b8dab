use actix_web::http::Method;
use secure_runtime::{Security, prelude::*, token::Hs256Key};

#[protected]
#[rate_limit("5/minute", by = "user")]
async fn plain(_user: CurrentUser) -> &'static str {
    ""
}

fn security() -> Security {
    Security::builder()
        .issuer("https://auth.example.com")
        .audience("https://api.example.com")
        .signing_key(Hs256Key::random())
        .build()
        .unwrap()
}

fn main() {
    let security = security();
    let routes = security.routes(|routes| {
        routes
            .get("/a", plain)
            .post("/a", plain)
            .put("/a", plain)
            .patch("/a", plain);
        routes
            .delete("/a", plain)
            .head("/a", plain)
            .options("/a", plain);
        routes.route("/a", Method::TRACE, plain);
    });
    routes.unwrap();
    assert_eq!(security.report().routes().len(), 8);
}
