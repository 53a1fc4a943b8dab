//~ `policy` is given twice
use actix_web::HttpRequest;
use secure_runtime::{Principal, prelude::*};

struct OnDuty;

impl AccessPolicy for OnDuty {
    type Facts = ();

    async fn facts(_: &HttpRequest, _: &Principal) -> Result<(), Problem> {
        Ok(())
    }

    fn decide(_: &Principal, _: &()) -> Decision {
        Decision::Allow
    }
}

#[get("/")]
#[protected(policy = OnDuty, policy = OnDuty)]
async fn home() -> &'static str {
    ""
}

fn main() {}
