//~ `csrf_off` needs its reason in writing
use secure_runtime::{account::SessionSignIn, prelude::*};

#[post("/")]
#[public(unlimited = "because it is a test", csrf_off = "")]
async fn home(_sign_in: SessionSignIn) -> &'static str {
    ""
}

fn main() {}
