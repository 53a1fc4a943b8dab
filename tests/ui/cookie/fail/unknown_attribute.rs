//~ unknown attribute `Http-Only`
use secure_runtime::{cookie, edge::CookiePolicy};

const COOKIE: CookiePolicy = cookie!("theme; Http-Only");

fn main() {
    println!("{}", COOKIE.name());
}
