#[cfg(feature = "test")]
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{
    fmt,
    num::NonZeroUsize,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use zeroize::Zeroizing;

use super::{
    Argon2Params, NewPassword, PasswordError, PasswordHash, Pepper, VerifyLimits,
    argon2id::{Memory, Recipe},
    pool::Pool,
    stored::{Reader, Stored, argon2id},
    text,
};
use crate::Secret;

/// How many may wait for each that is at work.
const WAITING_FOR_EACH: usize = 16;

/// Hashes and verifies passwords: Argon2id, off the event loop, a bounded number at once.
///
/// It is made once and shared; clones are handles of the same.
///
/// ```
/// use secure_runtime::{
///     Secret,
///     password::{Argon2Params, PasswordPolicy, Passwords, Verdict, policy::PasswordContext},
/// };
///
/// const PARAMS: Argon2Params = Argon2Params::new(19 * 1024, 2, 1);
///
/// # #[actix_web::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let passwords = Passwords::new(PARAMS);
/// let typed = || Secret::new(String::from("tangerine lighthouse umbrella"));
///
/// let new = PasswordPolicy::default().check(typed(), &PasswordContext::new())?;
/// let stored = passwords.hash(&new).await?;
/// match passwords.verify(typed(), Some(stored.expose())).await? {
///     Verdict::Valid => {}
///     Verdict::ValidRehash(new_hash) => println!("store {} bytes", new_hash.expose().len()),
///     Verdict::Invalid => panic!("the same password"),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Passwords {
    inner: Arc<Inner>,
    pool: Pool,
}

struct Inner {
    params: Argon2Params,
    limits: VerifyLimits,
    pepper: Option<Pepper>,
    /// All that are known, the current one first.
    peppers: Vec<Pepper>,
    #[cfg(feature = "password-legacy")]
    bcrypt_truncates: bool,
    /// Computed where there is no account, so that the work is the same.
    stand_in: Recipe,
    /// What is at work has one each; here lies what is not in use.
    memories: Mutex<Vec<Memory>>,
    /// How many hashes of Argon2id or of older kinds were computed.
    #[cfg(feature = "test")]
    computed: AtomicUsize,
}

/// What is to be done about a password that was typed.
#[derive(Debug)]
#[must_use]
pub enum Verdict {
    /// It is the one.
    Valid,
    /// It is the one, and its hash is out of date: this one is to be stored in its place.
    ValidRehash(PasswordHash),
    /// It is not the one, or there is no account.
    Invalid,
}

impl Verdict {
    /// Whether the password is the one.
    pub fn is_valid(&self) -> bool {
        !matches!(self, Self::Invalid)
    }
}

/// Builds [`Passwords`].
#[must_use]
pub struct Builder {
    params: Argon2Params,
    limits: VerifyLimits,
    at_once: NonZeroUsize,
    queue: Option<usize>,
    pepper: Option<Pepper>,
    previous: Vec<Pepper>,
    #[cfg(feature = "password-legacy")]
    bcrypt_truncates: bool,
}

impl Builder {
    /// How many passwords are hashed at once. Each takes the memory of the parameters, and as long as
    /// it lasts a core. Defaults to all cores but one, which is left to everybody else.
    pub fn at_once(mut self, at_once: NonZeroUsize) -> Self {
        self.at_once = at_once;
        self
    }

    /// How many more may wait; who comes then gets [`PasswordError::Overloaded`], which is a 503 with
    /// `Retry-After`. Defaults to 16 for each that is at work, less than a second with the default
    /// parameters.
    pub fn queue(mut self, queue: usize) -> Self {
        self.queue = Some(queue);
        self
    }

    /// How much work a stored hash may ask for.
    pub fn verify_limits(mut self, limits: VerifyLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Hashes with a pepper. Hashes without one still verify, and are made anew at the next sign-in.
    pub fn pepper(mut self, pepper: Pepper) -> Self {
        self.pepper = Some(pepper);
        self
    }

    /// A pepper that hashes were made with before. May be given several times.
    pub fn previous_pepper(mut self, pepper: Pepper) -> Self {
        self.previous.push(pepper);
        self
    }

    #[cfg(feature = "password-legacy")]
    pub(crate) fn truncate_bcrypt(mut self) -> Self {
        self.bcrypt_truncates = true;
        self
    }

    #[cfg(feature = "test")]
    pub(crate) fn cheapen(mut self) -> Self {
        self.params = Argon2Params::CHEAP;
        self
    }

    /// The service.
    #[must_use]
    pub fn build(self) -> Passwords {
        let waiting = self.at_once.get().saturating_mul(WAITING_FOR_EACH);
        let name = self.pepper.as_ref().map(|pepper| pepper.id().to_owned());
        let inner = Inner {
            params: self.params,
            limits: self.limits.at_least(self.params),
            peppers: self.pepper.iter().chain(&self.previous).cloned().collect(),
            pepper: self.pepper,
            #[cfg(feature = "password-legacy")]
            bcrypt_truncates: self.bcrypt_truncates,
            stand_in: Recipe::fresh(self.params, name),
            memories: Mutex::default(),
            #[cfg(feature = "test")]
            computed: AtomicUsize::new(0),
        };
        Passwords {
            inner: Arc::new(inner),
            pool: Pool::new(self.at_once, self.queue.unwrap_or(waiting)),
        }
    }
}

impl Passwords {
    /// With the default bounds, and without a pepper.
    #[must_use]
    pub fn new(params: Argon2Params) -> Self {
        Self::builder(params).build()
    }

    /// Starts with the parameters of new hashes.
    pub fn builder(params: Argon2Params) -> Builder {
        Builder {
            params,
            limits: VerifyLimits::default(),
            at_once: all_cores_but_one(),
            queue: None,
            pepper: None,
            previous: Vec::new(),
            #[cfg(feature = "password-legacy")]
            bcrypt_truncates: false,
        }
    }

    /// The parameters of new hashes.
    pub fn params(&self) -> Argon2Params {
        self.inner.params
    }

    /// Whether [`dangerous::bcrypt_truncating`](crate::dangerous) was said.
    pub(crate) fn truncates_bcrypt(&self) -> bool {
        #[cfg(feature = "password-legacy")]
        return self.inner.bcrypt_truncates;
        #[cfg(not(feature = "password-legacy"))]
        false
    }

    /// The hash of a password that the policy took.
    ///
    /// # Errors
    /// [`PasswordError::Overloaded`] when too many wait already.
    pub async fn hash(&self, password: &NewPassword) -> Result<PasswordHash, PasswordError> {
        let (inner, password) = (Arc::clone(&self.inner), password.clone());
        let task = move || inner.with_memory(|memory| inner.hash(password.text(), memory));
        self.pool.run(task).await?
    }

    /// Whether `password` is the one that `hash` was made of. Where there is no account, `hash` is
    /// `None`: the same work is done, and the verdict is [`Verdict::Invalid`] whatever the password.
    ///
    /// A hash that was not made as new ones are is out of date, and verifies as
    /// [`Verdict::ValidRehash`]: another algorithm, other parameters (stronger ones too), no pepper or
    /// an earlier one. Until it is replaced, a wrong password for that account costs the work of the old
    /// hash, and a patient stranger may tell it from an account that does not exist; the OWASP
    /// Password Storage Cheat Sheet (“Upgrading Legacy Hashes”) says how to get rid of the last ones.
    ///
    /// # Errors
    /// [`PasswordError::Overloaded`] when too many wait already; anything else is a fault of what is
    /// stored.
    pub async fn verify(
        &self,
        password: Secret<String>,
        hash: Option<&str>,
    ) -> Result<Verdict, PasswordError> {
        let stored = hash
            .map(|hash| self.inner.reader().read(hash))
            .transpose()?;
        self.compare(password, stored).await
    }

    /// As [`verify`](Self::verify), where nobody is to learn of a fault of what is stored: it goes to the log,
    /// and then it is as if there were no account.
    pub(crate) async fn verify_or_deny(
        &self,
        password: Secret<String>,
        hash: Option<&str>,
    ) -> Result<Verdict, PasswordError> {
        let read = hash.map(|hash| self.inner.reader().read(hash)).transpose();
        let stored = read.unwrap_or_else(|error| {
            tracing::error!(%error, "nobody can sign in to an account whose hash cannot be read");
            None
        });
        self.compare(password, stored).await
    }

    async fn compare(
        &self,
        password: Secret<String>,
        stored: Option<Stored>,
    ) -> Result<Verdict, PasswordError> {
        let inner = Arc::clone(&self.inner);
        let task = move || {
            inner.with_memory(|memory| inner.verify(password.expose(), stored.as_ref(), memory))
        };
        self.pool.run(task).await?
    }
}

/// For the test kit.
#[cfg(feature = "test")]
impl Passwords {
    /// The hash of any text, on this thread.
    pub(crate) fn hash_unjudged(&self, password: &str) -> Result<PasswordHash, PasswordError> {
        let inner = &self.inner;
        inner.with_memory(|memory| inner.hash(&text::normalized(password), memory))
    }

    pub(crate) fn computed(&self) -> usize {
        self.inner.computed.load(Ordering::Relaxed)
    }
}

/// One core is left to the requests that hash nothing; where there is but one, they share it.
fn all_cores_but_one() -> NonZeroUsize {
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    NonZeroUsize::new(cores.saturating_sub(1)).unwrap_or(NonZeroUsize::MIN)
}

impl Inner {
    fn hash(&self, normal: &str, memory: &mut Memory) -> Result<PasswordHash, PasswordError> {
        self.count();
        let pepper = self.pepper.as_ref();
        let name = pepper.map(|pepper| pepper.id().to_owned());
        let recipe = Recipe::fresh(self.params, name);
        let hash = Zeroizing::new(argon2id(&recipe, pepper, normal, memory)?);
        Ok(recipe.write(&hash))
    }

    fn verify(
        &self,
        password: &str,
        stored: Option<&Stored>,
        memory: &mut Memory,
    ) -> Result<Verdict, PasswordError> {
        // No password is that long: the same work on another, and the answer is no.
        let possible = password.len() <= text::MAX_BYTES;
        let candidates = text::candidates(if possible { password } else { "" });
        let mut matching = None;
        for (index, candidate) in candidates.iter().enumerate() {
            self.count();
            let matches = match stored {
                Some(stored) => stored.matches(candidate, memory)?,
                None => {
                    let pepper = self.pepper.as_ref();
                    argon2id(&self.stand_in, pepper, candidate, memory)?;
                    false
                }
            };
            if matches {
                matching = matching.or(Some(index));
            }
        }
        match (stored, matching, candidates.first()) {
            (Some(stored), Some(index), Some(normal)) if possible => {
                match self.is_current(stored) && index == 0 {
                    true => Ok(Verdict::Valid),
                    false => self.hash(normal, memory).map(Verdict::ValidRehash),
                }
            }
            _ => Ok(Verdict::Invalid),
        }
    }

    /// Notes for the test kit that a hash is computed.
    fn count(&self) {
        #[cfg(feature = "test")]
        self.computed.fetch_add(1, Ordering::Relaxed);
    }

    fn is_current(&self, stored: &Stored) -> bool {
        match stored {
            Stored::Argon2 { recipe, .. } => {
                recipe.is_current(self.params, self.pepper.as_ref().map(Pepper::id))
            }
            #[cfg(feature = "password-legacy")]
            Stored::Legacy(_) => false,
        }
    }

    fn reader(&self) -> Reader<'_> {
        Reader {
            limits: self.limits,
            peppers: &self.peppers,
            #[cfg(feature = "password-legacy")]
            bcrypt_truncates: self.bcrypt_truncates,
        }
    }

    /// Lends memory to a task. There are never more than tasks at once.
    fn with_memory<T>(&self, task: impl FnOnce(&mut Memory) -> T) -> T {
        let memories = || self.memories.lock().unwrap_or_else(PoisonError::into_inner);
        let unused = memories().pop();
        let mut memory = unused.unwrap_or_else(|| Memory::for_params(self.params));
        let result = task(&mut memory);
        memories().push(memory);
        result
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passwords")
            .field("params", &self.inner.params)
            .field("peppered", &self.inner.pepper.is_some())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("params", &self.params)
            .field("limits", &self.limits)
            .field("at_once", &self.at_once)
            .finish_non_exhaustive()
    }
}
