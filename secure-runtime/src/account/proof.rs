use super::{AccountRecord, visit::Visit};
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
    let attempt = throttle.begin(&named, visit.address, None).await?;
    let (account, verdict) = match judge(visit, subject, current).await {
        Ok(judged) => judged,
        Err(problem) => {
            attempt.give_back().await;
            return Err(problem);
        }
    };
    if verdict.is_valid() {
        attempt.succeeded().await;
        return Ok(account);
    }
    visit.record(AuditKind::PasswordChangeFailed, subject);
    if attempt.starts_pause() {
        visit.record(AuditKind::SignInThrottled, subject);
    }
    attempt.failed();
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
