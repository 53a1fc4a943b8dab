//~ `null` is the origin of nobody
use secure_runtime::{Cors, cors};

const CORS: Cors = cors!(origins = ["null"]);

fn main() {}
