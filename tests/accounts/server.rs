mod browser;
mod call;
mod people;

use std::{
    env, fs,
    io::{BufRead as _, BufReader, Write as _},
    mem,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{Arc, Mutex, OnceLock},
    thread,
    time::Duration,
};

pub(crate) use browser::Browser;
pub(crate) use call::{Answer, Call, File};
pub(crate) use people::Tokens;
use reqwest::{
    Client,
    header::{HOST, HeaderMap},
};
use uuid::Uuid;

/// A password that the policy takes.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// A running service; it is killed when the test ends.
pub(crate) struct Server {
    pub(crate) base: String,
    pub(crate) folder: PathBuf,
    said: Arc<Mutex<String>>,
    child: Child,
    client: Client,
}

impl Server {
    /// Starts the service in a folder of its own.
    pub(crate) fn start() -> Self {
        Self::start_in(&fresh_folder())
    }

    /// Starts the service on what is in `folder`.
    pub(crate) fn start_in(folder: &Path) -> Self {
        Self::start_with(folder, &[])
    }

    /// Starts the service on what is in `folder`, with settings.
    pub(crate) fn start_with(folder: &Path, variables: &[(&str, &str)]) -> Self {
        Self::try_start(folder, variables).expect("a line that says where it listens")
    }

    /// Starts it again where it was, at the same address. It has ended, or is ended by this.
    pub(crate) fn restart(&mut self, variables: &[(&str, &str)]) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let (_, port) = self.base.rsplit_once(':').expect("a port");
        let with_port: Vec<_> = variables.iter().copied().chain([("PORT", port)]).collect();
        let folder = self.folder.clone();
        // Somebody may have the port for a moment.
        for _ in 0..50 {
            if let Some(mut again) = Self::try_start(&folder, &with_port) {
                mem::swap(self, &mut again);
                again.folder.clear();
                return;
            }
            thread::sleep(Duration::from_millis(100));
        }
        panic!("it does not start again at {}", self.base);
    }

    /// `None` where it ends at once.
    fn try_start(folder: &Path, variables: &[(&str, &str)]) -> Option<Self> {
        let mut child = command(folder)
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary starts");
        let stdout = child.stdout.take().expect("its output");
        let mut lines = BufReader::new(stdout).lines();
        let Some(first) = lines.next() else {
            let _ = child.wait();
            return None;
        };
        let first = first.expect("UTF-8");
        let base = first
            .strip_prefix("accounts: listening on ")
            .expect("an address")
            .to_owned();
        let said = Arc::new(Mutex::new(String::new()));
        let listener = said.clone();
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                *listener.lock().expect("the text") += &format!("{line}\n");
            }
        });
        Some(Self {
            base,
            folder: folder.to_owned(),
            said,
            child,
            client: client(variables),
        })
    }

    /// What it says at the start, up to and with `last`.
    pub(crate) async fn greeting(&self, last: &str) -> String {
        for _ in 0..100 {
            let said = self.said.lock().expect("the text").clone();
            if said.contains(last) {
                return said;
            }
            actix_rt::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("it does not say `{last}`");
    }

    /// `kill -9`.
    pub(crate) fn kill(&self) {
        self.signal("-KILL");
    }

    /// `kill -TERM`.
    pub(crate) fn terminate(&self) {
        self.signal("-TERM");
    }

    fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        let kill = Command::new("kill").args([signal, &id]).status();
        assert!(kill.expect("kill").success());
    }

    /// Waits for the process to end, and says whether it ended well.
    pub(crate) fn wait(&mut self) -> bool {
        self.child.wait().expect("its end").success()
    }
}

/// A client that names the host of the public origin, as it comes through a proxy.
fn client(variables: &[(&str, &str)]) -> Client {
    let mut headers = HeaderMap::new();
    let origin = variables
        .iter()
        .find(|(name, _)| *name == "SECURE_PUBLIC_ORIGIN");
    if let Some((_, host)) = origin.and_then(|(_, origin)| origin.split_once("://")) {
        headers.insert(HOST, host.parse().expect("a host"));
    }
    let client = Client::builder().default_headers(headers);
    client.build().expect("a client")
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        // Where a test fails, what it left is there to be looked at.
        if !thread::panicking() && !self.folder.as_os_str().is_empty() {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// `create-admin`, with the password on standard input.
pub(crate) fn create_admin(folder: &Path, email: &str, password: &str) -> Output {
    let mut child = command(folder)
        .args(["create-admin", "--email", email, "--password-stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut stdin = child.stdin.take().expect("its input");
    writeln!(stdin, "{password}").expect("a pipe");
    drop(stdin);
    child.wait_with_output().expect("its end")
}

/// Runs a command that ends by itself; one that does not is killed.
pub(crate) fn run(command: &mut Command) -> Output {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    for _ in 0..300 {
        if child.try_wait().expect("its state").is_some() {
            return child.wait_with_output().expect("its end");
        }
        thread::sleep(Duration::from_millis(100));
    }
    child.kill().expect("a running process");
    panic!("it runs: {:?}", child.wait_with_output());
}

/// The binary, to be started in `folder`, with none of this process's settings.
pub(crate) fn command(folder: &Path) -> Command {
    let mut command = Command::new(binary());
    command.current_dir(folder).env("PORT", "0");
    for (name, _) in env::vars() {
        let ours =
            ["HOST", "DATABASE_URL", "REDIS_URL", "MAIL_URL", "RUST_LOG"].contains(&name.as_str());
        if ours || name.starts_with("SECURE_") {
            command.env_remove(name);
        }
    }
    command
}

/// An empty folder.
pub(crate) fn fresh_folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(Uuid::now_v7().to_string());
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// Builds the binary once, into the folder that this test was built into.
pub(crate) fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let test = env::current_exe().expect("this test");
        let profile = test.ancestors().nth(2).expect("the profile's folder");
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--package", "accounts"]);
        if profile.ends_with("release") {
            cargo.arg("--release");
        }
        cargo
            .arg("--target-dir")
            .arg(profile.parent().expect("the target folder"));
        assert!(cargo.status().expect("cargo").success());
        profile.join("accounts")
    })
}
