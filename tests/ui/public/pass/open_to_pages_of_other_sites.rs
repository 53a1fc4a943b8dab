use secure_runtime::{policy::Policy, prelude::*};

#[post("/visits")]
#[public(unlimited = "because it is a test", csrf_off = "because a partner's page asks who is there")]
async fn visits(user: Option<CurrentUser>) -> String {
    user.map_or_else(String::new, |user| user.subject().to_owned())
}

fn main() {
    assert!(visits::POLICY.csrf_off_because().is_some() && !visits::POLICY.sets_session());
}
