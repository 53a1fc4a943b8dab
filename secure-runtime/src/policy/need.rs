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
        }
    }
}
