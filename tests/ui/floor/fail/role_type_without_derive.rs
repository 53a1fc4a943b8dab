//~ `Level` is not an enum of roles
use secure_runtime::{floor, policy::Floor};

enum Level {
    Admin,
}

const ADMINS: Floor = floor!(roles = "admin", role_type = Level);

fn main() {}
