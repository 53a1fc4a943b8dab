//~ `credentials` is false anyway
use secure_runtime::{Cors, cors};

const CORS: Cors = cors!(origins = "https://app.example.com", credentials = false);

fn main() {}
