//~ the memory is given in KiB
use secure_runtime::password::Argon2Params;

const PARAMS: Argon2Params = Argon2Params::new(19 * 1024 * 1024, 2, 1);

fn main() {
    println!("{PARAMS}");
}
