//~ `*` stands for every header
use secure_runtime::{Cors, cors};

const CORS: Cors = cors!(origins = "https://app.example.com", expose = "*");

fn main() {}
