use super::text::Prefix;

/// Everything about API keys that has a default.
#[derive(Debug, Clone)]
pub(crate) struct ApiKeySettings {
    /// `None` where what was said is no prefix.
    pub(crate) prefix: Option<Prefix>,
    /// Whether a key may stand in the query string.
    pub(crate) in_query: bool,
}

impl Default for ApiKeySettings {
    fn default() -> Self {
        Self {
            prefix: Some(Prefix::default()),
            in_query: false,
        }
    }
}

impl ApiKeySettings {
    /// What is wrong with them. What is dangerous about them goes to the log.
    pub(crate) fn findings(&self) -> Option<String> {
        if self.in_query {
            tracing::warn!(
                "API keys are taken from the query string, where every log on the way keeps them"
            );
        }
        let wrong = "the prefix of API keys is 1 to 16 of a-z and 0-9";
        self.prefix.is_none().then(|| wrong.to_owned())
    }
}
