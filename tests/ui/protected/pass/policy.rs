use actix_web::HttpRequest;
use secure_runtime::{Principal, prelude::*};

mod rules {
    pub struct Of<T>(std::marker::PhantomData<T>);
}

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

impl<T: 'static> AccessPolicy for rules::Of<T> {
    type Facts = bool;

    async fn facts(_: &HttpRequest, _: &Principal) -> Result<bool, Problem> {
        Ok(true)
    }

    fn decide(_: &Principal, facts: &bool) -> Decision {
        match facts {
            true => Decision::Allow,
            false => Decision::Forbid,
        }
    }
}

#[get("/")]
#[protected(policy = OnDuty)]
async fn home() -> &'static str {
    ""
}

#[get("/of")]
#[protected(policy = self::rules::Of::<Vec<u8>>, via = "bearer")]
async fn of() -> &'static str {
    ""
}

fn main() {
    use secure_runtime::policy::Policy as _;

    let policy = home::POLICY;
    assert!(policy.needs_policy() && !policy.needs_resource());
    assert_eq!(policy.demands().unwrap().policy(), Some("OnDuty"));
    let name = of::POLICY.demands().unwrap().policy().unwrap();
    assert_eq!(name, "self::rules::Of::<Vec<u8>>");
    let floor = floor!(policy = OnDuty);
    assert_eq!(floor.policy(), Some("OnDuty"));
}
