use std::{fmt, rc::Rc};

use actix_web::{HttpRequest, dev::Payload};

use super::{
    device::KnownDevice,
    limits::{self, AccountLimit, AddressCharge},
    records::{HashChange, normalized},
    throttle::Attempt,
};
use crate::{
    Problem, Secret,
    audit::{AuditEvent, AuditKind},
    context::RequestContext,
    guard::{Argument, Caller, Extraction},
    password::{PasswordHash, Verdict},
    policy::{Input, Need},
    security::State,
    token::{Grant, IssuedTokens, TokenError},
};

/// In bytes. An e-mail address has at most 254.
const LONGEST_IDENTIFIER: usize = 320;

/// One text for every reason.
const DENIED: &str = "The name or the password is wrong.";

/// Signs somebody in with a password, as an argument of a guarded handler.
///
/// It needs the builder's [`accounts`](crate::Builder::accounts), which is checked at launch.
///
/// ```
/// use actix_web::web::Json;
/// use secure_runtime::{account::SignIn, prelude::*, token::IssuedTokens};
///
/// #[validated]
/// struct Credentials {
///     #[validate(length(max = 254))]
///     email: String,
///     #[validate(length(max = 1024))]
///     password: Secret<String>,
/// }
///
/// #[post("/login")]
/// #[public]
/// #[rate_limit("60/minute")]
/// #[validated]
/// async fn login(
///     sign_in: SignIn,
///     credentials: Json<Credentials>,
/// ) -> Result<IssuedTokens, Problem> {
///     let Credentials { email, password } = credentials.into_inner();
///     sign_in.with_password(&email, password).await
/// }
/// ```
///
/// # What it does
/// 1. It charges the attempt to the counters of the throttle ([`account`](crate::account)), and where they have no
///    room left nothing else is done.
/// 2. It looks the account up by the normalised name (trimmed, in lower case) and verifies the password. An
///    account that does not exist, has no password or is disabled costs the same work and gets the same
///    answer as a password that is wrong; so does one whose hash cannot be read, and the log says so.
/// 3. A hash that is out of date is replaced.
/// 4. It asks [`ResourceOwners::renew`](crate::oauth::ResourceOwners::renew) what the account may do, issues
///    the tokens, and gives the charge back.
/// 5. It has the answer set a cookie by which the device is known from now on (`__Host-device`, and on plain
///    HTTP in development `device`): there the owner still gets in while somebody else guesses. A browser
///    has one such cookie, so of several accounts it is known to the one that signed in last.
///
/// Who was signed out everywhere while the password was looked at gets nothing. All of it is on the record:
/// [`AuditKind::SignedIn`], [`SignInFailed`](AuditKind::SignInFailed), and
/// [`SignInThrottled`](AuditKind::SignInThrottled) for the failure that starts a pause.
pub struct SignIn {
    pub(super) context: Rc<RequestContext>,
    pub(super) request: HttpRequest,
}

/// What is wanted besides being signed in.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// Fewer scopes than the account may have.
    pub(crate) scopes: Option<&'a [String]>,
    /// The client that asks.
    pub(crate) client_id: Option<&'a str>,
}

/// Why somebody is not signed in.
#[derive(Debug)]
pub(crate) enum SignInError {
    /// There is no such account, it may not sign in, or the password is not the one.
    Denied,
    /// A scope is wanted that the account may not have.
    ScopeNotGranted,
    /// There were too many attempts, or the server could not do its work.
    Problem(Problem),
}

impl SignIn {
    pub(super) fn of(request: &HttpRequest) -> Result<Self, Problem> {
        Ok(Self {
            context: RequestContext::of_guarded(request)?,
            request: request.clone(),
        })
    }

    /// Signs in whoever is known by `identifier`, such as an e-mail address, with a password.
    ///
    /// # Errors
    /// 401 with one text where there is no such account, it is disabled, or the password is not the one; 429
    /// with `Retry-After` where there were too many attempts; 503 where the store does not answer or too many
    /// passwords wait to be hashed.
    pub async fn with_password(
        &self,
        identifier: &str,
        password: Secret<String>,
    ) -> Result<IssuedTokens, Problem> {
        let signed_in = self.attempt(identifier, password, Wanted::default());
        signed_in.await.map_err(SignInError::told)
    }

    /// The same with what an OAuth client may ask for.
    pub(crate) async fn attempt(
        &self,
        identifier: &str,
        password: Secret<String>,
        wanted: Wanted<'_>,
    ) -> Result<IssuedTokens, SignInError> {
        let tokens = self.context.security.tokens();
        let begin = async |grant: &Grant| tokens.sign_in(grant).await;
        self.attempt_to(identifier, password, wanted, begin).await
    }

    /// The same, where something else than tokens may begin for whoever is the one.
    pub(super) async fn attempt_to<T>(
        &self,
        identifier: &str,
        password: Secret<String>,
        wanted: Wanted<'_>,
        begin: impl AsyncFnOnce(&Grant) -> Result<T, TokenError>,
    ) -> Result<T, SignInError> {
        let state = &*self.context.security;
        let identifier = Identifier::new(identifier);
        let known = self.known_device(&identifier);
        let address = self.context.client_address();
        // A device that is known keeps its owner in whatever others at the same address try.
        let charge = match &known {
            Some(_) => None,
            None => Some(limits::charge(&self.context, AccountLimit::FailedSignIns).await?),
        };
        let begun = state.throttle();
        let begun = begun.begin(&identifier.account, address, known.as_ref());
        let attempt = match begun.await {
            Ok(attempt) => attempt,
            Err(error) => {
                // Nobody looks at the password.
                give_back(charge).await;
                return Err(Problem::from(error).into());
            }
        };
        let mut trial = Trial {
            state,
            attempt: Some(attempt),
            is_last: charge.as_ref().is_some_and(AddressCharge::is_last),
            subject: None,
        };
        let judged = judge(&identifier, password, wanted, &mut trial);
        let begun = match judged.await {
            Ok(grant) => begin(&grant).await.map_err(SignInError::from),
            Err(error) => Err(error),
        };
        match begun {
            Ok(begun) => {
                trial.succeeded().await;
                give_back(charge).await;
                self.remember(known, &identifier);
                Ok(begun)
            }
            Err(SignInError::Denied) => Err(SignInError::Denied),
            Err(error) => {
                trial.give_back().await;
                give_back(charge).await;
                Err(error)
            }
        }
    }

    fn known_device(&self, identifier: &Identifier) -> Option<KnownDevice> {
        let signer = self.context.security.signer();
        let headers = self.request.headers();
        KnownDevice::read(headers, self.is_secure(), signer, &identifier.account)
    }

    /// Has the answer make the device known, or known for longer.
    fn remember(&self, known: Option<KnownDevice>, identifier: &Identifier) {
        let device = known.unwrap_or_else(KnownDevice::new);
        let signer = self.context.security.signer();
        if let Some(cookie) = device.cookie(self.is_secure(), signer, &identifier.account) {
            self.context.add_cookie(cookie);
        }
    }

    /// Whether the cookie is one for HTTPS alone.
    fn is_secure(&self) -> bool {
        self.context.security.sets_secure_cookies(&self.request)
    }
}

impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignIn").finish_non_exhaustive()
    }
}

impl Argument for SignIn {
    type Value = Self;
    const INPUT: Option<Input> = None;
    const CALLER: Caller = Caller::Unused;
    const NEEDS: &'static [Need] = &[Need::Accounts, Need::FailedSignIns];

    fn extract(request: &HttpRequest, _: &mut Payload) -> Extraction<Self> {
        Extraction::Ready(Self::of(request))
    }
}

async fn give_back(charge: Option<AddressCharge<'_>>) {
    if let Some(charge) = charge {
        charge.give_back().await;
    }
}

/// Whom somebody says to be.
struct Identifier {
    /// Normalised.
    name: String,
    /// By what it is counted. No subject is counted by it.
    account: String,
    /// Whether any account can be known by it.
    is_possible: bool,
}

impl Identifier {
    fn new(typed: &str) -> Self {
        let name = normalized(typed);
        Self {
            account: format!("identifier:{name}"),
            is_possible: name.len() <= LONGEST_IDENTIFIER && !name.contains('\0'),
            name,
        }
    }

    /// What the accounts are asked for: for the sake of the same work they are always asked.
    fn asked(&self) -> &str {
        match self.is_possible {
            true => &self.name,
            false => "",
        }
    }
}

/// What may begin for who is the one. Whatever else is wrong, one password is verified.
async fn judge(
    identifier: &Identifier,
    password: Secret<String>,
    wanted: Wanted<'_>,
    trial: &mut Trial<'_>,
) -> Result<Grant, SignInError> {
    let state = trial.state;
    let (records, passwords) = state.accounts().records()?;
    // Before anything is read: who is signed out everywhere from now on gets no token.
    let began = state.tokens().now();
    let found = records.by_identifier(identifier.asked()).await?;
    let record = found.filter(|_| identifier.is_possible);
    trial.subject = record.as_ref().map(|record| record.subject.clone());
    let hash = record.as_ref().and_then(|record| record.hash.as_ref());
    let verdict = passwords.verify_or_deny(password, hash.map(PasswordHash::expose));
    let verdict = verdict.await.map_err(Problem::from)?;
    let Some(record) = record.filter(|record| verdict.is_valid() && !record.disabled) else {
        return Err(SignInError::Denied);
    };
    if let Verdict::ValidRehash(new) = &verdict {
        let (subject, old) = (&record.subject, record.hash.as_ref());
        let replaced = records.replace_hash(subject, old, new, HashChange::Rehash);
        match replaced.await {
            Ok(true) => {}
            Ok(false) => tracing::debug!("a hash that is out of date was replaced by others"),
            Err(problem) => {
                tracing::warn!(?problem, "a hash that is out of date could not be replaced");
            }
        }
    }
    let grant = state.owners()?.renew(&record.subject).await?;
    let grant = grant.ok_or(SignInError::Denied)?;
    if grant.subject() != record.subject {
        let fault = "the grant is for another subject than the account that signs in";
        return Err(Problem::internal(fault).into());
    }
    Ok(wanted.of(grant)?.with_signed_in_at(began))
}

impl Wanted<'_> {
    fn of(self, grant: Grant) -> Result<Grant, SignInError> {
        let grant = match self.scopes {
            Some(scopes) if scopes.iter().any(|scope| !grant.scopes().contains(scope)) => {
                return Err(SignInError::ScopeNotGranted);
            }
            Some(scopes) => grant.narrowed_to(scopes),
            None => grant,
        };
        Ok(match self.client_id {
            Some(client_id) => grant.with_client_id(client_id),
            None => grant,
        })
    }
}

/// An attempt under way. Unless it is said to have ended otherwise it has failed, also where nobody waits for
/// its end any more.
struct Trial<'a> {
    state: &'a State,
    attempt: Option<Attempt>,
    /// Whether it is the last that the address may fail in for a while.
    is_last: bool,
    /// Whose password it is about, where there is such an account.
    subject: Option<String>,
}

impl Trial<'_> {
    async fn succeeded(mut self) {
        // First: there are tokens, whether or not anybody waits for the rest.
        let attempt = self.attempt.take();
        self.record(AuditKind::SignedIn);
        if let Some(attempt) = attempt {
            attempt.succeeded().await;
        }
    }

    async fn give_back(mut self) {
        if let Some(attempt) = self.attempt.take() {
            attempt.give_back().await;
        }
    }

    fn record(&self, kind: AuditKind) {
        let event = AuditEvent::new(kind, self.state.clock().unix());
        self.state.audit().record(&match &self.subject {
            Some(subject) => event.about(subject),
            None => event,
        });
    }
}

impl Drop for Trial<'_> {
    fn drop(&mut self) {
        let Some(attempt) = self.attempt.take() else {
            return;
        };
        self.record(AuditKind::SignInFailed);
        if attempt.starts_pause() || self.is_last {
            self.record(AuditKind::SignInThrottled);
        }
        attempt.failed();
    }
}

impl SignInError {
    /// What somebody is told who has asked for nothing but to be signed in.
    pub(super) fn told(self) -> Problem {
        match self {
            Self::Denied => Problem::unauthorized().with_detail(DENIED),
            Self::ScopeNotGranted => Problem::internal("no scope was asked for"),
            Self::Problem(problem) => problem,
        }
    }
}

impl From<TokenError> for SignInError {
    fn from(error: TokenError) -> Self {
        match error.is_signed_out() {
            true => Self::Denied,
            false => Self::Problem(error.into()),
        }
    }
}

impl From<Problem> for SignInError {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}
