//~ `nested` cannot reach the rules inside `rows`
use secure_runtime::prelude::*;

#[derive(serde::Deserialize)]
struct Row {
    _cells: u32,
}

#[validated]
struct Sheet {
    #[unbounded = "because the body's size bounds it"]
    #[validate(nested)]
    rows: Vec<Row>,
}

fn main() {}
