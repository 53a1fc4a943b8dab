//! Where letters go: a folder that only its owner reads, and a mail server that nothing is told in the clear.

use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf};

use secure_runtime::mail::{self, FileOutbox, Letter, Mailer as _, Smtp};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

const FROM: &str = "Accounts <no-reply@example.com>";

fn letter() -> Letter {
    Letter::new(
        "Grüße",
        "A line.\n.\n..two dots\nhttps://example.com/reset?token=abc\n",
    )
}

/// A folder of a test's own, which goes with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("secure-mail-{name}-{}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

#[actix_web::test]
async fn a_letter_is_a_file_that_only_its_owner_reads() {
    let folder = Folder::new("outbox");
    let path = folder.0.join("mail");
    let outbox = FileOutbox::open(&path, FROM).expect("an outbox");
    for _ in 0..3 {
        outbox
            .send("ada@example.com", &letter())
            .await
            .expect("written");
    }
    let mode = |path| fs::metadata(path).expect("it").permissions().mode() & 0o777;
    assert_eq!(mode(path.clone()), 0o700);
    let files: Vec<_> = fs::read_dir(&path)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    assert_eq!(files.len(), 3);
    for file in files {
        assert_eq!(file.extension().and_then(|end| end.to_str()), Some("eml"));
        assert_eq!(mode(file.clone()), 0o600);
        let text = fs::read_to_string(file).expect("a text");
        for line in [
            "From: Accounts <no-reply@example.com>\r\n",
            "To: ada@example.com\r\n",
            "Subject: =?utf-8?b?R3LDvMOfZQ==?=\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "Content-Type: text/plain; charset=utf-8\r\n",
            "https://example.com/reset?token=abc\r\n",
        ] {
            assert!(text.contains(line), "{line}: {text}");
        }
        assert!(
            text.contains("\r\nMessage-ID: <") && text.contains("\r\nDate: "),
            "{text}"
        );
    }
}

#[actix_web::test]
async fn a_folder_that_cannot_be_written_to_is_a_failure_that_may_pass() {
    let folder = Folder::new("gone");
    let outbox = FileOutbox::open(&folder.0, FROM).expect("an outbox");
    fs::remove_dir(&folder.0).expect("a folder");
    let error = outbox.send("ada@example.com", &letter()).await;
    assert!(!error.expect_err("there is no folder").is_refusal());

    let file = Folder::new("file");
    fs::create_dir(&file.0).expect("a folder");
    fs::write(file.0.join("file"), "").expect("a file");
    assert!(FileOutbox::open(file.0.join("file"), FROM).is_err());
}

/// Nobody gets a header into a letter.
#[actix_web::test]
async fn what_is_no_address_is_refused_for_good() {
    let folder = Folder::new("addresses");
    let outbox = FileOutbox::open(&folder.0, FROM).expect("an outbox");
    for to in [
        "",
        "ada",
        "ada@",
        "ada@example.com\r\nBcc: eve@example.com",
        "ada@example.com, eve@example.com",
        "Ada <ada@example.com>",
    ] {
        let error = outbox.send(to, &letter()).await.expect_err(to);
        assert!(error.is_refusal(), "{to}: {error}");
    }
    let strange = Letter::new("Hello\r\nBcc: eve@example.com", "");
    outbox
        .send("ada@example.com", &strange)
        .await
        .expect("written");
    for entry in fs::read_dir(&folder.0).expect("a folder") {
        let text = fs::read_to_string(entry.expect("an entry").path()).expect("a text");
        let header = text.split("\r\n\r\n").next().expect("a header");
        assert!(!header.contains("\r\nBcc:"), "{header}");
    }
}

#[test]
fn settings_that_mean_nothing_are_refused_and_not_repeated() {
    let folder = Folder::new("settings");
    for url in [
        "http://smtp.example.com",
        "smtp://",
        "smtp://user@smtp.example.com",
        "smtps://user:pa%ff@smtp.example.com",
        "smtps://user:s3cret@smtp.example.com/?tls=none",
        "smtps://user:s3cret@smtp.example.com/path",
        "smtps://user:s3cret@smtp.example.com:port",
        "smtp://user:s3cret@ smtp.example.com",
    ] {
        let error = mail::transport(url, FROM).expect_err(url).to_string();
        assert!(
            !error.contains("s3cret") && !error.contains("user:"),
            "{error}"
        );
    }
    for from in [
        "",
        "no-reply",
        "<@example.com>",
        "a@example.com\r\nBcc: b@example.com",
    ] {
        assert!(
            mail::transport("smtps://smtp.example.com", from).is_err(),
            "{from}"
        );
        assert!(
            mail::transport(folder.0.to_str().expect("a path"), from).is_err(),
            "{from}"
        );
    }
    assert!(
        !folder.0.exists(),
        "nothing is made for a setting that is refused"
    );
    let server = Smtp::from_url("smtps://user:s3cret@smtp.example.com", FROM);
    assert!(!format!("{:?}", server.expect("a server")).contains("s3cret"));
}

#[actix_web::test]
async fn a_letter_is_handed_to_the_server() {
    let (server, heard) = Server::start(&["STARTTLS", "AUTH PLAIN"], "250 it is queued").await;
    // Percent-encoded, as a password may need.
    let url = format!("smtp://us%40er:pa%3Ass@{server}");
    let transport = mail::transport(&url, FROM).expect("a server");
    transport
        .send("ada@example.com", &letter())
        .await
        .expect("sent");
    let heard = heard.await.expect("what it heard");
    // base64 of NUL us@er NUL pa:ss.
    assert!(heard.contains("AUTH PLAIN AHVzQGVyAHBhOnNz\r\n"), "{heard}");
    for line in [
        "MAIL FROM:<no-reply@example.com>",
        "RCPT TO:<ada@example.com>",
        "Auto-Submitted: auto-generated\r\n",
        // What begins with a dot would end the letter.
        "\r\n..\r\n...two dots\r\n",
        "token=abc\r\n",
    ] {
        assert!(heard.contains(line), "{line}: {heard}");
    }
    assert!(!heard.contains("STARTTLS"), "this machine talks to itself");
}

#[actix_web::test]
async fn what_the_server_says_decides_whether_it_is_tried_again() {
    for (answer, is_refusal) in [
        ("450 try again later", false),
        ("451 local error", false),
        ("452 full", false),
        ("554 no", false),
        ("550 no such mailbox", true),
        ("553 no mailbox has that name", true),
    ] {
        let (server, _) = Server::start(&[], answer).await;
        let transport = Smtp::from_url(&format!("smtp://{server}"), FROM).expect("a server");
        let error = transport.send("ada@example.com", &letter()).await;
        let error = error.expect_err(answer);
        assert_eq!(error.is_refusal(), is_refusal, "{answer}: {error}");
    }
}

#[actix_web::test]
async fn a_server_that_is_gone_or_hangs_is_a_failure_that_may_pass() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let transport = Smtp::from_url(&format!("smtp://{address}"), FROM).expect("a server");
    tokio::time::pause();
    let before = tokio::time::Instant::now();
    let error = transport.send("ada@example.com", &letter()).await;
    assert!(!error.expect_err("nobody answers").is_refusal());
    assert_eq!(before.elapsed().as_secs(), 25);
    tokio::time::resume();
    drop(listener);
    let error = transport.send("ada@example.com", &letter()).await;
    assert!(!error.expect_err("nobody is there").is_refusal());
}

/// Neither a password nor a letter goes over a network that others may read.
#[actix_web::test]
async fn another_machine_gets_nothing_without_tls() {
    // A name of this machine that is not its loopback: what counts is what the URL says.
    let (server, heard) = Server::start(&["AUTH PLAIN"], "250 ok").await;
    let elsewhere = server.replace("127.0.0.1", "0.0.0.0");
    let url = format!("smtp://user:s3cret@{elsewhere}");
    let transport = Smtp::from_url(&url, FROM).expect("a server");
    let error = transport.send("ada@example.com", &letter()).await;
    assert!(!error.expect_err("there is no STARTTLS").is_refusal());
    drop(transport);
    let heard = heard.await.expect("what it heard");
    for word in ["AUTH PLAIN A", "MAIL FROM", "RCPT", "token"] {
        assert!(!heard.contains(word), "{heard}");
    }
    // Nor does it take a server at its word that says STARTTLS and then no TLS.
    let (server, heard) = Server::start(&["STARTTLS", "AUTH PLAIN"], "250 ok").await;
    let elsewhere = server.replace("127.0.0.1", "0.0.0.0");
    let url = format!("smtp://user:s3cret@{elsewhere}");
    let transport = Smtp::from_url(&url, FROM).expect("a server");
    assert!(transport.send("ada@example.com", &letter()).await.is_err());
    let heard = heard.await.expect("what it heard");
    assert!(
        heard.contains("STARTTLS\r\n") && !heard.contains("MAIL FROM"),
        "{heard}"
    );
    // And `smtps` speaks TLS from the start, to this machine too.
    let (server, _) = Server::start(&[], "250 ok").await;
    let transport = Smtp::from_url(&format!("smtps://{server}"), FROM).expect("a server");
    assert!(transport.send("ada@example.com", &letter()).await.is_err());
}

/// A mail server for one connection.
struct Server;

impl Server {
    /// `extensions` is what it says that it can, and `verdict` what it says of a recipient that it does
    /// not take, or of the letter. Gives its address and, in the end, what it heard.
    async fn start(
        extensions: &'static [&'static str],
        verdict: &'static str,
    ) -> (String, JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let heard = tokio::spawn(async move {
            let (connection, _) = listener.accept().await.expect("a connection");
            Self::talk(connection, extensions, verdict).await
        });
        (address, heard)
    }

    async fn talk(connection: TcpStream, extensions: &[&str], verdict: &str) -> String {
        let mut connection = BufReader::new(connection);
        let mut heard = String::new();
        let takes = verdict.starts_with('2');
        let mut answer = "220 mail.test\r\n".to_owned();
        let mut in_letter = false;
        loop {
            if connection.write_all(answer.as_bytes()).await.is_err() {
                return heard;
            }
            let mut line = Vec::new();
            match connection.read_until(b'\n', &mut line).await {
                Ok(0) | Err(_) => return heard,
                Ok(_) => {}
            }
            let line = String::from_utf8_lossy(&line).into_owned();
            heard.push_str(&line);
            answer = match (line.trim_end(), in_letter) {
                (".", true) => {
                    in_letter = false;
                    format!("{verdict}\r\n")
                }
                (_, true) => String::new(),
                (command, false) if command.starts_with("EHLO") => {
                    let mut answer = "250-mail.test\r\n".to_owned();
                    for extension in extensions {
                        answer.push_str(&format!("250-{extension}\r\n"));
                    }
                    answer + "250 8BITMIME\r\n"
                }
                (command, false) if command.starts_with("AUTH") => "235 welcome\r\n".to_owned(),
                (command, false) if command.starts_with("RCPT") && !takes => {
                    format!("{verdict}\r\n")
                }
                ("STARTTLS", false) => "220 go ahead\r\n".to_owned(),
                ("DATA", false) => {
                    in_letter = true;
                    "354 go on\r\n".to_owned()
                }
                ("QUIT", false) => "221 bye\r\n".to_owned(),
                _ => "250 ok\r\n".to_owned(),
            };
        }
    }
}
