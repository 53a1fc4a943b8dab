//~ `origins` is an empty list
use secure_runtime::{Cors, cors};

const CORS: Cors = cors!(origins = []);

fn main() {}
