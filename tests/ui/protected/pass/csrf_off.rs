use secure_runtime::{policy::Policy, prelude::*};

#[post("/")]
#[protected(csrf_off = "because it is called by pages of partners")]
async fn home() -> &'static str {
    ""
}

fn main() {
    let reason = <home as Policy>::POLICY.csrf_off_because();
    assert_eq!(reason, Some("because it is called by pages of partners"));
}
