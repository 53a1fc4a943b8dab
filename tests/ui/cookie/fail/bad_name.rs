//~ in the name of a cookie
use secure_runtime::{cookie, edge::CookiePolicy};

const COOKIE: CookiePolicy = cookie!("the me; Secure");

fn main() {
    println!("{}", COOKIE.name());
}
