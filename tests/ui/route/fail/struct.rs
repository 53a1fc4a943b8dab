//~ `#[get]` goes on a handler function, and this is a struct
use secure_runtime::prelude::*;

#[get("/")]
struct Home;

fn main() {}
