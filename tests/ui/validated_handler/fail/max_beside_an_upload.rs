//~ `max` beside a `Multipart<…>`, of which each upload says its size
use secure_runtime::prelude::*;

/// Stands in for the one of `secure_runtime::upload`: what is said is said of its name.
struct Multipart<T>(T);

struct Avatar;

#[put("/avatar")]
#[protected]
#[validated(max = "64KiB")]
async fn put_avatar(_avatar: Multipart<Avatar>) -> &'static str {
    ""
}

fn main() {}
