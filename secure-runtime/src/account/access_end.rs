use crate::{
    Security,
    store::StoreError,
    token::{ChangeEmail, OneTimeTokens, Reset},
};

/// What becomes of the API keys of an account whose access ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApiKeyFate {
    /// Programs that have one go on.
    Keep,
    /// They end too.
    Revoke,
}

impl Security {
    /// Ends all access to an account that there is: it is signed out everywhere, the links that were
    /// mailed for it are good for nothing, and its API keys end where that is said. For an account that is
    /// disabled or deleted, and for one that somebody else may have got into.
    ///
    /// It may be done twice. An app that wants it to happen in spite of a crash notes that it is due in the
    /// transaction of the change that is its reason, and does it until it has succeeded.
    ///
    /// ```
    /// # #[actix_web::main]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use secure_runtime::{
    ///     Security,
    ///     account::ApiKeyFate,
    ///     token::{Grant, Hs256Key},
    /// };
    ///
    /// let security = Security::builder()
    ///     .issuer("https://auth.example.com")
    ///     .audience("https://api.example.com")
    ///     .signing_key(Hs256Key::random())
    ///     .build()?;
    /// let issued = security.tokens().sign_in(&Grant::new("ada")).await?;
    ///
    /// security.end_access("ada", ApiKeyFate::Revoke).await?;
    /// assert!(security.access_tokens().verify(issued.access()).await.is_err());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When the store does not answer. Some of it may be done by then: call it again.
    pub async fn end_access(&self, subject: &str, api_keys: ApiKeyFate) -> Result<(), StoreError> {
        // First, so that no key is made meanwhile that would outlive this.
        self.tokens().sign_out_everywhere(subject).await?;
        end_links(self.one_time_tokens(), subject).await?;
        if api_keys == ApiKeyFate::Revoke {
            self.api_keys().revoke_all(subject).await?;
        }
        Ok(())
    }
}

/// Ends the links that were mailed for an account.
pub(super) async fn end_links(tokens: &OneTimeTokens, subject: &str) -> Result<(), StoreError> {
    tokens.end_all::<Reset>(subject).await?;
    tokens.end_all::<ChangeEmail>(subject).await
}
