//~ an address that is a script
secure_runtime::templates!("../pages/javascript_address");

fn main() {}
