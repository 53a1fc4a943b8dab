//~ unknown word `lax` in `SameSite`
use secure_runtime::{cookie, edge::CookiePolicy};

const COOKIE: CookiePolicy = cookie!("theme; SameSite=lax");

fn main() {
    println!("{}", COOKIE.name());
}
