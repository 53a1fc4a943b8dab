//! `accounts serve --tls-cert … --tls-key …`: TLS that the service ends itself, and plain HTTP beside it.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use reqwest::{Certificate, Client, Response, Version, redirect::Policy};
use serde_json::json;

use crate::{
    PASSWORD,
    server::{command, fresh_folder, run},
};

/// The public origin's name, which the clients of these tests find at this machine.
const NAME: &str = "accounts.example.com";

/// Somebody who issues certificates.
pub(crate) struct Pki {
    authority: CertifiedIssuer<'static, KeyPair>,
}

impl Pki {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new([]).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let authority = CertifiedIssuer::self_signed(params, key).expect("a certificate");
        Self { authority }
    }

    /// A new certificate and its key, in files of `folder`.
    pub(crate) fn write(&self, folder: &Path, name: &str) -> (PathBuf, PathBuf) {
        let params = CertificateParams::new([NAME.to_owned(), "localhost".to_owned()]);
        self.write_with(params.expect("names"), folder, name)
    }

    /// The same, with a certificate of one's own.
    pub(crate) fn write_with(
        &self,
        params: CertificateParams,
        folder: &Path,
        name: &str,
    ) -> (PathBuf, PathBuf) {
        let key = KeyPair::generate().expect("a key");
        let certificate = params
            .signed_by(&key, &self.authority)
            .expect("a certificate");
        let files = ["cert", "key"].map(|what| folder.join(format!("{name}.{what}.pem")));
        fs::write(&files[0], certificate.pem()).expect("a file");
        fs::write(&files[1], key.serialize_pem()).expect("a file");
        for_its_owner(&files[1]);
        let [certificate, key] = files;
        (certificate, key)
    }

    fn root(&self) -> Certificate {
        Certificate::from_pem(self.authority.pem().as_bytes()).expect("a certificate")
    }
}

fn for_its_owner(file: &Path) {
    let permissions = fs::Permissions::from_mode(0o600);
    fs::set_permissions(file, permissions).expect("permissions");
}

pub(crate) fn path(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

const PRODUCTION: [(&str, &str); 6] = [
    ("SECURE_PROFILE", "production"),
    (
        "SECURE_SECRET",
        "q83vEjRWeJC6mHZUMhDerb7v/+7dzLuqmYh3ZlVEMyI=",
    ),
    ("SECURE_ISSUER", "https://accounts.example.com"),
    ("SECURE_AUDIENCE", "https://accounts.example.com"),
    ("SECURE_PUBLIC_ORIGIN", "https://accounts.example.com"),
    ("MAIL_URL", "./outbox"),
];

/// A service with TLS; it is killed when the test ends.
struct Secured {
    folder: PathBuf,
    pki: Pki,
    child: Child,
    /// Where it listens for TLS, and for plain HTTP.
    ports: (u16, u16),
    log: PathBuf,
}

impl Secured {
    fn start(variables: &[(&str, &str)]) -> Self {
        let folder = fresh_folder();
        let pki = Pki::new();
        let (certificate, key) = pki.write(&folder, "one");
        let log = folder.join("log");
        let mut child = command(&folder)
            .envs(variables.iter().copied())
            .args([
                "serve",
                "--tls-cert",
                path(&certificate),
                "--tls-key",
                path(&key),
            ])
            .args(["--http-port", "0"])
            .stdout(Stdio::piped())
            .stderr(fs::File::create(&log).expect("a file"))
            .spawn()
            .expect("the binary starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let mut next = |start: &str| loop {
            let line = lines.next().expect("a line").expect("UTF-8");
            if let Some((_, rest)) = line.split_once(start) {
                let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
                return rest[..digits].parse::<u16>().expect("a port");
            }
        };
        let ports = (
            next("listening on https://127.0.0.1:"),
            next("accounts: http://127.0.0.1:"),
        );
        thread::spawn(move || lines.for_each(drop));
        Self {
            folder,
            pki,
            child,
            ports,
            log,
        }
    }

    /// A client that trusts the authority alone and takes the service for the one of the public origin.
    fn client(&self) -> reqwest::ClientBuilder {
        let here = ([127, 0, 0, 1], self.ports.0).into();
        let plain = ([127, 0, 0, 1], self.ports.1).into();
        Client::builder()
            .tls_certs_only([self.pki.root()])
            .redirect(Policy::none())
            .resolve(NAME, here)
            .resolve("plain.example.com", plain)
    }

    fn https(&self, path: &str) -> String {
        format!("https://{NAME}{path}")
    }
}

impl Drop for Secured {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if !thread::panicking() {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    let value = answer.headers().get(name);
    value.map_or("", |value| value.to_str().expect("ASCII"))
}

#[actix_rt::test]
async fn production_over_tls_by_http_1_and_2() {
    let server = Secured::start(&PRODUCTION);
    for (client, version) in [
        (server.client(), Version::HTTP_2),
        (server.client().http1_only(), Version::HTTP_11),
    ] {
        let client = client.build().expect("a client");
        let answer = client.get(server.https("/healthz")).send().await;
        let answer = answer.expect("an answer");
        assert_eq!((answer.status().as_u16(), answer.version()), (200, version));
        assert_eq!(
            header(&answer, "strict-transport-security"),
            "max-age=63072000"
        );
        // The host is asked for by either version: in `:authority`, and in `Host`.
        let other = client
            .get(server.https("/articles"))
            .header("host", "evil.example");
        let other = other.send().await;
        assert_eq!(other.expect("an answer").status(), 400, "{version:?}");
        let articles = client.get(server.https("/articles")).send().await;
        assert_eq!(articles.expect("an answer").status(), 200, "{version:?}");
    }
}

#[actix_rt::test]
async fn cookies_of_the_service_are_secure() {
    let server = Secured::start(&PRODUCTION);
    let client = server.client().build().expect("a client");
    let made = Command::new(crate::server::binary())
        .current_dir(&server.folder)
        .args([
            "create-admin",
            "--email",
            "ada@example.com",
            "--password-stdin",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn();
    let mut made = made.expect("the binary starts");
    let mut stdin = made.stdin.take().expect("its input");
    writeln!(stdin, "{PASSWORD}").expect("a pipe");
    drop(stdin);
    assert!(made.wait().expect("its end").success());

    let login = client.post(server.https("/auth/login"));
    let login = login.json(&json!({ "email": "ada@example.com", "password": PASSWORD }));
    let answer = login.send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    let cookies: Vec<_> = answer.headers().get_all("set-cookie").iter().collect();
    assert!(!cookies.is_empty());
    for cookie in cookies {
        let cookie = cookie.to_str().expect("ASCII");
        assert!(cookie.starts_with("__Host-"), "{cookie}");
        for attribute in ["Secure", "HttpOnly", "Path=/"] {
            let mut attributes = cookie.split("; ");
            assert!(attributes.any(|one| one == attribute), "{cookie}");
        }
    }
}

#[actix_rt::test]
async fn plain_http_is_sent_on_for_pages_and_refused_for_the_api() {
    let server = Secured::start(&PRODUCTION);
    let client = server.client().build().expect("a client");
    let get = |path: &str, accept: &str| {
        let request = client.get(format!("http://plain.example.com{path}"));
        request.header("host", NAME).header("accept", accept)
    };
    let page = get("/articles?page=2", "text/html")
        .send()
        .await
        .expect("an answer");
    assert_eq!(page.status(), 308);
    assert_eq!(
        header(&page, "location"),
        "https://accounts.example.com/articles?page=2"
    );
    let api = get("/articles", "application/json")
        .send()
        .await
        .expect("an answer");
    assert_eq!(api.status(), 400);
    let post = client.post("http://plain.example.com/auth/login");
    let post = post.header("host", NAME).header("accept", "text/html");
    let post = post.json(&json!({ "email": "ada@example.com", "password": PASSWORD }));
    assert_eq!(post.send().await.expect("an answer").status(), 400);
    // No word of the client makes it TLS.
    let spoofed = get("/articles", "*/*").header("x-forwarded-proto", "https");
    assert_eq!(spoofed.send().await.expect("an answer").status(), 400);
    // Another host is sent nowhere.
    let other = client
        .get("http://plain.example.com/")
        .header("accept", "text/html");
    assert_eq!(other.send().await.expect("an answer").status(), 400);
    // Whoever asks whether it lives may come as it likes.
    let alive = get("/healthz", "*/*").send().await.expect("an answer");
    assert_eq!(alive.status(), 200);
}

/// A hello of a client that speaks nothing later than `version`.
fn hello(version: [u8; 2]) -> Vec<u8> {
    // ECDHE_ECDSA and ECDHE_RSA with AES-128-CBC-SHA and AES-128-GCM-SHA256: of old and of 1.2.
    let suites = [0xc0, 0x09, 0xc0, 0x13, 0xc0, 0x2b, 0xc0, 0x2f];
    let mut extensions = Vec::new();
    // supported_groups: x25519, secp256r1; ec_point_formats; signature_algorithms.
    extensions.extend([0x00, 0x0a, 0x00, 0x06, 0x00, 0x04, 0x00, 0x1d, 0x00, 0x17]);
    extensions.extend([0x00, 0x0b, 0x00, 0x02, 0x01, 0x00]);
    extensions.extend([0x00, 0x0d, 0x00, 0x06, 0x00, 0x04, 0x04, 0x03, 0x08, 0x04]);
    let mut body = Vec::from(version);
    body.extend([7; 32]);
    body.push(0);
    body.extend([0, suites.len() as u8]);
    body.extend(suites);
    body.extend([1, 0]);
    body.extend([0, extensions.len() as u8]);
    body.extend(extensions);
    let mut handshake = vec![0x01, 0, 0, body.len() as u8];
    handshake.extend(body);
    let mut record = vec![0x16, 0x03, 0x01, 0, handshake.len() as u8];
    record.extend(handshake);
    record
}

#[actix_rt::test]
async fn nothing_before_tls_1_2_is_spoken() {
    let server = Secured::start(&PRODUCTION);
    let answer = |version: [u8; 2]| {
        let mut stream = TcpStream::connect(("127.0.0.1", server.ports.0)).expect("a connection");
        let patience = Some(Duration::from_secs(10));
        stream.set_read_timeout(patience).expect("a timeout");
        stream.write_all(&hello(version)).expect("written");
        let mut record = [0; 7];
        stream.read_exact(&mut record).expect("an answer");
        record
    };
    // A handshake goes on: the same hello but for its version, so that it is this which is refused below.
    let spoken = answer([3, 3]);
    assert_eq!((spoken[0], spoken[5]), (0x16, 0x02), "{spoken:?}");
    for old in [[3, 2], [3, 1], [3, 0]] {
        let refused = answer(old);
        // An alert: fatal, protocol_version.
        assert_eq!(
            (refused[0], &refused[5..]),
            (0x15, &[2, 70][..]),
            "{old:?}: {refused:?}"
        );
    }
}

#[actix_rt::test]
async fn who_does_not_trust_the_authority_does_not_come_in() {
    let server = Secured::start(&PRODUCTION);
    let stranger = Client::builder()
        .tls_certs_only([Pki::new().root()])
        .resolve(NAME, ([127, 0, 0, 1], server.ports.0).into())
        .build()
        .expect("a client");
    let refused = stranger.get(server.https("/healthz")).send().await;
    assert!(refused.expect_err("a refusal").is_connect());
}

#[actix_rt::test]
async fn a_certificate_is_read_again_on_sighup() {
    let mut server = Secured::start(&PRODUCTION);
    // From now on somebody else issues the certificate, and the clients trust nobody else.
    let old = std::mem::replace(&mut server.pki, Pki::new());
    let status = async |server: &Secured| {
        let client = server.client().build().expect("a client");
        let answer = client.get(server.https("/healthz")).send().await;
        answer.is_ok_and(|answer| answer.status() == 200)
    };
    assert!(!status(&server).await);
    let hang_up = |server: &Secured| {
        let id = server.child.id().to_string();
        let sent = Command::new("kill").args(["-HUP", &id]).status();
        assert!(sent.expect("kill").success());
    };
    let log = |server: &Secured| fs::read_to_string(&server.log).expect("a log");

    // What is half written changes nothing.
    fs::write(server.folder.join("one.cert.pem"), "-----BEGIN CERT").expect("a file");
    hang_up(&server);
    wait_for(|| log(&server).contains("the certificate stays as it was")).await;
    let new = std::mem::replace(&mut server.pki, old);
    assert!(status(&server).await);

    server.pki = new;
    server.pki.write(&server.folder, "one");
    hang_up(&server);
    wait_for(|| log(&server).contains("the certificate was read again")).await;
    assert!(status(&server).await);
}

async fn wait_for(condition: impl Fn() -> bool) {
    for _ in 0..200 {
        if condition() {
            return;
        }
        actix_rt::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it does not come true");
}

#[actix_rt::test]
async fn development_has_tls_too() {
    let server = Secured::start(&[]);
    let client = server.client().build().expect("a client");
    let here = format!("https://localhost:{}", server.ports.0);
    let answer = client.get(format!("{here}/healthz")).send().await;
    let answer = answer.expect("an answer");
    assert_eq!(answer.status(), 200);
    assert_eq!(header(&answer, "strict-transport-security"), "");
    let plain = client.get(format!("http://localhost:{}/articles", server.ports.1));
    let plain = plain
        .header("accept", "text/html")
        .send()
        .await
        .expect("an answer");
    assert_eq!(plain.status(), 308);
    let expected = format!("https://127.0.0.1:{}/articles", server.ports.0);
    assert_eq!(header(&plain, "location"), expected);
}

#[test]
fn files_that_are_no_certificate_or_no_key() {
    let folder = fresh_folder();
    let pki = Pki::new();
    let (certificate, key) = pki.write(&folder, "one");
    let (_, other_key) = pki.write(&folder, "two");
    let empty = folder.join("empty.pem");
    fs::write(&empty, "").expect("a file");
    for (certificate, key, says) in [
        (path(&certificate), "nowhere.pem", "the key nowhere.pem: "),
        ("nowhere.pem", path(&key), "the certificate nowhere.pem: "),
        (path(&empty), path(&key), "there is no certificate in "),
        (path(&key), path(&key), "there is no certificate in "),
        (path(&certificate), path(&certificate), "the key "),
        (
            path(&certificate),
            path(&other_key),
            "is not that of the certificate",
        ),
    ] {
        let mut command = command(&folder);
        let output = run(command.args(["serve", "--tls-cert", certificate, "--tls-key", key]));
        let text = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.contains(says), "{says}: {text}");
        assert!(!text.contains("PRIVATE"), "{text}");
    }
    // One without the other is no command.
    for arguments in [
        &["serve", "--tls-cert", path(&certificate)][..],
        &["serve", "--tls-key", path(&key)],
        &["serve", "--http-port", "8080"],
    ] {
        let output = run(command(&folder).args(arguments));
        assert_eq!(output.status.code(), Some(2));
    }
    assert!(!folder.join("data").exists());
    fs::remove_dir_all(folder).expect("the folder");
}
