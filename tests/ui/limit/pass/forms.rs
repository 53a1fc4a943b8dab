#![no_implicit_prelude]

use ::std::{assert, assert_eq, option::Option, string::String};

use ::secure_runtime::{limit, policy::RateLimit, prelude};

const BY_ADDRESS: RateLimit = limit!("600/minute");
const SEVERAL: RateLimit = limit!("600/minute; 10000 per day", by = "user");
static FAILURES: RateLimit = limit!["100/hour", count = "failures"];
const KEYS: RateLimit = prelude::limit!("5 per 2 minutes", by = "api_key", cost = 2);
const ALL: RateLimit = limit!("1000/second", by = "global", burst = 50, cost = 50,);
const BY_HEADER: RateLimit = limit!("60/minute", header = "X-Tenant");
const BY_FUNCTION: RateLimit = limit!("60/minute", key = tenant::of, crate = ::secure_runtime);

mod tenant {
    pub(super) fn of(request: &::actix_web::HttpRequest) -> super::Option<super::String> {
        super::Option::Some(::std::string::ToString::to_string(request.path()))
    }
}

macro_rules! through_a_macro {
    ($quota:literal, $whose:literal) => {
        limit!($quota, by = $whose)
    };
}

fn main() {
    let local = through_a_macro!("5/minute", "global");
    assert_eq!(local.key().describe(), "global");
    assert_eq!(BY_ADDRESS.key().describe(), "ip");
    assert_eq!(BY_ADDRESS.quotas().len(), 1);
    assert_eq!(SEVERAL.quotas().len(), 2);
    assert!(SEVERAL.is_by_caller() && KEYS.is_by_caller());
    assert_eq!(FAILURES.count(), ::secure_runtime::policy::Count::Failures);
    assert_eq!(KEYS.cost().get(), 2);
    assert_eq!(ALL.burst().map(|burst| burst.get()), Option::Some(50));
    assert_eq!(BY_HEADER.key().describe(), "header x-tenant");
    assert_eq!(BY_FUNCTION.key().describe(), "key tenant::of");
}
