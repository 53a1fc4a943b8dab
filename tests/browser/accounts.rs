//! The example's binary, in production and with TLS, and what people do with its pages.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader, Write as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    thread,
    time::Duration,
};

use serde_json::Value;

use crate::{Browser, Certificate, services::Folder};

/// Where the browser finds it.
pub(crate) const ORIGIN: &str = "https://app.test";

/// A password that the policy takes.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

const SETTINGS: [(&str, &str); 7] = [
    ("PORT", "0"),
    ("SECURE_PROFILE", "production"),
    ("SECURE_PUBLIC_ORIGIN", ORIGIN),
    ("SECURE_ISSUER", ORIGIN),
    ("SECURE_AUDIENCE", ORIGIN),
    (
        "SECURE_SECRET",
        "q83vEjRWeJC6mHZUMhDerb7v/+7dzLuqmYh3ZlVEMyI=",
    ),
    ("MAIL_URL", "./outbox"),
];

/// A running service; it is killed when the test ends.
pub(crate) struct Accounts {
    pub(crate) address: SocketAddr,
    folder: Folder,
    child: Child,
}

impl Accounts {
    pub(crate) fn start() -> Self {
        let folder = Folder::new("accounts");
        let files = ["cert.pem", "key.pem"].map(|name| folder.path().join(name));
        fs::write(&files[0], Certificate::shared().certificate()).expect("a file");
        fs::write(&files[1], Certificate::shared().key()).expect("a file");
        let log = File::create(folder.path().join("log")).expect("a file");
        let mut child = command(folder.path())
            .arg("serve")
            .arg("--tls-cert")
            .arg(&files[0])
            .arg("--tls-key")
            .arg(&files[1])
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the binary starts");
        let output = child.stdout.take().expect("its output");
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let address = lines.find_map(|line| {
            let (_, address) = line.split_once("listening on https://")?;
            address.trim().parse().ok()
        });
        // Nobody reads on, and it may say more.
        thread::spawn(move || lines.for_each(drop));
        let address = address.unwrap_or_else(|| {
            let log = fs::read_to_string(folder.path().join("log"));
            panic!(
                "it does not say where it listens:\n{}",
                log.unwrap_or_default()
            );
        });
        Self {
            address,
            folder,
            child,
        }
    }

    /// Makes an admin, at the command line.
    pub(crate) fn create_admin(&self, email: &str) {
        let mut child = command(self.folder.path())
            .args(["create-admin", "--email", email, "--password-stdin"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("the binary starts");
        let mut stdin = child.stdin.take().expect("its input");
        writeln!(stdin, "{PASSWORD}").expect("a pipe");
        drop(stdin);
        assert!(child.wait().expect("its end").success());
    }

    /// The link in a mail to somebody that leads to `path`, once there is one.
    pub(crate) async fn mailed_link(&self, email: &str, path: &str) -> String {
        let start = format!("{ORIGIN}{path}");
        for _ in 0..600 {
            let outbox = fs::read_dir(self.folder.path().join("outbox"));
            let mails = outbox.into_iter().flatten().flatten();
            let texts = mails.filter_map(|mail| fs::read_to_string(mail.path()).ok());
            // Lines are folded where they are long.
            let mut texts = texts.map(|text| text.replace("=\r\n", "").replace("=3D", "="));
            let link = texts.find_map(|text| {
                let at = text.contains(email).then(|| text.find(&start)).flatten()?;
                text[at..].split_whitespace().next().map(str::to_owned)
            });
            if let Some(link) = link {
                return link;
            }
            actix_rt::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no mail to {email} with a link to {path}");
    }

    /// The route × policy matrix.
    pub(crate) fn routes(&self) -> Vec<Value> {
        let output = command(self.folder.path())
            .args(["routes", "--format", "json"])
            .output()
            .expect("the binary starts");
        let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        report["routes"].as_array().expect("rows").clone()
    }
}

impl Drop for Accounts {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The binary, to be started in `folder`, with the settings of these tests and no others.
fn command(folder: &Path) -> Command {
    let mut command = Command::new(binary());
    command.current_dir(folder).env_clear().envs(SETTINGS);
    command
}

/// Builds the binary once, into the folder that this test was built into.
fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let test = std::env::current_exe().expect("this test");
        let profile = test.ancestors().nth(2).expect("the profile's folder");
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--package", "accounts"]);
        if profile.ends_with("release") {
            cargo.arg("--release");
        }
        let target = profile.parent().expect("the target folder");
        let built = cargo.arg("--target-dir").arg(target).status();
        assert!(built.expect("cargo").success());
        profile.join("accounts")
    })
}

impl Browser {
    /// Goes to a page of the service.
    pub(crate) async fn open_page(&self, path: &str) {
        self.visit(&format!("{ORIGIN}{path}")).await;
    }

    /// Waits until a page of the service is there.
    pub(crate) async fn arrive(&self, path: &str) {
        let here = format!("{ORIGIN}{path}");
        self.wait_until(&format!(
            "location.origin + location.pathname === {here:?} && document.readyState === 'complete'"
        ))
        .await;
    }

    /// Signs in, as people do.
    pub(crate) async fn sign_in(&self, email: &str) {
        self.open_page("/login").await;
        self.fill(&[("email", email), ("password", PASSWORD)]).await;
        self.press("form[action='/login'] button[type=submit]")
            .await;
        self.arrive("/").await;
        assert!(self.is_signed_in().await, "{email}");
    }

    /// Signs out, by the button of the page that is shown.
    pub(crate) async fn sign_out(&self) {
        self.press("form[action='/logout'] button").await;
        self.wait_until("document.querySelector(\"nav a[href='/login']\")")
            .await;
        self.arrive("/").await;
    }

    /// Whether the page that is shown is one for somebody.
    pub(crate) async fn is_signed_in(&self) -> bool {
        let form = self.value("document.querySelector(\"form[action='/logout']\") !== null");
        form.await == serde_json::json!(true)
    }

    /// The status of the page that is shown.
    pub(crate) async fn status(&self) -> u64 {
        let status = "performance.getEntriesByType('navigation')[0].responseStatus";
        self.value(status).await.as_u64().expect("a status")
    }
}
