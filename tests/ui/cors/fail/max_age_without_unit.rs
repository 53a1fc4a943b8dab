//~ in duration
use secure_runtime::{Cors, cors};

const CORS: Cors = cors!(origins = "https://app.example.com", max_age = "3600");

fn main() {}
