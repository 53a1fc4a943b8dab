//~ `1h` is no number of seconds
use secure_runtime::{cookie, edge::CookiePolicy};

const COOKIE: CookiePolicy = cookie!("theme; Max-Age=1h");

fn main() {
    println!("{}", COOKIE.name());
}
