//~ without the nonce of its response
secure_runtime::templates!("../pages/style_without_nonce");

fn main() {}
