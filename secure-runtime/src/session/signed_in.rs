/// Somebody who has just signed in, with a session whose cookie the answer sets.
#[derive(Debug, Clone)]
pub struct SignedIn {
    pub(crate) subject: String,
    pub(crate) session: String,
}

impl SignedIn {
    /// Whose session it is.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The name of the session, as lists show it. It opens nothing.
    pub fn session_id(&self) -> &str {
        &self.session
    }
}
