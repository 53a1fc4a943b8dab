//~ `Secure` stands twice
use secure_runtime::{cookie, edge::CookiePolicy};

const COOKIE: CookiePolicy = cookie!("theme; Secure; HttpOnly; Secure");

fn main() {
    println!("{}", COOKIE.name());
}
