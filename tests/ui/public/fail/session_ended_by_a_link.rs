//~ this route begins or ends a session by a safe method
use secure_runtime::{prelude::*, session::SessionSignOut};

#[get("/logout")]
#[public]
async fn logout(_sign_out: SessionSignOut) -> &'static str {
    ""
}

fn main() {}
