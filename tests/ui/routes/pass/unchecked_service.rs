use secure_runtime::{Security, prelude::*, token::Hs256Key};

#[actix_web::get("/old")]
async fn old() -> &'static str {
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
        routes.service(unchecked("because it moves next week", old));
        routes.scope("/files", |routes| {
            routes.service(unchecked(
                "because it is public",
                actix_web::web::resource("/list"),
            ));
        });
    });
    routes.unwrap();
    assert_eq!(security.report().unchecked().len(), 2);
}
