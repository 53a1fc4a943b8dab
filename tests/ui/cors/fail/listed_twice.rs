//~ `https://app.example.com` is listed twice
use secure_runtime::{Cors, cors};

const CORS: Cors = cors!(origins = ["https://app.example.com", "https://app.example.com"]);

fn main() {}
