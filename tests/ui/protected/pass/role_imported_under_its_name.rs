use secure_runtime::{policy::Policy, prelude::*};

mod vocabulary {
    #[derive(secure_runtime::Role)]
    pub enum Rank {
        Captain,
    }
}

use vocabulary::Rank as Role;

#[get("/")]
#[protected(roles = "captain")]
async fn home() -> &'static str {
    ""
}

fn main() {
    assert!(home::POLICY.needs_role("captain"));
}
