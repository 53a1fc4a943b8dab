//~ unknown key `origin` in `cors!`
use secure_runtime::{Cors, cors};

const CORS: Cors = cors!(origin = "https://app.example.com");

fn main() {}
