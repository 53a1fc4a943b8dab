//~ a `__Secure-` cookie without `Secure`
use secure_runtime::{cookie, edge::CookiePolicy};

const COOKIE: CookiePolicy = cookie!("__Secure-session; HttpOnly");

fn main() {
    println!("{}", COOKIE.name());
}
