//~ `roles` is given twice
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
        routes.floor(floor!(roles = "admin", roles = "user"));
    });
}

fn main() {}
