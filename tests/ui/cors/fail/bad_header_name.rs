//~ `X Tenant` is no header name
use secure_runtime::{Cors, cors};

const CORS: Cors = cors!(origins = "https://app.example.com", headers = ["X Tenant"]);

fn main() {}
