//~ a limit by caller on a public route
use secure_runtime::{Principal, prelude::*};

fn tenant(caller: &Principal) -> Option<String> {
    Some(caller.subject().to_owned())
}

#[get("/")]
#[public]
#[rate_limit("5/minute", caller_key = tenant)]
async fn home() -> &'static str {
    ""
}

fn main() {}
