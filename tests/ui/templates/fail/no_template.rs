//~ there is no template
secure_runtime::templates!("../pages/no_template");

fn main() {}
