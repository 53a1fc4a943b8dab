//~ `SameSite=None` without `Secure`
use secure_runtime::{cookie, edge::CookiePolicy};

const COOKIE: CookiePolicy = cookie!("widget; SameSite=None");

fn main() {
    println!("{}", COOKIE.name());
}
