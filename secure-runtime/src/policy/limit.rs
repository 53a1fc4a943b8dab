use std::{fmt::Write as _, num::NonZeroU32};

use actix_web::HttpRequest;
use secure_grammar::Quota;

/// A function of the app that says under which key a request is counted. `None` means that the
/// request cannot be told apart: it is then counted under one key with all others of its kind.
pub type KeyFunction = fn(&HttpRequest) -> Option<String>;

/// Asks a key extractor of actix-governor. `None` means that the request is not limited.
#[cfg(feature = "actix-governor")]
pub type ExtractorFunction = fn(&HttpRequest) -> Result<Option<Vec<u8>>, crate::Problem>;

/// One `#[rate_limit]`: how many, for whom, counted how.
#[derive(Debug, Clone, Copy)]
pub struct RateLimit {
    quotas: &'static [Quota],
    key: LimitKey,
    burst: Option<NonZeroU32>,
    cost: NonZeroU32,
    count: Count,
}

/// By what a limit tells callers apart.
#[derive(Debug, Clone, Copy)]
pub enum LimitKey {
    /// The client's address; IPv6 by /56.
    Ip,
    /// The signed-in caller's subject.
    User,
    /// The API key that the caller calls by; the subject of a caller who has none.
    ApiKey,
    /// One counter for everybody.
    Global,
    /// The value of a request header; the name is in lower case.
    Header(&'static str),
    /// A function of the app; the text is its path, as written.
    Function(&'static str, KeyFunction),
    /// A key extractor of actix-governor; the text is its path, as written.
    #[cfg(feature = "actix-governor")]
    Extractor(&'static str, ExtractorFunction),
}

/// Which requests a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Every request.
    Every,
    /// Only those that are answered with a status of 400 or more. Each request is charged when it
    /// arrives and given back when it succeeds, so that many at once cannot slip through.
    Failures,
}

impl RateLimit {
    /// The quotas; all of them must have room.
    pub const fn quotas(&self) -> &'static [Quota] {
        self.quotas
    }

    /// By what callers are told apart.
    pub const fn key(&self) -> LimitKey {
        self.key
    }

    /// The burst of the smooth limiter, where it was asked for.
    pub const fn burst(&self) -> Option<NonZeroU32> {
        self.burst
    }

    /// How many units one request takes.
    pub const fn cost(&self) -> NonZeroU32 {
        self.cost
    }

    /// Which requests count.
    pub const fn count(&self) -> Count {
        self.count
    }

    /// Whether the key is the signed-in caller, or the API key that it calls by.
    pub const fn is_by_caller(&self) -> bool {
        matches!(self.key, LimitKey::User | LimitKey::ApiKey)
    }

    /// The limit in words, as the matrix shows it.
    pub(crate) fn describe(&self) -> String {
        let quotas: Vec<_> = self.quotas.iter().map(ToString::to_string).collect();
        let mut text = format!("{} by {}", quotas.join("; "), self.key.describe());
        // Writing into a String cannot fail.
        if let Some(burst) = self.burst {
            let _ = write!(text, ", burst {burst}");
        }
        if self.cost.get() > 1 {
            let _ = write!(text, ", cost {}", self.cost);
        }
        if self.count == Count::Failures {
            text.push_str(", failures only");
        }
        text
    }

    /// Whether every request counts, whoever sends it.
    pub(crate) const fn counts_everyone(&self) -> bool {
        matches!(self.key, LimitKey::Ip | LimitKey::Global) && matches!(self.count, Count::Every)
    }
}

impl LimitKey {
    /// The key as it stands in the attribute (`ip`, `user`, `api key`, `global`, `header x-tenant`, `key path`).
    pub fn describe(&self) -> String {
        match self {
            Self::Ip => "ip".to_owned(),
            Self::User => "user".to_owned(),
            Self::ApiKey => "api key".to_owned(),
            Self::Global => "global".to_owned(),
            Self::Header(name) => format!("header {name}"),
            Self::Function(path, _) => format!("key {path}"),
            #[cfg(feature = "actix-governor")]
            Self::Extractor(path, _) => format!("extractor {path}"),
        }
    }
}

/// Written by the attributes; nothing else calls these.
#[doc(hidden)]
impl RateLimit {
    pub const fn new(quotas: &'static [Quota], key: LimitKey) -> Self {
        Self {
            quotas,
            key,
            burst: None,
            cost: NonZeroU32::MIN,
            count: Count::Every,
        }
    }

    #[must_use]
    pub const fn with_burst(mut self, burst: u32) -> Self {
        self.burst = NonZeroU32::new(burst);
        self
    }

    #[must_use]
    pub const fn with_cost(mut self, cost: u32) -> Self {
        if let Some(cost) = NonZeroU32::new(cost) {
            self.cost = cost;
        }
        self
    }

    #[must_use]
    pub const fn counting_failures(mut self) -> Self {
        self.count = Count::Failures;
        self
    }
}
