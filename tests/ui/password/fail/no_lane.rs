//~ an Argon2id hash has 1 to 16 lanes
use secure_runtime::password::Argon2Params;

const PARAMS: Argon2Params = Argon2Params::new(19 * 1024, 2, 0);

fn main() {
    println!("{PARAMS}");
}
