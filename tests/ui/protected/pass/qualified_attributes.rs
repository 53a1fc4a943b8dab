use secure_runtime::policy::Policy;

#[derive(secure_runtime::Role)]
enum Role {
    Admin,
}

#[secure_runtime::validated]
struct Note {
    _number: u32,
}

#[secure_runtime::get("/")]
#[secure_runtime::public]
async fn home() -> &'static str {
    ""
}

#[::secure_runtime::post("/notes")]
#[secure_runtime::prelude::protected(roles = "admin")]
#[::secure_runtime::rate_limit("5/minute", by = "user")]
#[secure_runtime::validated]
async fn create(_note: actix_web::web::Json<Note>) -> &'static str {
    ""
}

fn main() {
    assert!(home::POLICY.is_public());
    assert!(create::POLICY.needs_role("admin") && create::POLICY.is_limited());
}
