//~ `OnDuty` is no `AccessPolicy`
use secure_runtime::{Security, prelude::*};

struct OnDuty;

fn list(security: Security) {
    let _ = security.routes(|routes| {
        routes.floor(floor!(policy = OnDuty));
    });
}

fn main() {}
