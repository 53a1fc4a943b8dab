//~ `cookie!` starts with the policy, a string
use secure_runtime::{cookie, edge::CookiePolicy};

const COOKIE: CookiePolicy = cookie!(__Host - session);

fn main() {
    println!("{}", COOKIE.name());
}
