#![no_implicit_prelude]

use ::secure_runtime::{Cors, cors};

const ONE: Cors = cors!(origins = "https://app.example.com");
const SEVERAL: Cors = cors!(
    origins = ["https://app.example.com", "http://localhost:3000", "https://[2001:db8::1]:8443"],
    credentials = true,
    headers = ["X-Tenant", "If-Match"],
    expose = "X-Total",
    max_age = "1d",
);
const ANY: Cors = cors!(origins = "*");
const CONFIGURED: Cors = cors!(expose = ["X-Total"], crate = ::secure_runtime);
static NOTHING: Cors = cors!();

fn main() {
    let text = ::std::format!("{ONE:?}{SEVERAL:?}{ANY:?}{CONFIGURED:?}{NOTHING:?}");
    ::std::assert!(text.contains("86400") && text.contains("3600"));
}
