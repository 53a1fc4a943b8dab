//~ a value in cookie policy
use secure_runtime::{cookie, edge::CookiePolicy};

const COOKIE: CookiePolicy = cookie!("theme=dark; Secure");

fn main() {
    println!("{}", COOKIE.name());
}
