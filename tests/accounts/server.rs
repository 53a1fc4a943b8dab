use std::{
    env, fs,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{Arc, Mutex, OnceLock},
    thread,
    time::Duration,
};

use reqwest::{
    Client, Method, StatusCode,
    header::{CONTENT_TYPE, HeaderMap},
};
use serde_json::{Value, json};
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

/// An answer, read whole.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

/// A request that is being put together.
pub(crate) struct Call(reqwest::RequestBuilder);

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
        let mut child = command(folder)
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary starts");
        let stdout = child.stdout.take().expect("its output");
        let mut lines = BufReader::new(stdout).lines();
        let first = lines.next().expect("a line").expect("UTF-8");
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
        Self {
            base,
            folder: folder.to_owned(),
            said,
            child,
            client: Client::new(),
        }
    }

    pub(crate) fn call(&self, method: Method, path: &str) -> Call {
        Call(self.client.request(method, format!("{}{path}", self.base)))
    }

    pub(crate) fn get(&self, path: &str) -> Call {
        self.call(Method::GET, path)
    }

    pub(crate) fn post(&self, path: &str) -> Call {
        self.call(Method::POST, path)
    }

    pub(crate) fn put(&self, path: &str) -> Call {
        self.call(Method::PUT, path)
    }

    pub(crate) fn patch(&self, path: &str) -> Call {
        self.call(Method::PATCH, path)
    }

    pub(crate) fn delete(&self, path: &str) -> Call {
        self.call(Method::DELETE, path)
    }

    /// Signs somebody up, by mail, and in. The result is an access token.
    pub(crate) async fn sign_up(&self, email: &str) -> String {
        self.register(email).await;
        let token = self.mailed_tokens(email, 1).await.remove(0);
        let answer = self.verify(&token, PASSWORD).await;
        assert_eq!(answer.status, 204, "{answer:?}");
        self.sign_in(email).await
    }

    pub(crate) async fn register(&self, email: &str) -> Answer {
        let body = json!({ "email": email, "username": "Somebody" });
        let answer = self.post("/auth/register").json(&body).send().await;
        assert_eq!(answer.status, 202, "{answer:?}");
        answer
    }

    pub(crate) async fn verify(&self, token: &str, password: &str) -> Answer {
        let body = json!({ "token": token, "password": password });
        self.post("/auth/verify-email").json(&body).send().await
    }

    pub(crate) async fn login(&self, email: &str, password: &str) -> Answer {
        let body = json!({ "email": email, "password": password });
        self.post("/auth/login").json(&body).send().await
    }

    pub(crate) async fn sign_in(&self, email: &str) -> String {
        let answer = self.login(email, PASSWORD).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["access_token"]
            .as_str()
            .expect("a token")
            .to_owned()
    }

    /// Makes an admin at the command line, and signs it in.
    pub(crate) async fn admin(&self, email: &str) -> String {
        let output = create_admin(&self.folder, email, PASSWORD);
        assert!(output.status.success(), "{output:?}");
        self.sign_in(email).await
    }

    /// The id of the account that a token belongs to.
    pub(crate) async fn id_of(&self, token: &str) -> String {
        let answer = self.get("/me").token(token).send().await;
        answer.json()["id"].as_str().expect("an id").to_owned()
    }

    /// Gives an account another role or state.
    pub(crate) async fn set(&self, admin: &str, id: &str, change: Value) -> Answer {
        let path = format!("/admin/users/{id}");
        self.patch(&path).token(admin).json(&change).send().await
    }

    /// Writes an article; the result is its id.
    pub(crate) async fn write(&self, author: &str, title: &str, draft: bool) -> String {
        let body = json!({ "title": title, "body_html": "Text.", "draft": draft });
        let answer = self
            .post("/articles")
            .token(author)
            .json(&body)
            .send()
            .await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json()["id"].as_str().expect("an id").to_owned()
    }

    /// The tokens in the mails to `email`, once there are `count`.
    pub(crate) async fn mailed_tokens(&self, email: &str, count: usize) -> Vec<String> {
        let mails = self.mails(email, count).await;
        mails.iter().filter_map(|mail| token_in(mail)).collect()
    }

    /// The mails to `email`, once there are `count`.
    pub(crate) async fn mails(&self, email: &str, count: usize) -> Vec<String> {
        for _ in 0..100 {
            let mails: Vec<_> = fs::read_dir(self.folder.join("data/outbox"))
                .expect("the outbox")
                .map(|entry| fs::read_to_string(entry.expect("a file").path()).expect("a mail"))
                .map(|mail| unfold(&mail))
                .filter(|mail| mail.contains(&format!("To: {email}\r\n")))
                .filter(|mail| mail.contains("If it was not you"))
                .collect();
            if mails.len() >= count {
                return mails;
            }
            actix_rt::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no mail to {email}");
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

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        // Where a test fails, what it left is there to be looked at.
        if !thread::panicking() {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

impl Call {
    pub(crate) fn token(self, token: &str) -> Self {
        Self(self.0.bearer_auth(token))
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        Self(self.0.json(body))
    }

    pub(crate) fn body(self, content_type: &str, body: &str) -> Self {
        Self(
            self.0
                .header(CONTENT_TYPE, content_type)
                .body(body.to_owned()),
        )
    }

    pub(crate) fn form(self, body: &str) -> Self {
        self.body("application/x-www-form-urlencoded", body)
    }

    pub(crate) async fn send(self) -> Answer {
        self.try_send().await.expect("an answer")
    }

    pub(crate) async fn try_send(self) -> Result<Answer, reqwest::Error> {
        let response = self.0.send().await?;
        Ok(Answer {
            status: response.status(),
            headers: response.headers().clone(),
            text: response.text().await?,
        })
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("JSON: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("ASCII"))
    }

    /// The places that a 422 complains about.
    pub(crate) fn pointers(&self) -> Vec<String> {
        assert_eq!(self.status, 422, "{self:?}");
        let errors = self.json()["errors"].as_array().expect("errors").clone();
        let place = |error: &Value| error.get("pointer").or(error.get("parameter")).cloned();
        errors
            .iter()
            .map(|error| {
                place(error)
                    .expect("a place")
                    .as_str()
                    .expect("a text")
                    .to_owned()
            })
            .collect()
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
        let ours = ["HOST", "DATABASE_URL", "MAIL_URL", "RUST_LOG"].contains(&name.as_str());
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

/// Quoted-printable, as far as an ASCII text needs it.
fn unfold(mail: &str) -> String {
    mail.replace("=\r\n", "").replace("=3D", "=")
}

fn token_in(mail: &str) -> Option<String> {
    mail.lines()
        .find(|line| line.len() == 43 && !line.contains(' '))
        .map(str::to_owned)
}
