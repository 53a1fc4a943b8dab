use secure_runtime::password::PasswordHash;
use sqlx::{FromRow, SqlitePool};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Failure, Page, PageNumber, Role, Transaction, now, sign_outs};

/// An account, without its password: what the service works with. What others get to see is a type
/// of its own (`api/me.rs`).
#[derive(Debug, Clone, FromRow)]
pub(crate) struct Account {
    pub(crate) id: Uuid,
    pub(crate) email: String,
    pub(crate) username: String,
    pub(crate) role: Role,
    pub(crate) disabled: bool,
    #[sqlx(try_from = "i64")]
    pub(crate) created_at: Moment,
}

/// An account with the hash of its password: what signing in works with, and nothing else.
#[derive(Debug, FromRow)]
pub(crate) struct Stored {
    #[sqlx(flatten)]
    pub(crate) account: Account,
    #[sqlx(try_from = "String")]
    pub(crate) password_hash: PasswordHash,
}

/// A time as the database holds it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment(pub(crate) OffsetDateTime);

impl TryFrom<i64> for Moment {
    type Error = time::error::ComponentRange;

    fn try_from(seconds: i64) -> Result<Self, Self::Error> {
        OffsetDateTime::from_unix_timestamp(seconds).map(Self)
    }
}

/// What an admin changes.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) role: Option<Role>,
    pub(crate) disabled: Option<bool>,
}

/// An e-mail address as accounts are found by: in lower case.
#[derive(Debug, Clone)]
pub(crate) struct Address(String);

impl Address {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.trim().to_lowercase())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The accounts in the database.
#[derive(Debug)]
pub(crate) struct Accounts {
    pub(super) pool: SqlitePool,
}

impl Accounts {
    pub(crate) fn new(pool: SqlitePool) -> Self {
        Self { pool }
    }

    /// Whether the database answers.
    pub(crate) async fn ping(&self) -> Result<(), Failure> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }

    /// The account, unless it is disabled or gone.
    pub(crate) async fn find_active(&self, id: Uuid) -> Result<Option<Account>, Failure> {
        let account = sqlx::query_as(
            "SELECT id, email, username, role, disabled, created_at FROM accounts \
             WHERE id = ? AND disabled = 0",
        )
        .bind(id)
        .fetch_optional(&self.pool)
        .await?;
        Ok(account)
    }

    /// The account, whatever its state.
    pub(crate) async fn find(&self, id: Uuid) -> Result<Account, Failure> {
        let account = sqlx::query_as(
            "SELECT id, email, username, role, disabled, created_at FROM accounts WHERE id = ?",
        )
        .bind(id)
        .fetch_one(&self.pool)
        .await?;
        Ok(account)
    }

    /// The account at an address with the hash of its password, whatever its state.
    pub(crate) async fn at_address(&self, address: &Address) -> Result<Option<Stored>, Failure> {
        let found = sqlx::query_as(
            "SELECT id, email, username, role, disabled, created_at, password_hash \
             FROM accounts WHERE email = ?",
        )
        .bind(address.as_str())
        .fetch_optional(&self.pool)
        .await?;
        Ok(found)
    }

    /// The account with the hash of its password, whatever its state.
    pub(crate) async fn stored(&self, id: Uuid) -> Result<Option<Stored>, Failure> {
        let found = sqlx::query_as(
            "SELECT id, email, username, role, disabled, created_at, password_hash \
             FROM accounts WHERE id = ?",
        )
        .bind(id)
        .fetch_optional(&self.pool)
        .await?;
        Ok(found)
    }

    /// Puts a hash in the place of another; `false` where the account does not have that (any more).
    /// Where `signs_out` the account is to be signed out, too.
    pub(crate) async fn replace_hash(
        &self,
        id: Uuid,
        old: &PasswordHash,
        new: &PasswordHash,
        signs_out: bool,
    ) -> Result<bool, Failure> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let replaced =
            sqlx::query("UPDATE accounts SET password_hash = ? WHERE id = ? AND password_hash = ?")
                .bind(new.expose())
                .bind(id)
                .bind(old.expose())
                .execute(&mut *transaction)
                .await?;
        let done = replaced.rows_affected() == 1;
        if done && signs_out {
            sign_outs::note(id, &mut transaction).await?;
        }
        transaction.commit().await?;
        Ok(done)
    }

    /// Makes an account; `false` where the address has one.
    pub(crate) async fn create(
        &self,
        address: &Address,
        username: &str,
        hash: &PasswordHash,
    ) -> Result<bool, Failure> {
        self.insert(address, username, hash, Role::User).await
    }

    /// Gives an account another address; `false` where it does not have `old` (any more), or somebody has
    /// `new`.
    pub(crate) async fn change_address(
        &self,
        id: Uuid,
        old: &Address,
        new: &Address,
    ) -> Result<bool, Failure> {
        let changed = sqlx::query(
            "UPDATE accounts SET email = ? WHERE id = ? AND email = ? \
             AND NOT EXISTS (SELECT 1 FROM accounts WHERE email = ?)",
        )
        .bind(new.as_str())
        .bind(id)
        .bind(old.as_str())
        .bind(new.as_str())
        .execute(&self.pool)
        .await?;
        Ok(changed.rows_affected() == 1)
    }

    /// Makes an admin, for the operator at the machine; `false` where the address has an account.
    pub(crate) async fn create_admin(
        &self,
        address: &Address,
        username: &str,
        hash: &PasswordHash,
    ) -> Result<bool, Failure> {
        self.insert(address, username, hash, Role::Admin).await
    }

    /// All accounts, the oldest first.
    pub(crate) async fn list(&self, page: PageNumber) -> Result<Page<Account>, Failure> {
        let total = sqlx::query_scalar("SELECT COUNT(*) FROM accounts")
            .fetch_one(&self.pool)
            .await?;
        let accounts = sqlx::query_as(
            "SELECT id, email, username, role, disabled, created_at FROM accounts \
             ORDER BY id LIMIT ? OFFSET ?",
        )
        .bind(page.limit())
        .bind(page.offset())
        .fetch_all(&self.pool)
        .await?;
        Ok(Page::new(accounts, page, total))
    }

    /// Gives the account another display name.
    pub(crate) async fn rename(&self, id: Uuid, username: &str) -> Result<Account, Failure> {
        let account = sqlx::query_as(
            "UPDATE accounts SET username = ? WHERE id = ? \
             RETURNING id, email, username, role, disabled, created_at",
        )
        .bind(username)
        .bind(id)
        .fetch_one(&self.pool)
        .await?;
        Ok(account)
    }

    /// Changes role or state; the last admin keeps both. Who may do less than before is to be signed
    /// out.
    pub(crate) async fn change(&self, id: Uuid, change: &Change) -> Result<Account, Failure> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let rule = LastAdmin::about(id, &mut transaction).await?;
        let (role, disabled): (Role, bool) =
            sqlx::query_as("SELECT role, disabled FROM accounts WHERE id = ?")
                .bind(id)
                .fetch_one(&mut *transaction)
                .await?;
        let account: Account = sqlx::query_as(
            "UPDATE accounts SET role = COALESCE(?, role), disabled = COALESCE(?, disabled) \
             WHERE id = ? RETURNING id, email, username, role, disabled, created_at",
        )
        .bind(change.role)
        .bind(change.disabled)
        .bind(id)
        .fetch_one(&mut *transaction)
        .await?;
        rule.holds(&mut transaction).await?;
        if !account.role.includes(role) || (account.disabled && !disabled) {
            sign_outs::note(id, &mut transaction).await?;
        }
        transaction.commit().await?;
        Ok(account)
    }

    /// Deletes the account with everything that it wrote; the last admin stays. It is to be signed
    /// out; until it is, deleting it again is no error.
    pub(crate) async fn delete(&self, id: Uuid) -> Result<(), Failure> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let rule = LastAdmin::about(id, &mut transaction).await?;
        let deleted = sqlx::query("DELETE FROM accounts WHERE id = ?")
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        if deleted.rows_affected() == 0 {
            return match sign_outs::is_due(id, &mut transaction).await? {
                true => Ok(()),
                false => Err(Failure::NotFound),
            };
        }
        rule.holds(&mut transaction).await?;
        sign_outs::note(id, &mut transaction).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Whether there was room for it: an address has one account.
    async fn insert(
        &self,
        address: &Address,
        username: &str,
        hash: &PasswordHash,
        role: Role,
    ) -> Result<bool, Failure> {
        let inserted = sqlx::query(
            "INSERT INTO accounts (id, email, username, password_hash, role, created_at) \
             VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (email) DO NOTHING",
        )
        .bind(Uuid::now_v7())
        .bind(address.as_str())
        .bind(username)
        .bind(hash.expose())
        .bind(role)
        .bind(now())
        .execute(&self.pool)
        .await?;
        Ok(inserted.rows_affected() == 1)
    }
}

/// The last admin can be neither removed, nor demoted, nor disabled.
///
/// Looked at before and after a change, within its transaction: two admins who remove each other at
/// the same moment do not both succeed.
#[must_use]
struct LastAdmin {
    concerned: bool,
}

impl LastAdmin {
    async fn about(id: Uuid, transaction: &mut Transaction) -> Result<Self, Failure> {
        let concerned = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM accounts WHERE id = ? AND role = 'admin' AND disabled = 0)",
        )
        .bind(id)
        .fetch_one(&mut **transaction)
        .await?;
        Ok(Self { concerned })
    }

    async fn holds(self, transaction: &mut Transaction) -> Result<(), Failure> {
        let admins: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM accounts WHERE role = 'admin' AND disabled = 0",
        )
        .fetch_one(&mut **transaction)
        .await?;
        match self.concerned && admins == 0 {
            true => Err(Failure::LastAdmin),
            false => Ok(()),
        }
    }
}
