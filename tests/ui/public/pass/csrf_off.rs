use secure_runtime::{account::SessionSignIn, policy::Policy, prelude::*};

#[post("/login")]
#[public(unlimited = "because it is a test", csrf_off = "because a partner's page signs in here")]
async fn login(_sign_in: SessionSignIn) -> &'static str {
    ""
}

#[get("/link")]
#[public(csrf_off = "because the link itself is the proof")]
async fn link(_sign_in: SessionSignIn) -> &'static str {
    ""
}

fn main() {
    let reason = <login as Policy>::POLICY.csrf_off_because();
    assert_eq!(reason, Some("because a partner's page signs in here"));
    assert!(<link as Policy>::POLICY.csrf_off_because().is_some());
}
