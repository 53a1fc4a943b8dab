//~ `Set-Cookie` is a header that pages cannot read
use secure_runtime::{Cors, cors};

const CORS: Cors = cors!(origins = "https://app.example.com", expose = ["Set-Cookie"]);

fn main() {}
