//~ a value within a script
secure_runtime::templates!("../pages/value_in_a_script");

fn main() {}
