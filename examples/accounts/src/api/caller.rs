use actix_web::{HttpRequest, web::Data};
use secure_runtime::{Principal, Problem, principal::LoadAccount};

use crate::domain::{
    Role,
    accounts::{Account, Accounts},
};

/// The account behind a token, asked for at every request: who is disabled, deleted or demoted is
/// signed out at once, however long the token still lives.
impl LoadAccount for Account {
    async fn load(request: HttpRequest, caller: Principal) -> Result<Option<Self>, Problem> {
        let accounts = request
            .app_data::<Data<Accounts>>()
            .ok_or_else(|| Problem::internal("the app holds no accounts"))?;
        let Ok(id) = caller.subject_as() else {
            return Ok(None);
        };
        let account = accounts.find_active(id).await?;
        Ok(account.filter(|account| holds_no_more_than(&caller, account)))
    }
}

/// Whether each role of the token is still one of the account's.
fn holds_no_more_than(caller: &Principal, account: &Account) -> bool {
    [Role::Admin, Role::Moderator, Role::User]
        .iter()
        .all(|role| !caller.has_role(role) || account.role.includes(*role))
}
