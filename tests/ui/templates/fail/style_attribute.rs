//~ is a style that no nonce lets in
secure_runtime::templates!("../pages/style_attribute");

fn main() {}
