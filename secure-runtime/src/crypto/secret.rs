use std::fmt;

use serde::{Deserialize, Deserializer};
use validator::ValidateLength;
use zeroize::Zeroize;

/// A value that must not leak: it does not print, does not serialize, does not compare, and is
/// overwritten when it is dropped.
///
/// ```
/// use secure_runtime::Secret;
///
/// let password = Secret::new(String::from("correct horse battery staple"));
/// assert_eq!(format!("{password:?}"), "Secret([redacted])");
/// assert_eq!(password.expose().len(), 28);
/// ```
#[derive(Clone)]
pub struct Secret<T: Zeroize>(T);

impl<T: Zeroize> Secret<T> {
    /// Wraps a value.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself. The name is meant to be seen in a review.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([redacted])")
    }
}

impl<T: Zeroize> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<'de, T: Zeroize + Deserialize<'de>> Deserialize<'de> for Secret<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::new)
    }
}

impl<T: Zeroize + ValidateLength<u64>> ValidateLength<u64> for Secret<T> {
    fn length(&self) -> Option<u64> {
        self.0.length()
    }
}

/// A type that keeps its value secret: what a field named like a secret must be.
pub trait IsSecret {}

impl<T: Zeroize> IsSecret for Secret<T> {}
impl<T: IsSecret> IsSecret for Option<T> {}
