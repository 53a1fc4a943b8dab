//~ mismatched types
use secure_runtime::{Security, prelude::*};

fn list(security: Security) {
    let _ = security.routes(|routes| {
        routes.floor("admin");
    });
}

fn main() {}
