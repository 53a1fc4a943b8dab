//~ this route begins or ends a session by a safe method
use secure_runtime::{account::SessionSignIn, prelude::*};

#[get("/login")]
#[public]
async fn login(_sign_in: SessionSignIn) -> &'static str {
    ""
}

fn main() {}
