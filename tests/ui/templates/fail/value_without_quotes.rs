//~ a value without quotes
secure_runtime::templates!("../pages/value_without_quotes");

fn main() {}
