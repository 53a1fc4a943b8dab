//! Whoever is disabled, demoted or deleted, or has reset the password, is signed out everywhere; the API
//! keys end too where the account is disabled or deleted, and where that was asked for. That it is to be
//! done stands in the database together with the change, and goes when it is done: neither a crash nor a
//! store that does not answer leaves an account half signed out.

use std::time::Duration;

use actix_web::{rt::time::sleep, web::Data};
use secure_runtime::{Problem, Security, store::StoreError};

use crate::domain::accounts::Accounts;

/// How soon what could not be done is tried again.
const RETRY: Duration = Duration::from_secs(5);

/// What signs accounts out.
#[derive(Debug)]
pub(crate) struct SignOuts {
    accounts: Data<Accounts>,
    security: Security,
}

impl SignOuts {
    pub(crate) fn new(accounts: Data<Accounts>, security: Security) -> Self {
        Self { accounts, security }
    }

    /// Signs out whoever is to be signed out; afterwards their tokens are worth nothing.
    ///
    /// # Errors
    /// 503 when the store does not answer. The change itself is made, and [`run`](Self::run) does the
    /// rest.
    pub(crate) async fn settle(&self) -> Result<(), Problem> {
        for due in self.accounts.due_sign_outs().await? {
            let subject = due.account.to_string();
            let done = self.security.end_access(&subject, due.api_keys());
            done.await.map_err(later)?;
            self.accounts.signed_out(&due).await?;
        }
        Ok(())
    }

    /// Does what nobody has done: after a crash, or an outage of the store.
    pub(crate) async fn run(&self) {
        loop {
            if let Err(problem) = self.settle().await {
                tracing::warn!(?problem, "accounts could not be signed out yet");
            }
            sleep(RETRY).await;
        }
    }
}

fn later(error: StoreError) -> Problem {
    Problem::from(error).with_detail(
        "The change is made, but tokens of the account may be good for a moment longer. They end as \
         soon as the store answers; you need not repeat the request, and you may.",
    )
}
