use secure_runtime::prelude::*;

/// What has just been done, said on the page that one is sent to afterwards. The address names one of these
/// and no text of its own, so nobody can put words into our mouth by a link.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Notice {
    AccountDeleted,
    AccountMade,
    AddressConfirmed,
    ArticleDeleted,
    ArticleSaved,
    KeyRevoked,
    LinkMailed,
    PasswordChanged,
    PasswordSet,
    Saved,
    SessionEnded,
    SessionsEnded,
    SignedOut,
}

/// The part of an address that says what has just been done.
#[validated(unknown = "ignore")]
pub(crate) struct Told {
    #[validate(length(max = 32))]
    done: Option<String>,
}

impl Notice {
    const ALL: [Self; 13] = [
        Self::AccountDeleted,
        Self::AccountMade,
        Self::AddressConfirmed,
        Self::ArticleDeleted,
        Self::ArticleSaved,
        Self::KeyRevoked,
        Self::LinkMailed,
        Self::PasswordChanged,
        Self::PasswordSet,
        Self::Saved,
        Self::SessionEnded,
        Self::SessionsEnded,
        Self::SignedOut,
    ];

    /// The notice that an address names.
    pub(crate) fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| notice.word() == word)
    }

    /// The address of the page that says it.
    pub(crate) fn at(self, path: &str) -> String {
        format!("{path}?done={}", self.word())
    }

    pub(crate) fn text(self) -> &'static str {
        self.words().1
    }

    fn word(self) -> &'static str {
        self.words().0
    }

    /// In an address, and for people.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::AccountDeleted => ("account-deleted", "The account is deleted."),
            Self::AccountMade => ("account-made", "Your account is made. Sign in with it."),
            Self::AddressConfirmed => (
                "address-confirmed",
                "The new address counts from now on. Sign in with it.",
            ),
            Self::ArticleDeleted => ("article-deleted", "The article is deleted."),
            Self::ArticleSaved => ("article-saved", "The article is saved."),
            Self::KeyRevoked => ("key-revoked", "The key opens nothing any more."),
            // Whether or not there is somebody to write to.
            Self::LinkMailed => (
                "link-mailed",
                "If this address can be used, a mail with a link is on its way to it.",
            ),
            Self::PasswordChanged => (
                "password-changed",
                "The password is changed, and you are signed out everywhere else.",
            ),
            Self::PasswordSet => ("password-set", "The password is set. Sign in with it."),
            Self::Saved => ("saved", "It is saved."),
            Self::SessionEnded => ("session-ended", "The sign-in has ended."),
            Self::SessionsEnded => ("sessions-ended", "All other sign-ins have ended."),
            Self::SignedOut => ("signed-out", "You are signed out."),
        }
    }
}

impl Told {
    pub(crate) fn notice(&self) -> Option<Notice> {
        Notice::named(self.done.as_deref()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_found_by_its_own_word() {
        for notice in Notice::ALL {
            let found = Notice::named(notice.word()).expect("one of them");
            assert_eq!(found.text(), notice.text());
        }
        assert!(Notice::named("<script>").is_none());
    }
}
