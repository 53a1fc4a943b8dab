//~ cannot be read
secure_runtime::templates!("../pages/nowhere");

fn main() {}
