//~ `app` is no path
use secure_runtime::{cookie, edge::CookiePolicy};

const COOKIE: CookiePolicy = cookie!("theme; Path=app");

fn main() {
    println!("{}", COOKIE.name());
}
