use secure_runtime::account::ApiKeyFate;
use sqlx::FromRow;
use uuid::Uuid;

use super::{Failure, Transaction, accounts::Accounts};

/// An account, perhaps gone by now, that is to be signed out everywhere.
#[derive(Debug, FromRow)]
pub(crate) struct DueSignOut {
    id: Uuid,
    #[sqlx(rename = "account_id")]
    pub(crate) account: Uuid,
    revoke_api_keys: bool,
}

impl DueSignOut {
    /// What becomes of its API keys.
    pub(crate) fn api_keys(&self) -> ApiKeyFate {
        match self.revoke_api_keys {
            true => ApiKeyFate::Revoke,
            false => ApiKeyFate::Keep,
        }
    }
}

/// Notes it, together with the change that is its reason.
pub(super) async fn note(
    account: Uuid,
    api_keys: ApiKeyFate,
    transaction: &mut Transaction,
) -> Result<(), Failure> {
    sqlx::query("INSERT INTO sign_outs (id, account_id, revoke_api_keys) VALUES (?, ?, ?)")
        .bind(Uuid::now_v7())
        .bind(account)
        .bind(api_keys == ApiKeyFate::Revoke)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

pub(super) async fn is_due(account: Uuid, transaction: &mut Transaction) -> Result<bool, Failure> {
    let due = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM sign_outs WHERE account_id = ?)")
        .bind(account)
        .fetch_one(&mut **transaction)
        .await?;
    Ok(due)
}

impl Accounts {
    /// Who is to be signed out, the longest due first.
    pub(crate) async fn due_sign_outs(&self) -> Result<Vec<DueSignOut>, Failure> {
        let due =
            sqlx::query_as("SELECT id, account_id, revoke_api_keys FROM sign_outs ORDER BY id")
                .fetch_all(&self.pool)
                .await?;
        Ok(due)
    }

    /// It is done.
    pub(crate) async fn signed_out(&self, due: &DueSignOut) -> Result<(), Failure> {
        sqlx::query("DELETE FROM sign_outs WHERE id = ?")
            .bind(due.id)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
