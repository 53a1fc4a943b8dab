//! The connection to a Redis, and its replacement.
//!
//! Not the connection manager of the `redis` crate: that one keeps a connection that only times out,
//! and so never comes back from a network that drops packets.

use std::{
    error::Error,
    fmt,
    net::IpAddr,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use futures_util::FutureExt as _;
use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionAddr, FromRedisValue, IntoConnectionInfo as _,
    ProtocolVersion, PushInfo, PushKind, RedisError, RedisResult, ScriptInvocation,
    ServerErrorKind, aio::MultiplexedConnection,
};
use tokio::{runtime::Handle, task::JoinHandle, time::Instant};

/// No operation takes longer. Who says `Duration::MAX` means that it may take as long as it likes, and not that
/// adding it to the time panics.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// One connection for all operations, which it sends one after the other without waiting.
pub(crate) struct Link {
    client: Client,
    /// Whether what is sent can be read on the way to another machine.
    is_exposed: bool,
    /// Where connections are served. Defaults to the runtime that makes them.
    home: Option<Handle>,
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

/// Why an operation has no answer.
#[derive(Debug)]
pub(crate) enum LinkError {
    /// None came in time.
    Late(Duration),
    /// The server said so, or it cannot be reached.
    Refused(RedisError),
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Late(timeout) => write!(f, "no answer within {timeout:?}"),
            Self::Refused(error) => error.fmt(f),
        }
    }
}

impl Error for LinkError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Late(_) => None,
            Self::Refused(error) => error.source(),
        }
    }
}

/// When an operation must have its answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    timeout: Duration,
    deadline: Instant,
}

impl Limit {
    pub(crate) fn new(timeout: Duration) -> Self {
        Self {
            timeout,
            deadline: Instant::now() + timeout.min(LONGEST),
        }
    }

    fn late(self) -> LinkError {
        LinkError::Late(self.timeout)
    }
}

impl Link {
    pub(crate) fn new(url: &str) -> RedisResult<Self> {
        let info = url.into_connection_info()?;
        #[cfg(feature = "redis-tls")]
        choose_cryptography();
        // With this version of the protocol a connection says by itself that it has ended.
        let settings = info
            .redis_settings()
            .clone()
            .set_protocol(ProtocolVersion::RESP3);
        Ok(Self {
            is_exposed: is_exposed(info.addr()),
            client: Client::open(info.set_redis_settings(settings))?,
            home: None,
            current: Mutex::new(None),
            connecting: tokio::sync::Mutex::new(()),
        })
    }

    /// Whether what is sent can be read on the way: it goes to another machine, and not by TLS.
    pub(crate) const fn is_exposed(&self) -> bool {
        self.is_exposed
    }

    /// Serves its connections there, whoever asks.
    pub(crate) fn at(mut self, home: Handle) -> Self {
        self.home = Some(home);
        self
    }

    pub(crate) async fn command<T: FromRedisValue>(
        &self,
        command: &Cmd,
        limit: Limit,
    ) -> Result<T, LinkError> {
        let mut link = self.connection(limit).await?;
        let answer = command.query_async(&mut link.connection);
        let answer = tokio::time::timeout_at(limit.deadline, answer).await;
        self.judge(&link, answer.map_err(|_| limit))
    }

    pub(crate) async fn script<T: FromRedisValue>(
        &self,
        script: &ScriptInvocation<'_>,
        limit: Limit,
    ) -> Result<T, LinkError> {
        let mut link = self.connection(limit).await?;
        let answer = script.invoke_async(&mut link.connection);
        let answer = tokio::time::timeout_at(limit.deadline, answer).await;
        self.judge(&link, answer.map_err(|_| limit))
    }

    /// The policy by which the server drops what has not ended yet, if it does.
    pub(crate) async fn eviction(&self, limit: Limit) -> Result<Option<String>, LinkError> {
        let mut info = redis::cmd("INFO");
        info.arg("memory");
        let info: String = self.command(&info, limit).await?;
        let field = |name: &str| info.lines().find_map(|line| line.strip_prefix(name));
        let bounded = field("maxmemory:").is_some_and(|bytes| bytes != "0");
        let policy = field("maxmemory_policy:").unwrap_or("noeviction");
        Ok((bounded && policy != "noeviction").then(|| policy.to_owned()))
    }

    async fn connection(&self, limit: Limit) -> Result<Connection, LinkError> {
        tokio::time::timeout_at(limit.deadline, self.connect())
            .await
            .map_err(|_| limit.late())?
            .map_err(LinkError::Refused)
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
                Ok::<_, redis::aio::SendError>(())
            });
        let connection = match &self.home {
            None => open(self.client.clone(), config).await?,
            Some(home) => AwayFrom(home.spawn(open(self.client.clone(), config))).await?,
        };
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
    ) -> Result<T, LinkError> {
        match answer {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => {
                if is_lost(&error) {
                    self.give_up(link);
                }
                Err(LinkError::Refused(error))
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
pub(crate) fn is_lost(error: &RedisError) -> bool {
    error.is_unrecoverable_error()
        || error.kind() == redis::ErrorKind::Server(ServerErrorKind::ReadOnly)
}

fn is_exposed(address: &ConnectionAddr) -> bool {
    let ConnectionAddr::Tcp(host, _) = address else {
        return false;
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let is_loopback = host
        .parse()
        .is_ok_and(|address: IpAddr| address.is_loopback());
    !is_loopback && !host.eq_ignore_ascii_case("localhost")
}

async fn open(client: Client, config: AsyncConnectionConfig) -> RedisResult<MultiplexedConnection> {
    client
        .get_multiplexed_async_connection_with_config(&config)
        .await
}

/// What another runtime does for who waits here, and stops when nobody does.
struct AwayFrom<T>(JoinHandle<RedisResult<T>>);

impl<T> Future for AwayFrom<T> {
    type Output = RedisResult<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0
            .poll_unpin(context)
            .map(|done| done.map_err(std::io::Error::other)?)
    }
}

impl<T> Drop for AwayFrom<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
