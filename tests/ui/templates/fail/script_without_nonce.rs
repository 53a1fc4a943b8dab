//~ without the nonce of its response
secure_runtime::templates!("../pages/script_without_nonce");

fn main() {}
