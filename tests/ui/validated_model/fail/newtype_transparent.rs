//~ a newtype is read as what it holds already
use secure_runtime::prelude::*;

#[validated]
#[serde(transparent)]
struct Number(u32);

fn main() {}
