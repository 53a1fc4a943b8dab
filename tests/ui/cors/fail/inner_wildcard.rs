//~ wildcard within a name in origin
use secure_runtime::{Cors, cors};

const CORS: Cors = cors!(origins = ["https://*.example.com"]);

fn main() {}
