//~ without the nonce of its response
secure_runtime::templates!("../pages/several_mistakes");

fn main() {}
