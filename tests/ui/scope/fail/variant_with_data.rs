//~ a scope carries no data
use secure_runtime::prelude::*;

#[derive(Scope)]
enum Scope {
    ArticlesRead(u32),
}

fn main() {}
