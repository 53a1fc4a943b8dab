//~ cannot find type `Role` in this scope
use secure_runtime::policy::Floor;
use secure_runtime::floor;

const ADMINS: Floor = floor!(roles = "admin");

fn main() {}
