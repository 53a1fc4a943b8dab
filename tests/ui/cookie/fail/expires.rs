//~ unknown attribute `Expires`
use secure_runtime::{cookie, edge::CookiePolicy};

const COOKIE: CookiePolicy = cookie!("theme; Expires=Wed, 21 Oct 2015 07:28:00 GMT");

fn main() {
    println!("{}", COOKIE.name());
}
