//! Cookie sessions: how the pages of an app know who calls.

mod settings;
mod signed_in;

use std::{fmt, sync::OnceLock};

pub use settings::SessionSettings;
pub use signed_in::SignedIn;

use crate::principal::Vocabularies;

/// The sessions of an app: listed and ended.
///
/// They are at hand as [`Security::sessions`](crate::Security::sessions).
pub struct Sessions {
    settings: Option<SessionSettings>,
    /// What the words of a grant mean to the mounted routes.
    words: OnceLock<Vocabularies>,
}

impl Sessions {
    pub(crate) fn new(settings: Option<SessionSettings>) -> Self {
        Self {
            settings,
            words: OnceLock::new(),
        }
    }

    /// Whether the app has sessions at all.
    pub(crate) fn are_configured(&self) -> bool {
        self.settings.is_some()
    }

    /// What the words of grants mean from now on: what they mean to the mounted routes.
    pub(crate) fn speak(&self, words: Vocabularies) {
        // Routes are mounted once.
        let _ = self.words.set(words);
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
