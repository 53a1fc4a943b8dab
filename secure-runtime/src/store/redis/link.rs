//! The connection, and its replacement.
//!
//! Not the connection manager of the `redis` crate: that one keeps a connection that only times out,
//! and so never comes back from a network that drops packets.

use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use ::redis::{
    AsyncConnectionConfig, Client, Cmd, FromRedisValue, IntoConnectionInfo as _, ProtocolVersion,
    PushInfo, PushKind, RedisError, RedisResult, ScriptInvocation, ServerErrorKind,
    aio::MultiplexedConnection,
};
use tokio::time::Instant;

use crate::store::{StoreError, late::Late};

/// One connection for all operations, which it sends one after the other without waiting.
pub(super) struct Link {
    client: Client,
    current: Mutex<Option<Connection>>,
    /// Held while connecting, so that one does and the others wait.
    connecting: tokio::sync::Mutex<()>,
}

#[derive(Clone)]
struct Connection {
    connection: MultiplexedConnection,
    /// Set when the connection is known to have ended.
    ended: Arc<AtomicBool>,
}

/// When an operation must have its answer.
#[derive(Clone, Copy)]
pub(super) struct Limit {
    timeout: Duration,
    deadline: Instant,
}

impl Limit {
    pub(super) fn new(timeout: Duration) -> Self {
        Self {
            timeout,
            deadline: Instant::now() + timeout,
        }
    }

    fn late(self) -> StoreError {
        StoreError::unavailable(Late(self.timeout))
    }
}

impl Link {
    pub(super) fn new(url: &str) -> RedisResult<Self> {
        let info = url.into_connection_info()?;
        #[cfg(feature = "redis-tls")]
        choose_cryptography();
        // With this version of the protocol a connection says by itself that it has ended.
        let settings = info
            .redis_settings()
            .clone()
            .set_protocol(ProtocolVersion::RESP3);
        Ok(Self {
            client: Client::open(info.set_redis_settings(settings))?,
            current: Mutex::new(None),
            connecting: tokio::sync::Mutex::new(()),
        })
    }

    pub(super) async fn command<T: FromRedisValue>(
        &self,
        command: &Cmd,
        limit: Limit,
    ) -> Result<T, StoreError> {
        let mut link = self.connection(limit).await?;
        let answer = command.query_async(&mut link.connection);
        let answer = tokio::time::timeout_at(limit.deadline, answer).await;
        self.judge(&link, answer.map_err(|_| limit))
    }

    pub(super) async fn script<T: FromRedisValue>(
        &self,
        script: &ScriptInvocation<'_>,
        limit: Limit,
    ) -> Result<T, StoreError> {
        let mut link = self.connection(limit).await?;
        let answer = script.invoke_async(&mut link.connection);
        let answer = tokio::time::timeout_at(limit.deadline, answer).await;
        self.judge(&link, answer.map_err(|_| limit))
    }

    async fn connection(&self, limit: Limit) -> Result<Connection, StoreError> {
        tokio::time::timeout_at(limit.deadline, self.connect())
            .await
            .map_err(|_| limit.late())?
            .map_err(StoreError::unavailable)
    }

    /// The connection there is, or a new one.
    async fn connect(&self) -> RedisResult<Connection> {
        if let Some(connection) = self.alive() {
            return Ok(connection);
        }
        let _connecting = self.connecting.lock().await;
        if let Some(connection) = self.alive() {
            return Ok(connection);
        }
        let ended = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&ended);
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(None)
            .set_response_timeout(None)
            .set_push_sender(move |push: PushInfo| {
                if push.kind == PushKind::Disconnection {
                    told.store(true, Ordering::Relaxed);
                }
                Ok::<_, ::redis::aio::SendError>(())
            });
        let connection = self
            .client
            .get_multiplexed_async_connection_with_config(&config)
            .await?;
        let connection = Connection { connection, ended };
        *self.current() = Some(connection.clone());
        Ok(connection)
    }

    fn alive(&self) -> Option<Connection> {
        let current = self.current();
        let connection = current.as_ref()?;
        (!connection.ended.load(Ordering::Relaxed)).then(|| connection.clone())
    }

    /// The answer; a connection that is of no more use is given up, and the next operation makes another.
    fn judge<T>(
        &self,
        link: &Connection,
        answer: Result<RedisResult<T>, Limit>,
    ) -> Result<T, StoreError> {
        match answer {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => {
                if is_lost(&error) {
                    self.give_up(link);
                }
                Err(failure(error))
            }
            Err(limit) => {
                self.give_up(link);
                Err(limit.late())
            }
        }
    }

    fn give_up(&self, link: &Connection) {
        link.ended.store(true, Ordering::Relaxed);
    }

    fn current(&self) -> MutexGuard<'_, Option<Connection>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Without the address, in which a password can stand.
impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").finish_non_exhaustive()
    }
}

/// rustls wants one choice for the process; one that the app has made before stays.
#[cfg(feature = "redis-tls")]
fn choose_cryptography() {
    use rustls::crypto::{CryptoProvider, aws_lc_rs};
    if CryptoProvider::get_default().is_none() {
        // It fails only where somebody else was faster, and has chosen.
        let _ = aws_lc_rs::default_provider().install_default();
    }
}

/// Whether another connection may do better: this one broke, or leads to a server that was demoted.
fn is_lost(error: &RedisError) -> bool {
    error.is_unrecoverable_error()
        || error.kind() == ::redis::ErrorKind::Server(ServerErrorKind::ReadOnly)
}

fn failure(error: RedisError) -> StoreError {
    match error.code() {
        // More memory than `maxmemory`, and nothing may be evicted.
        Some("OOM") => StoreError::Full,
        Some("CORRUPT" | "WRONGTYPE") => StoreError::Corrupt("a value"),
        _ => StoreError::unavailable(error),
    }
}
