//~ is a script that no nonce lets in
secure_runtime::templates!("../pages/event_handler");

fn main() {}
