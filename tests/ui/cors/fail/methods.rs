//~ unknown key `methods` in `cors!`
use secure_runtime::{Cors, cors};

const CORS: Cors = cors!(origins = "https://app.example.com", methods = ["GET"]);

fn main() {}
