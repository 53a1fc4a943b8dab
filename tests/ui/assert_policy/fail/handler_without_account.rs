//~ the policy of `leave` breaks the assertion
use actix_web::HttpRequest;
use secure_runtime::{Principal, assert_policy, prelude::*, principal::LoadAccount};

struct Account;

impl LoadAccount for Account {
    async fn load(_: HttpRequest, _: Principal) -> Result<Option<Self>, Problem> {
        Ok(Some(Self))
    }
}

#[get("/me")]
#[protected]
async fn me(_user: CurrentUser<Account>) -> &'static str {
    ""
}

#[delete("/me")]
#[protected]
async fn leave(_user: CurrentUser) -> &'static str {
    ""
}

assert_policy!(me, leave; |policy| policy.loads_account());

fn main() {}
