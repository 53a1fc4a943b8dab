//~ `Cookie` is a header that pages cannot set
use secure_runtime::{Cors, cors};

const CORS: Cors = cors!(origins = "https://app.example.com", headers = ["Cookie"]);

fn main() {}
