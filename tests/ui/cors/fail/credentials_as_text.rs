//~ `credentials` takes `true`
use secure_runtime::{Cors, cors};

const CORS: Cors = cors!(origins = "https://app.example.com", credentials = "true");

fn main() {}
