//! Callers without a request, for what an app decides by itself.

use std::time::Duration;

use super::TestClock;
use crate::{
    authorize::{Authorized, proof},
    clock::Clock as _,
    policy::Via,
    principal::{CurrentUser, NoAccount, Parts, Principal, Vocabularies},
    token::Grant,
};

/// How long the caller's credential is good.
const LIFETIME: Duration = Duration::from_secs(600);

/// The caller whom a bearer token for `grant` would make, without the claims of the app's own.
///
/// ```
/// use secure_runtime::{prelude::*, test::principal, token::Grant};
///
/// #[derive(Role)]
/// enum Role {
///     Admin,
/// }
///
/// let caller = principal(&Grant::new("ada").with_roles(["admin"]));
/// assert_eq!(caller.subject(), "ada");
/// assert!(caller.has_role(&Role::Admin));
/// ```
pub fn principal(grant: &Grant) -> Principal {
    let now = TestClock::default().unix();
    let parts = Parts {
        via: Via::Bearer,
        subject: grant.subject().to_owned(),
        client_id: grant.client_id().unwrap_or_default().to_owned(),
        token_id: "test".to_owned(),
        family: None,
        api_key: None,
        roles: grant.roles().to_vec(),
        scope: grant.scopes().join(" "),
        restricted: grant.is_restricted(),
        signed_in_at: grant.signed_in_at().unwrap_or(now),
        issued_at: now,
        expires_at: now + LIFETIME,
        claims: None,
    };
    Principal::new(parts, Vocabularies::default())
}

/// The same as an argument of a handler, without an account.
pub fn current_user(grant: &Grant) -> CurrentUser {
    CurrentUser::of(principal(grant), NoAccount)
}

/// The same with an account, as [`LoadAccount`](crate::principal::LoadAccount) would have loaded it.
pub fn current_user_with<A>(grant: &Grant, account: A) -> CurrentUser<A> {
    CurrentUser::of(principal(grant), account)
}

/// A proof that nobody has asked for, for tests of what is done with one.
pub fn authorized<T, Action>(resource: T, caller: Option<Principal>) -> Authorized<T, Action> {
    proof(resource, caller)
}
