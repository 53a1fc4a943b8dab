//~ these Argon2id parameters are too weak
use secure_runtime::password::Argon2Params;

const PARAMS: Argon2Params = Argon2Params::new(4 * 1024, 3, 1);

fn main() {
    println!("{PARAMS}");
}
