use secure_runtime::{policy::Policy, prelude::*};

mod vocabulary {
    pub mod roles {
        #[derive(secure_runtime::Role)]
        pub enum Rank {
            Captain,
            Sailor,
        }
    }

    #[derive(secure_runtime::Scope)]
    pub enum Area {
        DeckRead,
    }
}

use vocabulary::Area;

#[get("/deck/{id}")]
#[protected(
    roles = "captain",
    role_type = vocabulary::roles::Rank,
    scopes = "deck:read",
    scope_type = Area,
    owner = "id",
    or_roles = "sailor",
)]
async fn deck() -> &'static str {
    ""
}

fn main() {
    assert!(deck::POLICY.needs_role("captain") && deck::POLICY.needs_scope("deck:read"));
}
