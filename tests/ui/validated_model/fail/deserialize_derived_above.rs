//~ conflicting implementations of trait `Deserialize
use secure_runtime::prelude::*;

#[derive(serde::Deserialize)]
#[validated]
struct Note {
    count: u32,
}

fn main() {}
