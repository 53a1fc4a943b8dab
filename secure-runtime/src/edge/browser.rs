//! What browsers are told besides the content security policy.

use std::{borrow::Cow, fmt};

use secure_grammar::{GrammarError, StrictTransportSecurity};

/// What pages may ask the browser for: the value of `Permissions-Policy`.
///
/// ```
/// use secure_runtime::{edge::PermissionsPolicy, permissions_policy};
///
/// const POLICY: PermissionsPolicy = permissions_policy!("camera=(), geolocation=(self)");
/// assert_eq!(POLICY, PermissionsPolicy::parse("camera=(),geolocation=self")?);
/// assert!(PermissionsPolicy::parse("camera 'none'").is_err());
/// # Ok::<(), secure_runtime::edge::GrammarError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermissionsPolicy(Cow<'static, str>);

/// For how long browsers come by HTTPS alone: the value of `Strict-Transport-Security`.
///
/// ```
/// use secure_runtime::{edge::Hsts, hsts};
///
/// const POLICY: Hsts = hsts!("max-age=63072000; includeSubDomains; preload");
/// assert_eq!(POLICY, Hsts::parse("max-age=63072000; preload; includeSubDomains")?);
/// assert!(Hsts::parse("max-age=86400; includeSubDomains; preload").is_err());
/// # Ok::<(), secure_runtime::edge::GrammarError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hsts(Cow<'static, str>);

impl PermissionsPolicy {
    pub(super) const DEFAULT: Self = Self::literal(
        "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()",
    );

    /// Reads a policy from configuration.
    ///
    /// # Errors
    /// What is wrong with it, as [`permissions_policy!`](crate::permissions_policy) says it.
    pub fn parse(text: &str) -> Result<Self, GrammarError> {
        let policy = secure_grammar::PermissionsPolicy::parse(text)?;
        Ok(Self(policy.to_string().into()))
    }

    pub(crate) const fn literal(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Hsts {
    /// Two years (RFC 6797; what the preload list asks for).
    pub(super) const DEFAULT: Self = Self::literal("max-age=63072000");

    /// Reads a policy from configuration.
    ///
    /// # Errors
    /// What is wrong with it, as [`hsts!`](crate::hsts) says it.
    pub fn parse(text: &str) -> Result<Self, GrammarError> {
        StrictTransportSecurity::parse(text).map(Self::of)
    }

    pub(crate) const fn literal(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }

    fn of(policy: StrictTransportSecurity) -> Self {
        Self(policy.to_string().into())
    }

    /// For how long browsers remember it, in seconds.
    pub(crate) fn max_age(&self) -> u64 {
        StrictTransportSecurity::parse(&self.0).map_or(0, |policy| policy.max_age())
    }

    /// Whether it holds for subdomains too.
    pub(crate) fn has_subdomains(&self) -> bool {
        StrictTransportSecurity::parse(&self.0).is_ok_and(|policy| policy.include_subdomains())
    }

    /// The same, for subdomains too.
    pub(super) fn with_subdomains(&self) -> Self {
        match StrictTransportSecurity::parse(&self.0) {
            Ok(policy) => Self::of(policy.with_subdomains()),
            Err(_) => self.clone(),
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PermissionsPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Hsts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
