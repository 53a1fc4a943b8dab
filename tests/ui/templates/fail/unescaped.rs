//~ this prints without escaping
secure_runtime::templates!("../pages/unescaped");

fn main() {}
