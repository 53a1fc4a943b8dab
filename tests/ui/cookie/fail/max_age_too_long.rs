//~ seconds are too long
use secure_runtime::{cookie, edge::CookiePolicy};

const COOKIE: CookiePolicy = cookie!("theme; Max-Age=63072000");

fn main() {
    println!("{}", COOKIE.name());
}
