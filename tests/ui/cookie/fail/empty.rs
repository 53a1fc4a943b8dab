//~ empty cookie policy
use secure_runtime::{cookie, edge::CookiePolicy};

const COOKIE: CookiePolicy = cookie!("");

fn main() {
    println!("{}", COOKIE.name());
}
