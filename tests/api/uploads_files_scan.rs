//! Nothing passes a scanner but what it calls clean in time.

use std::{
    fs,
    future::pending,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use secure_runtime::{
    Problem, Security,
    test::{TestClock, uploaded},
    upload::{Candidate, Clamd, MediaType, Scanner, UploadSettings, Verdict},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, UnixListener},
};

use crate::support::{Folder, settings};

/// The test file of the European Institute for Computer Antivirus Research, in two so that no scanner takes this
/// one for it.
const EICAR: [&str; 2] = [
    r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTI",
    "VIRUS-TEST-FILE!$H+H*",
];
const SOON: Duration = Duration::from_millis(50);

fn security(folder: &Folder, change: impl FnOnce(UploadSettings) -> UploadSettings) -> Security {
    let uploads = change(UploadSettings::new(folder.path()));
    let builder = settings(&TestClock::default()).uploads(uploads);
    builder.build().expect("settings")
}

async fn outcome(security: &Security, content: Vec<u8>) -> Result<(), Problem> {
    let uploads = security.uploads().expect("uploads");
    uploaded(uploads, MediaType::PlainText, content)
        .await
        .map(drop)
}

/// Says what it is told to, and looks at what it gets.
struct Says(Verdict, Arc<AtomicUsize>);

impl Scanner for Says {
    async fn scan(&self, file: Candidate<'_>) -> Verdict {
        let content = fs::read(file.path).expect("it lies there whole");
        assert_eq!(content.len() as u64, file.size);
        assert_eq!(file.media_type, MediaType::PlainText);
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.clone()
    }
}

struct Late;

impl Scanner for Late {
    async fn scan(&self, _: Candidate<'_>) -> Verdict {
        pending().await
    }
}

#[actix_web::test]
async fn only_what_is_clean_passes() {
    let words = "a name of its own";
    for (verdict, status) in [
        (Verdict::Clean, None),
        (Verdict::Infected(words.to_owned()), Some(422)),
        (Verdict::Failed(words.to_owned()), Some(503)),
    ] {
        let folder = Folder::new("verdict");
        let asked = Arc::new(AtomicUsize::new(0));
        let scanner = Says(verdict.clone(), asked.clone());
        let security = security(&folder, |uploads| uploads.scanner(scanner));
        let outcome = outcome(&security, vec![7; 300_000]).await;
        assert_eq!(asked.load(Ordering::Relaxed), 1);
        assert_eq!(
            outcome
                .as_ref()
                .err()
                .map(|problem| problem.status().as_u16()),
            status
        );
        assert_eq!(folder.files().len(), 0, "it is left: {verdict:?}");
        if let Err(problem) = outcome {
            let codes: Vec<_> = problem.errors().iter().map(|error| error.code()).collect();
            assert_eq!(
                codes,
                Vec::from_iter((status == Some(422)).then_some("malware"))
            );
            let told = format!("{problem} {:?}", problem.errors());
            assert!(!told.contains(words), "{told}");
        }
    }
}

#[actix_web::test]
async fn whoever_takes_too_long_has_not_called_it_clean() {
    let folder = Folder::new("late");
    let security = security(&folder, |uploads| uploads.scanner(Late).scan_deadline(SOON));
    let problem = outcome(&security, b"slow".to_vec())
        .await
        .expect_err("refused");
    assert_eq!(problem.status(), 503);
    assert_eq!(folder.files().len(), 0);
}

/// What a `clamd` does with one connection.
#[derive(Clone, Copy, Debug)]
enum Does {
    /// Reads everything, as it should, and says this.
    Says(&'static [u8]),
    /// Says this at once, without reading, and hangs up.
    SaysAtOnce(&'static [u8]),
    /// Reads everything and never answers.
    Nothing,
    /// Never reads, never answers.
    Waits,
    /// Answers without end.
    Babbles,
}

async fn read_stream(stream: &mut (impl AsyncRead + Unpin)) -> Vec<u8> {
    let mut command = [0; 10];
    stream.read_exact(&mut command).await.expect("a command");
    assert_eq!(&command, b"zINSTREAM\0");
    let mut content = Vec::new();
    loop {
        let length = stream.read_u32().await.expect("a length");
        if length == 0 {
            return content;
        }
        assert!(length <= 1 << 20, "clamd takes no piece of {length} bytes");
        let start = content.len();
        content.resize(start + length as usize, 0);
        stream
            .read_exact(&mut content[start..])
            .await
            .expect("a piece");
    }
}

/// Serves one connection, and says what it was sent.
async fn fake(mut stream: impl AsyncRead + AsyncWrite + Unpin, does: Does) -> Vec<u8> {
    match does {
        Does::Says(answer) => {
            let content = read_stream(&mut stream).await;
            stream.write_all(answer).await.expect("said");
            content
        }
        Does::SaysAtOnce(answer) => {
            drop(stream.write_all(answer).await);
            Vec::new()
        }
        Does::Nothing => {
            read_stream(&mut stream).await;
            pending().await
        }
        Does::Waits => pending().await,
        Does::Babbles => {
            read_stream(&mut stream).await;
            while stream.write_all(&[b'a'; 1024]).await.is_ok() {}
            Vec::new()
        }
    }
}

async fn ask(clamd: &Clamd, content: &[u8]) -> Verdict {
    let folder = Folder::new("clamd");
    fs::create_dir(folder.path()).expect("a folder");
    let path = folder.path().join("file");
    fs::write(&path, content).expect("a file");
    let candidate = Candidate::new(&path, content.len() as u64, MediaType::PlainText);
    clamd.scan(candidate).await
}

/// What the client makes of a `clamd` that does this, and what that was sent.
async fn against(does: Does, content: &[u8]) -> (Verdict, Option<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let clamd = Clamd::tcp(listener.local_addr().expect("it").to_string()).step_deadline(SOON * 4);
    let serving = actix_web::rt::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a connection");
        fake(stream, does).await
    });
    let verdict = tokio::time::timeout(SOON * 20, ask(&clamd, content)).await;
    let verdict =
        verdict.unwrap_or_else(|_| Verdict::Failed("the deadline of the scan".to_owned()));
    let sent = match does {
        Does::Says(_) => Some(serving.await.expect("served")),
        _ => None,
    };
    (verdict, sent)
}

#[actix_web::test]
async fn clamd_gets_the_whole_file_and_its_word_is_taken() {
    let large: Vec<u8> = (0..1_000_003_u32).map(|at| (at % 251) as u8).collect();
    for content in [Vec::new(), b"x".to_vec(), vec![0; 64 << 10], large] {
        let (verdict, sent) = against(Does::Says(b"stream: OK\0"), &content).await;
        assert_eq!(verdict, Verdict::Clean);
        assert!(sent == Some(content));
    }
    let found = b"stream: Eicar-Test-Signature FOUND\0";
    let (verdict, _) = against(Does::Says(found), b"virus").await;
    assert_eq!(
        verdict,
        Verdict::Infected("Eicar-Test-Signature".to_owned())
    );
}

#[actix_web::test]
async fn a_clamd_that_misbehaves_lets_nothing_pass() {
    let small: &[u8] = b"content";
    let large: &[u8] = &vec![7; 32 << 20];
    for (does, content) in [
        (Does::Says(b""), small),
        (Does::Says(b"stream: OK"), small),
        (Does::Says(b"stream: O"), small),
        (Does::Says(b"stream: OK\n"), small),
        (Does::Says(b"stream: ok\0"), small),
        (Does::Says(b"OK\0"), small),
        (Does::Says(b"\0"), small),
        (Does::Says(b"PONG\0"), small),
        (Does::Says(b"stream: OK\0stream: OK\0"), small),
        (Does::Says(b"INSTREAM size limit exceeded. ERROR\0"), small),
        (Does::Says(b"stream: Can't allocate memory ERROR\0"), small),
        (Does::Says(b"\xff\xfe\0"), small),
        (Does::SaysAtOnce(b""), large),
        // It has not seen what it calls clean.
        (Does::SaysAtOnce(b"stream: OK\0"), large),
        (
            Does::SaysAtOnce(b"INSTREAM size limit exceeded. ERROR\0"),
            large,
        ),
        (Does::Nothing, small),
        (Does::Waits, small),
        (Does::Waits, large),
        (Does::Babbles, small),
    ] {
        let (verdict, _) = against(does, content).await;
        assert!(
            matches!(verdict, Verdict::Failed(_)),
            "{does:?}: {verdict:?}"
        );
    }
}

#[actix_web::test]
async fn a_clamd_that_is_not_there_lets_nothing_pass() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("it").to_string();
    drop(listener);
    for clamd in [
        Clamd::tcp(address),
        Clamd::tcp("no address"),
        Clamd::socket("/nonexistent/clamd.ctl"),
    ] {
        let verdict = ask(&clamd, b"content").await;
        assert!(matches!(verdict, Verdict::Failed(_)), "{verdict:?}");
    }
}

#[actix_web::test]
async fn clamd_is_asked_by_a_unix_socket_too() {
    let folder = Folder::new("socket");
    fs::create_dir(folder.path()).expect("a folder");
    let path = folder.path().join("clamd.ctl");
    let listener = UnixListener::bind(&path).expect("a socket");
    let serving = actix_web::rt::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a connection");
        fake(stream, Does::Says(b"stream: OK\0")).await
    });
    assert_eq!(ask(&Clamd::socket(&path), b"content").await, Verdict::Clean);
    assert_eq!(serving.await.expect("served"), b"content");
}

#[actix_web::test]
async fn what_clamd_finds_is_refused_whole() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let clamd = Clamd::tcp(listener.local_addr().expect("it").to_string());
    let serving = actix_web::rt::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a connection");
        fake(stream, Does::Says(b"stream: Eicar-Test-Signature FOUND\0")).await
    });
    let folder = Folder::new("found");
    let security = security(&folder, |uploads| uploads.scanner(clamd));
    let problem = outcome(&security, EICAR.concat().into_bytes()).await;
    assert_eq!(problem.expect_err("refused").status(), 422);
    assert_eq!(serving.await.expect("served"), EICAR.concat().as_bytes());
    assert_eq!(folder.files().len(), 0);
}

/// Only where there is a real one: `CLAMD_SOCKET` or its usual place.
#[actix_web::test]
async fn a_real_clamd_finds_the_test_file() {
    let named = std::env::var_os("CLAMD_SOCKET").map(PathBuf::from);
    let path = named.unwrap_or_else(|| PathBuf::from("/run/clamav/clamd.ctl"));
    if !path.exists() {
        eprintln!(
            "there is no clamd at {}: the fake one has to do",
            path.display()
        );
        return;
    }
    let clamd = Clamd::socket(path);
    let verdict = ask(&clamd, EICAR.concat().as_bytes()).await;
    assert!(matches!(verdict, Verdict::Infected(_)), "{verdict:?}");
    assert_eq!(ask(&clamd, b"content").await, Verdict::Clean);
}
