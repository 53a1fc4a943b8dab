//~ a `__Host-` cookie with a domain
use secure_runtime::{cookie, edge::CookiePolicy};

const COOKIE: CookiePolicy = cookie!("__Host-session; Secure; Domain=example.com");

fn main() {
    println!("{}", COOKIE.name());
}
