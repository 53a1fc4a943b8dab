//~ nothing bounds `labels`
use secure_runtime::prelude::*;

#[validated]
struct Note {
    labels: std::collections::HashMap<u32, u32>,
}

fn main() {}
