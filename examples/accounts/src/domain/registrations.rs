use aws_lc_rs::{digest, rand};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secure_runtime::Secret;
use sqlx::{FromRow, SqlitePool};
use uuid::Uuid;

use super::{Failure, accounts::Address, now};

/// How long the link in the mail holds, in seconds.
const LIFETIME: i64 = 24 * 60 * 60;
/// How many mails one address gets within that time: nobody's mailbox is flooded through us.
const MOST_MAILS: i64 = 5;

/// Attempts to sign up that nobody has confirmed yet.
///
/// A token is made when its mail is written, and only its hash is kept: what is in the database
/// verifies nobody's address. A mail that a crash kept from being written is written after the next
/// start, with a token of its own.
#[derive(Debug, Clone)]
pub(crate) struct Registrations {
    pool: SqlitePool,
}

/// An attempt whose mail is to be written.
#[derive(Debug, FromRow)]
pub(crate) struct ToMail {
    id: Uuid,
    pub(crate) email: String,
    /// Whether somebody has an account with this address already.
    pub(crate) has_account: bool,
    /// Whether the address was written to often enough lately, on whosever behalf.
    pub(crate) has_enough: bool,
}

impl Registrations {
    pub(crate) fn new(pool: SqlitePool) -> Self {
        Self { pool }
    }

    /// Notes an attempt. It does not ask whether the address has an account, so that the answer
    /// cannot tell.
    pub(crate) async fn note(&self, address: &Address, username: &str) -> Result<(), Failure> {
        sqlx::query(
            "INSERT INTO registrations (id, email, username, expires_at) VALUES (?, ?, ?, ?)",
        )
        .bind(Uuid::now_v7())
        .bind(address.as_str())
        .bind(username)
        .bind(now() + LIFETIME)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The next attempt without a mail.
    pub(crate) async fn next_to_mail(&self) -> Result<Option<ToMail>, Failure> {
        let next = sqlx::query_as(
            "SELECT id, email, \
                    EXISTS (SELECT 1 FROM accounts WHERE accounts.email = registrations.email) \
                    AS has_account, \
                    (SELECT COUNT(*) FROM registrations AS others \
                     WHERE others.email = registrations.email AND others.mailed = 1) >= ? \
                    AS has_enough \
             FROM registrations WHERE mailed = 0 ORDER BY id LIMIT 1",
        )
        .bind(MOST_MAILS)
        .fetch_optional(&self.pool)
        .await?;
        Ok(next)
    }

    /// A fresh token for the attempt: 256 random bits.
    pub(crate) async fn issue_token(&self, to: &ToMail) -> Result<Secret<String>, Failure> {
        let mut bytes = [0; 32];
        rand::fill(&mut bytes).map_err(|error| Failure::Fault(error.into()))?;
        let token = Secret::new(URL_SAFE_NO_PAD.encode(bytes));
        sqlx::query("UPDATE registrations SET token_hash = ? WHERE id = ?")
            .bind(hash(&token))
            .bind(to.id)
            .execute(&self.pool)
            .await?;
        Ok(token)
    }

    /// Notes that the mail is written.
    pub(crate) async fn mailed(&self, to: &ToMail) -> Result<(), Failure> {
        sqlx::query("UPDATE registrations SET mailed = 1 WHERE id = ?")
            .bind(to.id)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Forgets what can no longer be confirmed.
    pub(crate) async fn forget_expired(&self) -> Result<(), Failure> {
        sqlx::query("DELETE FROM registrations WHERE expires_at <= ?")
            .bind(now())
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

/// As the database holds a token. A plain hash will do: 256 random bits cannot be guessed.
pub(super) fn hash(token: &Secret<String>) -> Vec<u8> {
    digest::digest(&digest::SHA256, token.expose().as_bytes())
        .as_ref()
        .to_vec()
}
