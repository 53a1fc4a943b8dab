//! What callers may be.

use secure_runtime::prelude::*;

#[derive(Role)]
pub enum Role {
    #[role(implies = "user")]
    Admin,
    User,
}

#[derive(Scope)]
pub enum Scope {
    ContentWrite,
}
