//~ every origin, with credentials
use secure_runtime::{Cors, cors};

const CORS: Cors = cors!(origins = "*", credentials = true);

fn main() {}
