use super::{AccountRecord, limits::AccountLimit, throttle::Attempt, visit::Visit};
use crate::{FieldError, Principal, Problem, Secret, audit::AuditKind, password::Verdict};

/// The account of a caller who knows its password. It is asked for again where somebody who has found a
/// device unlocked is not to take the account over.
pub(super) async fn proven(
    visit: &Visit,
    caller: &Principal,
    current: Secret<String>,
) -> Result<AccountRecord, Problem> {
    if caller.is_restricted() || caller.api_key_id().is_some() {
        return Err(Problem::forbidden().because("the credential is narrower than its owner"));
    }
    let (subject, throttle) = (caller.subject(), visit.state.throttle());
    let named = format!("subject:{subject}");
    let charge = visit.charge(AccountLimit::FailedSignIns).await?;
    let attempt = match throttle.begin(&named, visit.address, None).await {
        Ok(attempt) => attempt,
        Err(error) => {
            // Nobody looks at the password.
            charge.give_back().await;
            return Err(error.into());
        }
    };
    let guess = Guess {
        visit,
        subject,
        is_last: charge.is_last(),
        attempt: Some(attempt),
    };
    let (account, verdict) = match judge(visit, subject, current).await {
        Ok(judged) => judged,
        Err(problem) => {
            guess.give_back().await;
            charge.give_back().await;
            return Err(problem);
        }
    };
    if verdict.is_valid() {
        guess.succeeded().await;
        charge.give_back().await;
        return Ok(account);
    }
    Err(Problem::invalid(vec![FieldError::at(
        "#/current_password",
        "password_wrong",
        "is not your password",
    )]))
}

async fn judge(
    visit: &Visit,
    subject: &str,
    current: Secret<String>,
) -> Result<(AccountRecord, Verdict), Problem> {
    let (records, passwords) = visit.records()?;
    let account = records.by_subject(subject).await?;
    let account = account.filter(|account| !account.disabled);
    let account =
        account.ok_or_else(|| Problem::invalid_token("the account is gone or disabled"))?;
    let hash = account.hash.as_ref().map(|hash| hash.expose());
    let verdict = passwords.verify(current, hash).await?;
    Ok((account, verdict))
}

/// A password that is looked at. Unless it is said to be the right one it was wrong, also where nobody waits
/// for the answer any more.
struct Guess<'a> {
    visit: &'a Visit,
    subject: &'a str,
    /// Whether it is the last that the address may fail in for a while.
    is_last: bool,
    attempt: Option<Attempt>,
}

impl Guess<'_> {
    async fn succeeded(mut self) {
        if let Some(attempt) = self.attempt.take() {
            attempt.succeeded().await;
        }
    }

    async fn give_back(mut self) {
        if let Some(attempt) = self.attempt.take() {
            attempt.give_back().await;
        }
    }
}

impl Drop for Guess<'_> {
    fn drop(&mut self) {
        let Some(attempt) = self.attempt.take() else {
            return;
        };
        self.visit
            .record(AuditKind::PasswordChangeFailed, self.subject);
        if attempt.starts_pause() || self.is_last {
            self.visit.record(AuditKind::SignInThrottled, self.subject);
        }
        attempt.failed();
    }
}
