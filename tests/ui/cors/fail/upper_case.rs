//~ upper case in origin
use secure_runtime::{Cors, cors};

const CORS: Cors = cors!(origins = ["https://App.example.com"]);

fn main() {}
