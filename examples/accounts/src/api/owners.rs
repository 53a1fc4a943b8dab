use secure_runtime::{
    Clock as _, Problem, Secret, SystemClock, oauth::ResourceOwners, policy::RoleWord as _,
    token::Grant,
};

use crate::domain::accounts::{Account, Accounts, Address};

/// Who may have tokens, and what they may do: roles and scopes are those of the account at this moment.
impl ResourceOwners for Accounts {
    async fn sign_in(
        &self,
        username: &str,
        password: Secret<String>,
    ) -> Result<Option<Grant>, Problem> {
        // Before the password is verified: who is signed out everywhere meanwhile gets no token.
        let began = SystemClock::default().unix();
        let address = Address::new(username);
        let account = self.find_by_password(&address, password).await?;
        Ok(account.map(|account| grant(&account).with_signed_in_at(began)))
    }

    async fn renew(&self, subject: &str) -> Result<Option<Grant>, Problem> {
        let Ok(id) = subject.parse() else {
            return Ok(None);
        };
        let account = self.find_active(id).await?;
        Ok(account.as_ref().map(grant))
    }
}

fn grant(account: &Account) -> Grant {
    Grant::new(account.id.to_string())
        .with_roles([account.role.word()])
        .with_scopes(account.role.scopes())
}
