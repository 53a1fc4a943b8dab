//! What the builder is told about API keys.

use super::Builder;
use crate::api_key::Prefix;

impl<I, A, K> Builder<I, A, K> {
    /// What every API key starts with, so that people and scanners for secrets see whose it is: 1 to 16 of
    /// `a-z` and `0-9`. Defaults to `key`. Keys that were made with another prefix are refused.
    pub fn api_key_prefix(mut self, prefix: impl AsRef<str>) -> Self {
        self.options.api_keys.prefix = Prefix::new(prefix.as_ref());
        self
    }

    /// See [`dangerous::api_keys_in_query`](crate::dangerous::api_keys_in_query).
    pub(crate) fn api_keys_in_query(mut self) -> Self {
        self.options.api_keys.in_query = true;
        self
    }
}
