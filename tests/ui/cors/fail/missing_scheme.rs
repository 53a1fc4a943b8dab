//~ missing scheme in origin
use secure_runtime::{Cors, cors};

const CORS: Cors = cors!(origins = ["app.example.com"]);

fn main() {}
