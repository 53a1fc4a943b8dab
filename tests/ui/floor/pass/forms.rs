#![no_implicit_prelude]

use ::secure_runtime::{Role, Scope, floor, policy::Floor};

#[derive(Role)]
pub enum Role {
    Admin,
    User,
}

#[derive(Scope)]
pub enum Scope {
    AdminUsers,
    Reports,
}

mod other {
    use ::secure_runtime::Role;

    #[derive(Role)]
    pub enum Level {
        High,
    }
}

const ADMINS: Floor = floor!(roles = "admin", scopes = ["admin:users", "reports"]);
static SIGNED_IN: Floor = floor!();

macro_rules! through_a_macro {
    ($role:literal) => {
        floor!(roles = $role)
    };
}

fn main() {
    ::std::assert_eq!(ADMINS.roles().unwrap().words(), ["admin"]);
    ::std::assert_eq!(ADMINS.scopes().unwrap().words(), ["admin:users", "reports"]);
    ::std::assert!(ADMINS.via().is_none());
    ::std::assert!(SIGNED_IN.roles().is_none());
    let keys = floor!(via = ["bearer", "api_key"]);
    ::std::assert_eq!(keys.via().unwrap().len(), 2);
    let high = floor!(roles = "high", role_type = other::Level);
    ::std::assert_eq!(high.roles().unwrap().words(), ["high"]);
    let owned = floor!(owner = "user_id", or_roles = ["admin", "user"]);
    ::std::assert_eq!(owned.owner(), ::std::option::Option::Some("user_id"));
    ::std::assert_eq!(through_a_macro!("user").roles().unwrap().words(), ["user"]);
}
