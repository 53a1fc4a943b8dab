//~ and not with a name
use secure_runtime::{cookie, edge::CookiePolicy};

const COOKIE: CookiePolicy = cookie!("Secure; HttpOnly");

fn main() {
    println!("{}", COOKIE.name());
}
