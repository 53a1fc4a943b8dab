//! The service, and people who have an account there.

use std::{
    env, fs,
    io::{BufRead as _, BufReader},
    net::Ipv4Addr,
    path::PathBuf,
    process::{self, Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use reqwest::{Client, RequestBuilder, StatusCode};
use secure_runtime::{
    Secret,
    password::{Argon2Params, PasswordPolicy, Passwords, policy::PasswordContext},
};
use serde_json::{Value, json};
use sqlx::SqlitePool;

use crate::Failure;

/// The password of everybody.
pub(super) const PASSWORD: &str = "tangerine lighthouse umbrella";
/// As the example's.
const PARAMS: Argon2Params = Argon2Params::new(19 * 1024, 2, 1);

/// A running service; it ends with this.
pub(super) struct Server {
    child: Child,
    folder: PathBuf,
    base: String,
    client: Client,
}

/// How a request was answered.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) retry_after: Option<Duration>,
    pub(super) took: Duration,
    pub(super) body: Value,
}

impl Server {
    /// Builds the example and starts it on an empty folder.
    pub(super) fn start() -> Result<Self, Failure> {
        let binary = build()?;
        let folder = env::temp_dir().join(format!("secure-benches-{}", process::id()));
        fs::create_dir_all(&folder)?;
        let mut child = Command::new(binary)
            .current_dir(&folder)
            .env("PORT", "0")
            .env("RUST_LOG", "error")
            .env("SECURE_PROFILE", "development")
            // So that each request can come from an address of its own.
            .env("SECURE_TRUSTED_PROXIES", "127.0.0.1/32")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let stdout = child.stdout.take().ok_or("no output")?;
        let mut first = String::new();
        BufReader::new(stdout).read_line(&mut first)?;
        let base = first.trim_end().strip_prefix("accounts: listening on ");
        let base = base.ok_or("it does not start")?.to_owned();
        let client = Client::builder().timeout(Duration::from_secs(60)).build()?;
        Ok(Self {
            child,
            folder,
            base,
            client,
        })
    }

    /// Makes accounts `known-0@example.com` and so on, straight in the database.
    pub(super) async fn people(&self, number: usize) -> Result<(), Failure> {
        let typed = Secret::new(PASSWORD.to_owned());
        let password = PasswordPolicy::default().check(typed, &PasswordContext::new())?;
        let hash = Passwords::new(PARAMS).hash(&password).await?;
        let url = format!("sqlite:{}/data/accounts.db", self.folder.display());
        let pool = SqlitePool::connect(&url).await?;
        let mut transaction = pool.begin().await?;
        for at in 0..number {
            sqlx::query(
                "INSERT INTO accounts (id, email, username, password_hash, role, created_at) \
                 VALUES (randomblob(16), ?, 'Somebody', ?, 'user', 0)",
            )
            .bind(known(at))
            .bind(hash.expose())
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        pool.close().await;
        Ok(())
    }

    pub(super) async fn post(&self, path: &str, body: Value) -> Result<Answer, Failure> {
        let request = self.client.post(format!("{}{path}", self.base)).json(&body);
        answer(request).await
    }

    pub(super) async fn get(&self, path: &str, token: &str) -> Result<Answer, Failure> {
        let request = self.client.get(format!("{}{path}", self.base));
        answer(request.bearer_auth(token)).await
    }

    pub(super) async fn sign_in(&self, email: &str, password: &str) -> Result<Answer, Failure> {
        let body = json!({ "email": email, "password": password });
        self.post("/auth/login", body).await
    }

    /// A line of `/proc/…/status`, in KiB: `VmRSS`, `VmHWM`.
    pub(super) fn memory(&self, what: &str) -> Result<u64, Failure> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find(|line| line.starts_with(what));
        let number = line.and_then(|line| line.split_whitespace().nth(1));
        Ok(number.ok_or("no such line")?.parse()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Somebody who has an account.
pub(super) fn known(at: usize) -> String {
    format!("known-{at:04}@example.com")
}

/// Somebody who has none; the text is as long.
pub(super) fn unknown(at: usize) -> String {
    format!("stran-{at:04}@example.com")
}

/// Sends a request as if from an address that nobody else has.
async fn answer(request: RequestBuilder) -> Result<Answer, Failure> {
    static NUMBER: AtomicU32 = AtomicU32::new(u32::from_be_bytes([10, 0, 0, 1]));
    let address = Ipv4Addr::from(NUMBER.fetch_add(1, Ordering::Relaxed));
    let request = request.header("X-Forwarded-For", address.to_string());
    let start = Instant::now();
    let response = request.send().await?;
    let status = response.status();
    let header = response.headers().get("retry-after");
    let seconds = header.and_then(|value| value.to_str().ok()?.parse().ok());
    let body = response.bytes().await?;
    Ok(Answer {
        status,
        retry_after: seconds.map(Duration::from_secs),
        took: start.elapsed(),
        body: serde_json::from_slice(&body).unwrap_or_default(),
    })
}

/// Builds the example beside this binary.
fn build() -> Result<PathBuf, Failure> {
    let this = env::current_exe()?;
    let profile = this.parent().ok_or("no folder")?;
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut cargo = Command::new(cargo);
    cargo.args(["build", "--quiet", "--package", "accounts", "--target-dir"]);
    cargo.arg(profile.parent().ok_or("no target folder")?);
    if profile.ends_with("release") {
        cargo.arg("--release");
    }
    match cargo.status()?.success() {
        true => Ok(profile.join("accounts")),
        false => Err("the example does not build".into()),
    }
}
