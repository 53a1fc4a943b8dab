//~ `extractor` takes the path of a constant
use secure_runtime::prelude::*;

#[get("/")]
#[public]
#[rate_limit("5/minute", extractor = "PeerIpKeyExtractor")]
async fn home() -> &'static str {
    ""
}

fn main() {}
