use std::{error::Error, fmt, sync::Arc};

/// Why there is no [`RedisLimiter`](super::RedisLimiter). It never shows the address, in which a password can
/// stand.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum RedisLimiterError {
    /// The address is none, or of a kind that this build cannot speak.
    Address(Arc<dyn Error + Send + Sync>),
    /// The server does not answer, or refuses to.
    Unavailable(Arc<dyn Error + Send + Sync>),
    /// The machine has no thread left for the connection.
    Thread(Arc<dyn Error + Send + Sync>),
}

impl RedisLimiterError {
    pub(super) fn unavailable(cause: impl Error + Send + Sync + 'static) -> Self {
        Self::Unavailable(Arc::new(cause))
    }
}

impl fmt::Display for RedisLimiterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(why) => write!(f, "the address of the Redis for limits: {why}"),
            Self::Unavailable(why) => write!(f, "the Redis for limits does not answer: {why}"),
            Self::Thread(why) => write!(f, "no thread for the Redis for limits: {why}"),
        }
    }
}

impl Error for RedisLimiterError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Address(why) | Self::Unavailable(why) | Self::Thread(why) => Some(&**why),
        }
    }
}
