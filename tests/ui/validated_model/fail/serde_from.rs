//~ `from` reads another shape
use secure_runtime::prelude::*;

#[validated]
#[serde(from = "u32")]
struct Note {
    count: u32,
}

impl From<u32> for Note {
    fn from(count: u32) -> Self {
        Self { count }
    }
}

fn main() {}
