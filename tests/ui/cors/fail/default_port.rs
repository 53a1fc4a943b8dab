//~ default port of `https` in origin
use secure_runtime::{Cors, cors};

const CORS: Cors = cors!(origins = ["https://app.example.com:443"]);

fn main() {}
