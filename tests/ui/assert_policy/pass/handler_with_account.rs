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


assert_policy!(me; |policy| policy.loads_account());

fn main() {}
