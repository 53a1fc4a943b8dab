//~ unknown role `amdin`
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
        routes.floor(floor!(roles = "amdin"));
    });
}

fn main() {}
