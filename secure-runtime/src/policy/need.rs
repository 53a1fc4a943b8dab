/// What an argument of a handler needs the builder of `Security` to have been told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Need {
    /// The app's accounts: `.accounts(…)`.
    Accounts,
    /// How accounts are made: `.sign_ups(…)`.
    SignUps,
    /// How an address is changed: `.address_changes(…)`.
    AddressChanges,
    /// How mail goes out: `.mail(…)`.
    Mail,
    /// Cookie sessions, since it can begin or end one in the browser: `.sessions(…)`.
    Sessions,
    /// Where files that are uploaded are kept: `.uploads(…)`.
    Uploads,
    /// How many passwords from one address may be wrong: `.failed_sign_ins(…)`, which has a default.
    FailedSignIns,
    /// How many letters one address may have sent: `.account_mails(…)`, which has a default.
    AccountMails,
    /// How many links from one address may be good for nothing: `.failed_links(…)`, which has a default.
    FailedLinks,
}

impl Need {
    /// What to say to the builder.
    pub(crate) const fn call(self) -> &'static str {
        match self {
            Self::Accounts => ".accounts(…)",
            Self::SignUps => ".sign_ups(…)",
            Self::AddressChanges => ".address_changes(…)",
            Self::Mail => ".mail(…)",
            Self::Sessions => ".sessions(…)",
            Self::Uploads => ".uploads(…)",
            Self::FailedSignIns => ".failed_sign_ins(…)",
            Self::AccountMails => ".account_mails(…)",
            Self::FailedLinks => ".failed_links(…)",
        }
    }
}
