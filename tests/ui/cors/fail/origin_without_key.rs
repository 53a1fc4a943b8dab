//~ `cors!` takes `key = value` arguments
use secure_runtime::{Cors, cors};

const CORS: Cors = cors!("https://app.example.com");

fn main() {}
