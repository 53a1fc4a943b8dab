//~ a `__Host-` cookie with another path than `/`
use secure_runtime::{cookie, edge::CookiePolicy};

const COOKIE: CookiePolicy = cookie!("__Host-session; Secure; Path=/app");

fn main() {
    println!("{}", COOKIE.name());
}
