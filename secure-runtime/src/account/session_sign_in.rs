use std::fmt;

use actix_web::{HttpRequest, dev::Payload};

use super::SignIn;
use crate::{
    Problem, Secret,
    guard::{Argument, Caller, Extraction},
    policy::{Input, Need},
    session::SignedIn,
};

/// Signs somebody in with a password, for pages: as [`SignIn`] does, and the answer sets the cookie of a
/// [session](crate::session) in the place of tokens.
///
/// It needs the builder's [`accounts`](crate::Builder::accounts) and
/// [`sessions`](crate::Builder::sessions), which is checked at launch.
pub struct SessionSignIn {
    sign_in: SignIn,
}

impl SessionSignIn {
    /// Signs in whoever is known by `identifier`, such as an e-mail address, with a password.
    ///
    /// # Errors
    /// As [`SignIn::with_password`].
    pub async fn with_password(
        &self,
        identifier: &str,
        password: Secret<String>,
    ) -> Result<SignedIn, Problem> {
        let _ = (identifier, password, &self.sign_in);
        Err(Problem::internal("sessions cannot begin yet"))
    }
}

impl Argument for SessionSignIn {
    type Value = Self;
    const INPUT: Option<Input> = None;
    const CALLER: Caller = Caller::Unused;
    const NEEDS: &'static [Need] = &[Need::Accounts, Need::Sessions];

    fn extract(request: &HttpRequest, _: &mut Payload) -> Extraction<Self> {
        let sign_in = SignIn::of(request);
        Extraction::Ready(sign_in.map(|sign_in| Self { sign_in }))
    }
}

impl fmt::Debug for SessionSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionSignIn").finish_non_exhaustive()
    }
}
