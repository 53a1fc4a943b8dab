//~ `origins` is given twice
use secure_runtime::{Cors, cors};

const CORS: Cors = cors!(origins = "https://a.example", origins = "https://b.example");

fn main() {}
