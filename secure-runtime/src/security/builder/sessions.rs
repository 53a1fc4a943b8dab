//! What the builder is told about sessions.

use super::Builder;
use crate::session::SessionSettings;

impl<I, A, K> Builder<I, A, K> {
    /// Has the app take the cookies of [sessions](crate::session), beside bearer tokens. Defaults to none:
    /// a cookie then says nothing about who calls.
    pub fn sessions(mut self, settings: SessionSettings) -> Self {
        self.options.sessions = Some(settings);
        self
    }
}
