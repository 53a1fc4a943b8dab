//~ a `__Host-` cookie without `Secure`
use secure_runtime::{cookie, edge::CookiePolicy};

const COOKIE: CookiePolicy = cookie!("__Host-session; HttpOnly; SameSite=Strict");

fn main() {
    println!("{}", COOKIE.name());
}
