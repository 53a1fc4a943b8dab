//~ a value outside of quotes
secure_runtime::templates!("../pages/value_between_attributes");

fn main() {}
