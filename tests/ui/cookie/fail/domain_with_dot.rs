//~ `.example.com` is no domain of cookies
use secure_runtime::{cookie, edge::CookiePolicy};

const COOKIE: CookiePolicy = cookie!("theme; Domain=.example.com");

fn main() {
    println!("{}", COOKIE.name());
}
