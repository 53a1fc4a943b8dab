//~ no browser remembers the answer to a preflight for longer than a day
use secure_runtime::{Cors, cors};

const CORS: Cors = cors!(origins = "https://app.example.com", max_age = "2d");

fn main() {}
