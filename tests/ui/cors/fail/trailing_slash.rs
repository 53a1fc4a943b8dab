//~ trailing `/` in origin
use secure_runtime::{Cors, cors};

const CORS: Cors = cors!(origins = "https://app.example.com/");

fn main() {}
