//~ `__host-` for `__Host-`
use secure_runtime::{cookie, edge::CookiePolicy};

const COOKIE: CookiePolicy = cookie!("__host-session; Secure");

fn main() {
    println!("{}", COOKIE.name());
}
