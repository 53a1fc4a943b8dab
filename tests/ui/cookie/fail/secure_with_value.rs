//~ `Secure` takes no value
use secure_runtime::{cookie, edge::CookiePolicy};

const COOKIE: CookiePolicy = cookie!("theme; Secure=true");

fn main() {
    println!("{}", COOKIE.name());
}
