//~ an Argon2id hash may take 32 passes at most
use secure_runtime::password::Argon2Params;

const PARAMS: Argon2Params = Argon2Params::new(2, 19 * 1024, 1);

fn main() {
    println!("{PARAMS}");
}
