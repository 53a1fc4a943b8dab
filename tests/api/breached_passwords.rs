//! The list of stolen passwords, with a server in its place: what is sent to it, and what it may answer.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use secure_runtime::{
    Secret,
    password::{
        PasswordPolicy,
        policy::{BreachCheckError, PasswordContext, PwnedPasswords, PwnedPasswordsError, Reason},
    },
};

const PASSWORD: &str = "tangerine lighthouse umbrella";

/// Long enough for any machine: where a limit matters, a test sets its own.
const PATIENCE: Duration = Duration::from_secs(60);

/// A list that says one thing to everybody.
struct List {
    address: SocketAddr,
    /// What it was asked, whole.
    asked: Arc<Mutex<Vec<String>>>,
}

impl List {
    /// Answers with these bytes, and then stays silent or closes the connection.
    fn answering(answer: impl Into<Vec<u8>>, closes: bool) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let list = Self {
            address: listener.local_addr().expect("an address"),
            asked: Arc::default(),
        };
        let (answer, asked) = (answer.into(), list.asked.clone());
        thread::spawn(move || {
            let mut silent = Vec::new();
            for connection in listener.incoming() {
                let mut connection = connection.expect("a connection");
                asked.lock().unwrap().push(head(&mut connection));
                // The client may have gone away before it has read everything.
                let _ = connection.write_all(&answer);
                if !closes {
                    silent.push(connection);
                }
            }
        });
        list
    }

    /// Answers with a status, headers and a body.
    fn saying(status: &str, headers: &str, body: &str) -> Self {
        let length = body.len();
        let answer = format!(
            "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}"
        );
        Self::answering(answer, true)
    }

    fn of(body: &str) -> Self {
        Self::saying("200 OK", "Content-Type: text/plain\r\n", body)
    }

    fn client(&self) -> PwnedPasswords {
        let base = format!("http://{}/mirror", self.address);
        let client = PwnedPasswords::at(&base).expect("a client");
        client.with_timeout(PATIENCE)
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// What a request says before its body.
fn head(connection: &mut TcpStream) -> String {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && connection.read(&mut byte).is_ok_and(|read| read == 1) {
        head.push(byte[0]);
    }
    String::from_utf8(head).expect("a text")
}

/// The SHA-1 of the password: five digits that are sent, and 35 that are not.
fn digits() -> (String, String) {
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, PASSWORD.as_bytes());
    let digits: String = hash.as_ref().iter().map(|b| format!("{b:02X}")).collect();
    let (prefix, rest) = digits.split_at(5);
    (prefix.to_owned(), rest.to_owned())
}

/// Entries as the service writes them, this one among others.
fn entries(entry: &str) -> String {
    let other = |digit: &str| format!("{}:{digit}", digit.repeat(35));
    [&other("0"), entry, &other("9")].join("\r\n")
}

async fn check(list: PwnedPasswords) -> Result<(), BreachCheckError> {
    let policy = PasswordPolicy::default().breached(list);
    let password = Secret::new(PASSWORD.to_owned());
    let checked = policy.check(password, &PasswordContext::new()).await;
    checked.map(drop)
}

/// Why the list did not say.
async fn failure(list: PwnedPasswords) -> PwnedPasswordsError {
    match check(list).await {
        Err(BreachCheckError::Unavailable(error)) => {
            *error.downcast().expect("an error of the client")
        }
        other => panic!("{other:?}"),
    }
}

#[actix_rt::test]
async fn a_password_that_is_in_the_list_is_refused() {
    let (_, rest) = digits();
    for entry in [
        format!("{rest}:1"),
        format!("{rest}:38649"),
        format!("{}:2", rest.to_lowercase()),
    ] {
        let list = List::of(&entries(&entry));
        match check(list.client()).await {
            Err(BreachCheckError::Refused(refused)) => {
                assert_eq!(refused.reasons(), [Reason::Breached]);
            }
            other => panic!("{other:?}"),
        }
    }
}

#[actix_rt::test]
async fn a_password_that_is_not_in_the_list_is_taken() {
    let (_, rest) = digits();
    // All but the last digit.
    let last = if rest.ends_with('0') { "1" } else { "0" };
    let other = format!("{}{last}:7", &rest[..34]);
    for body in [entries(&other), format!("{other}\n"), other] {
        let list = List::of(&body);
        assert!(check(list.client()).await.is_ok(), "{body}");
    }
}

#[actix_rt::test]
async fn padding_says_nothing() {
    let (_, rest) = digits();
    let list = List::of(&entries(&format!("{rest}:0")));
    assert!(check(list.client()).await.is_ok());
}

#[actix_rt::test]
async fn five_digits_are_sent_and_nothing_else_of_the_password() {
    let (prefix, rest) = digits();
    let list = List::of(&entries(&format!("{rest}:0")));
    check(list.client()).await.expect("taken");
    let asked = list.asked();
    assert_eq!(asked.len(), 1);
    let request = asked[0].to_lowercase();
    let line = format!("get /mirror/range/{} http/1.1\r\n", prefix.to_lowercase());
    assert!(request.starts_with(&line), "{request}");
    assert!(request.contains("\r\nadd-padding: true\r\n"), "{request}");
    let agent = "\r\nuser-agent: secure-runtime/";
    assert!(request.contains(agent), "{request}");
    // Not one digit more.
    let more = format!("{prefix}{}", &rest[..1]).to_lowercase();
    assert!(!request.contains(&more), "{request}");
    assert!(!request.contains("tangerine"), "{request}");
}

#[actix_rt::test]
async fn a_password_that_is_refused_anyway_is_not_looked_up() {
    let list = List::of(&entries(&format!("{}:1", digits().1)));
    let policy = PasswordPolicy::default().breached(list.client());
    let password = Secret::new("password".to_owned());
    let checked = policy.check(password, &PasswordContext::new()).await;
    assert!(matches!(checked, Err(BreachCheckError::Refused(_))));
    assert!(list.asked().is_empty());
}

#[actix_rt::test]
async fn another_status_is_no_answer() {
    let entry = entries(&format!("{}:0", digits().1));
    for (status, code) in [
        ("404 Not Found", 404),
        ("429 Too Many Requests", 429),
        ("500 Internal Server Error", 500),
        ("503 Service Unavailable", 503),
        ("203 Non-Authoritative Information", 203),
    ] {
        let list = List::saying(status, "", &entry);
        let error = failure(list.client()).await;
        assert!(matches!(error, PwnedPasswordsError::Status(is) if is == code));
    }
}

#[actix_rt::test]
async fn a_redirect_is_not_followed() {
    let target = List::of(&entries(&format!("{}:0", digits().1)));
    for status in [
        "301 Moved Permanently",
        "302 Found",
        "307 Temporary Redirect",
    ] {
        let location = format!("Location: http://{}/range/\r\n", target.address);
        let list = List::saying(status, &location, "");
        let error = failure(list.client()).await;
        assert!(matches!(
            error,
            PwnedPasswordsError::Status(301 | 302 | 307)
        ));
    }
    assert!(target.asked().is_empty());
}

#[actix_rt::test]
async fn what_is_no_list_is_no_answer() {
    let (_, rest) = digits();
    let html = "<html><body>Please sign in to this network</body></html>";
    for body in [
        String::new(),
        "\r\n".to_owned(),
        html.to_owned(),
        entries("no entry"),
        entries(&rest),
        entries(&format!("{rest}:many")),
        entries(&format!("{rest}1:1")),
        format!("\u{feff}{}", entries(&format!("{rest}:1"))),
    ] {
        let error = failure(List::of(&body).client()).await;
        assert!(matches!(error, PwnedPasswordsError::Unreadable), "{body}");
    }
    let latin = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\n\xff";
    let error = failure(List::answering(*latin, true).client()).await;
    assert!(matches!(error, PwnedPasswordsError::Unreadable));
}

#[actix_rt::test]
async fn an_answer_without_end_is_cut_off() {
    let line = format!("{}:1\r\n", "0".repeat(35));
    let most = 1024 * 1024 / line.len();
    let list = List::of(&line.repeat(most));
    assert!(check(list.client()).await.is_ok());

    let list = List::of(&line.repeat(most + 1));
    let error = failure(list.client()).await;
    assert!(matches!(error, PwnedPasswordsError::TooLong), "{error:?}");

    // One that does not say how long it is.
    let head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
    let list = List::answering(format!("{head}{}", line.repeat(4 * most)), true);
    let error = failure(list.client()).await;
    assert!(matches!(error, PwnedPasswordsError::TooLong), "{error:?}");
}

#[actix_rt::test]
async fn an_answer_that_breaks_off_is_none() {
    let entry = format!("{}:0", digits().1);
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{entry}\r\n");
    let error = failure(List::answering(answer, true).client()).await;
    assert!(
        matches!(error, PwnedPasswordsError::Unreachable(_)),
        "{error:?}"
    );
}

#[actix_rt::test]
async fn a_list_that_is_silent_is_not_waited_for() {
    let entry = format!("{}:0", digits().1);
    let half = format!("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{entry}\r\n");
    for answer in ["", "HTTP/1.1 200 OK\r\n", &half] {
        let list = List::answering(answer, false);
        let client = list.client().with_timeout(Duration::from_millis(50));
        let error = failure(client).await;
        assert!(matches!(error, PwnedPasswordsError::TimedOut), "{error:?}");
    }
}

#[actix_rt::test]
async fn a_list_that_is_gone_says_so_without_the_digits() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let error = failure(PwnedPasswords::at(&base).expect("a client")).await;
    assert!(
        matches!(error, PwnedPasswordsError::Unreachable(_)),
        "{error:?}"
    );
    for text in [error.to_string(), format!("{error:?}")] {
        assert!(!text.contains(&digits().0), "{text}");
        assert!(!text.contains("range"), "{text}");
    }
}

#[actix_rt::test]
async fn one_that_does_not_answer_is_a_503_or_passed_over() {
    let list = List::saying("500 Internal Server Error", "", "");
    let refused = check(list.client()).await.expect_err("a refusal");
    assert_eq!(refused.problem("#/password").status(), 503);

    let lenient = PasswordPolicy::default()
        .breached(list.client())
        .accept_when_unavailable();
    let password = Secret::new(PASSWORD.to_owned());
    let taken = lenient.check(password, &PasswordContext::new()).await;
    assert!(taken.is_ok());
}

/// A mirror by HTTPS is spoken to in TLS, and what answers otherwise is not believed.
#[actix_rt::test]
async fn plain_text_is_no_answer_by_https() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let base = format!("https://{}", listener.local_addr().expect("an address"));
    let server = thread::spawn(move || {
        let (mut connection, _) = listener.accept().expect("a connection");
        let mut first = [0];
        connection.read_exact(&mut first).expect("a byte");
        let entry = format!("{}:0", digits().1);
        let length = entry.len();
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{entry}");
        let _ = connection.write_all(answer.as_bytes());
        first[0]
    });
    let list = PwnedPasswords::at(&base).expect("a client");
    let error = failure(list.with_timeout(PATIENCE)).await;
    assert!(
        matches!(error, PwnedPasswordsError::Unreachable(_)),
        "{error:?}"
    );
    const HANDSHAKE: u8 = 22;
    assert_eq!(server.join().expect("a byte"), HANDSHAKE);
}
