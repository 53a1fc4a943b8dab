//~ a nonce that is written down
secure_runtime::templates!("../pages/nonce_written_down");

fn main() {}
