//~ nothing bounds `Title`, a `Text`
use secure_runtime::prelude::*;

#[derive(serde::Deserialize)]
struct Text;

#[validated]
struct Title(Text);

fn main() {}
