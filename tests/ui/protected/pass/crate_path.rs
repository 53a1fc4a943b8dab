mod reexported {
    pub use secure_runtime as guards;
}

use reexported::guards::{
    Role, get, policy::Policy, post, protected, public, rate_limit, validated,
};

#[derive(Role)]
#[role(crate = reexported::guards)]
enum Role {
    Admin,
}

#[validated(crate = reexported::guards)]
struct Note {
    #[validate(length(max = 200))]
    _text: String,
}

#[get("/")]
#[protected(roles = "admin", crate = reexported::guards)]
async fn home() -> &'static str {
    ""
}

#[rate_limit("5/minute", crate = reexported::guards)]
#[public]
#[post("/notes")]
#[validated]
async fn create(_note: actix_web::web::Json<Note>) -> &'static str {
    ""
}

fn main() {
    assert!(home::POLICY.needs_role("admin"));
    assert!(create::POLICY.validates());
}
