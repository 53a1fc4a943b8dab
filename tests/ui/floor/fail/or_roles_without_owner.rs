//~ `or_roles` stands in for `owner`, and there is none
use secure_runtime::{Security, prelude::*};

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[derive(Scope)]
enum Scope {
    AdminUsers,
}

fn list(security: Security) {
    let _ = security.routes(|routes| {
        routes.floor(floor!(or_roles = "admin"));
    });
}

fn main() {}
