use secure_runtime::{Security, prelude::*, token::Hs256Key};

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[get("/health")]
#[public]
async fn health() -> &'static str {
    ""
}

#[get("/{user_id}")]
#[protected(owner = "user_id", or_roles = "admin")]
async fn user() -> &'static str {
    ""
}

#[protected(owner = "tenant")]
async fn plain() -> &'static str {
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
        routes.service(health);
        routes.scope("/api", |routes| {
            routes.scope("/users", |routes| {
                routes.service(user);
            });
        });
        routes.scope("/{tenant}", |routes| {
            routes.put("/plain", plain);
        });
        routes.assert("users are protected", |_method, path, policy| {
            !path.starts_with("/api/users") || policy.is_protected()
        });
    });
    let _ = routes.unwrap().mount();
    let report = security.report();
    let rows: Vec<_> = report
        .routes()
        .iter()
        .map(|row| format!("{} {}", row.method, row.path))
        .collect();
    assert_eq!(
        rows,
        [
            "GET /api/users/{user_id}",
            "GET /health",
            "PUT /{tenant}/plain"
        ]
    );
}
