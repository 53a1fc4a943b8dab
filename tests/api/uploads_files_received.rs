//! The folder and the scanner behind forms that are really sent.

use std::{
    fs,
    io::{BufRead as _, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use actix_web::{HttpResponse, Responder};
use secure_runtime::{
    Routes,
    audit::AuditKind,
    prelude::*,
    test::{TestApp, TestResponse},
    upload::{Candidate, Multipart, Scanner, Upload, UploadSettings, Uploads, Verdict},
};

use crate::support::{Folder, Other, Recorder, Server, seen};

#[validated]
struct Notes {
    #[upload(max = "4MiB", types = ["text/plain"])]
    file: Upload,
}

#[post("/notes")]
#[protected]
#[validated]
async fn take_notes(uploads: Uploads, form: Multipart<Notes>) -> Result<impl Responder, Problem> {
    let kept = uploads.keep(form.into_inner().file).await?;
    Ok(HttpResponse::Ok().body(kept.id.to_string()))
}

/// Is about the upload, and does nothing with it.
#[post("/looked-at")]
#[protected]
#[validated]
async fn look_at_notes(form: Multipart<Notes>) -> Result<impl Responder, Problem> {
    match form.file.size() {
        13 => Err(Problem::conflict()),
        _ => Ok("seen"),
    }
}

fn routes(routes: &mut Routes) {
    routes.service(take_notes).service(look_at_notes);
}

/// Finds what says that it is found.
struct Finder;

impl Scanner for Finder {
    async fn scan(&self, file: Candidate<'_>) -> Verdict {
        match &*fs::read_to_string(file.path).expect("a whole file") {
            "malware" => Verdict::Infected("Its-Name".to_owned()),
            "broken" => Verdict::Failed("its reason".to_owned()),
            _ => Verdict::Clean,
        }
    }
}

const TYPE: &str = "multipart/form-data; boundary=edge";

fn form(content: &str) -> String {
    format!(
        "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"notes.txt\"\r\n\
         Content-Type: text/plain\r\n\r\n{content}\r\n--edge--\r\n"
    )
}

async fn send(app: &TestApp, content: &str) -> TestResponse {
    let request = app.post("/notes").as_user("ada");
    request.body(TYPE, form(content)).send().await
}

#[actix_web::test]
async fn malware_reaches_no_handler_and_is_on_record() {
    let folder = Folder::new("malware");
    let recorder = Recorder::default();
    let (sink, uploads) = (recorder.clone(), UploadSettings::new(folder.path()));
    let app = TestApp::with(
        |builder| builder.audit(sink).uploads(uploads.scanner(Finder)),
        routes,
        |_| {},
    )
    .await;
    let clean = send(&app, "clean").await;
    assert_eq!(clean.status(), 200, "{}", clean.text());
    assert_eq!(folder.files().len(), 1);
    recorder.events();

    let (status, body) = seen(&send(&app, "malware").await);
    assert_eq!(status, 422);
    assert_eq!(body["errors"][0]["code"], "malware");
    assert_eq!(body["errors"][0]["pointer"], "#/file");
    assert!(!body.to_string().contains("Its-Name"), "{body}");
    let events = recorder.events();
    let [event] = &events[..] else {
        panic!("one event: {events:?}")
    };
    assert_eq!(event.kind, AuditKind::MalwareRefused);
    assert_eq!(event.kind.name(), "upload_validation");
    assert!(event.kind.is_alarming());
    assert_eq!(event.subject.as_deref(), Some("ada"));
    assert!(event.request_id.is_some());

    let (status, body) = seen(&send(&app, "broken").await);
    assert_eq!(status, 503);
    assert!(!body.to_string().contains("reason"), "{body}");
    assert_eq!(recorder.events(), []);
    assert_eq!(
        folder.files().len(),
        1,
        "something of what was refused is left"
    );
}

#[actix_web::test]
async fn what_the_handler_does_not_keep_is_gone_with_the_answer() {
    let folder = Folder::new("unkept");
    let uploads = UploadSettings::new(folder.path());
    let app = TestApp::with(|builder| builder.uploads(uploads), routes, |_| {}).await;
    for (content, status) in [("seen", 200), ("thirteen long", 409)] {
        let request = app
            .post("/looked-at")
            .as_user("ada")
            .body(TYPE, form(content));
        assert_eq!(request.send().await.status(), status, "{content}");
        assert_eq!(folder.files().len(), 0, "{content}");
    }
}

/// Serves, until it is killed.
#[actix_web::test]
#[ignore = "run as a process of its own by the tests of this file"]
async fn child_that_serves() {
    let Some(folder) = std::env::var_os(Other::FOLDER) else {
        return;
    };
    let uploads = UploadSettings::new(folder);
    let server = Server::start(1, |builder| builder.uploads(uploads), routes, |_| {}).await;
    println!("\n>{}\n>{}", server.address, server.token("ada", &[]));
    println!(">ready");
    std::io::stdout().flush().expect("said");
    // Until it is killed, or whoever started it has gone.
    let over = || std::io::stdin().lock().lines().next();
    drop(actix_web::web::block(over).await);
}

/// Where the folder is, so much is written in it.
fn written(folder: &Path) -> Vec<u64> {
    let incoming = fs::read_dir(folder.join("incoming")).expect("it");
    let sizes = incoming.map(|entry| entry.expect("an entry").metadata());
    sizes.filter_map(|it| Some(it.ok()?.len())).collect()
}

#[actix_web::test]
async fn an_upload_that_was_under_way_when_the_server_was_killed_is_gone_after_the_next_start() {
    let folder = Folder::new("under-way");
    let this = Command::new(std::env::current_exe().expect("this program"));
    let mut other = Other::start(this, "uploads_files_received::child_that_serves", &folder);
    let [address, token] = &other.said[..] else {
        panic!("an address and a token: {:?}", other.said)
    };
    let mut stream = TcpStream::connect(address.trim_start_matches('>')).expect("a connection");
    let whole = form(&"a".repeat(2 << 20));
    let half = &whole[..1 << 20];
    write!(
        stream,
        "POST /notes HTTP/1.1\r\nHost: api.test\r\nAuthorization: Bearer {}\r\n\
         Content-Type: {TYPE}\r\nContent-Length: {}\r\n\r\n{half}",
        token.trim_start_matches('>'),
        whole.len()
    )
    .expect("sent");
    // Until most of it is on the disk.
    let patience = Instant::now() + Duration::from_secs(20);
    while !written(folder.path()).iter().any(|size| *size > 1 << 19) {
        assert!(Instant::now() < patience, "nothing is written");
        std::thread::yield_now();
    }
    other.kill();
    let mut rest = Vec::new();
    drop(stream.read_to_end(&mut rest));
    assert_eq!((rest.len(), written(folder.path()).len()), (0, 1));
    let uploads = UploadSettings::new(folder.path());
    let app = TestApp::with(|builder| builder.uploads(uploads), routes, |_| {}).await;
    assert_eq!(folder.files().len(), 0);
    assert_eq!(send(&app, "and on").await.status(), 200);
}

#[actix_web::test]
async fn a_client_that_hangs_up_leaves_nothing() {
    let folder = Folder::new("hung-up");
    let uploads = UploadSettings::new(folder.path());
    let server = Server::start(1, |builder| builder.uploads(uploads), routes, |_| {}).await;
    let (address, token) = (server.address, server.token("ada", &[]));
    let path = folder.path().to_owned();
    let patience = Duration::from_secs(20);
    let seen = actix_web::web::block(move || {
        let mut stream = TcpStream::connect(address).expect("a connection");
        let whole = form(&"a".repeat(2 << 20));
        let half = &whole[..1 << 20];
        write!(
            stream,
            "POST /notes HTTP/1.1\r\nHost: api.test\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: {TYPE}\r\nContent-Length: {}\r\n\r\n{half}",
            whole.len()
        )
        .expect("sent");
        let until = |is_so: &dyn Fn(&[u64]) -> bool| {
            let end = Instant::now() + patience;
            while !is_so(&written(&path)) && Instant::now() < end {
                std::thread::yield_now();
            }
            is_so(&written(&path))
        };
        let was_there = until(&|sizes| sizes.iter().any(|size| *size > 1 << 19));
        drop(stream);
        (was_there, until(&|sizes| sizes.is_empty()))
    });
    assert_eq!(seen.await.expect("the thread ends"), (true, true));
    assert_eq!(folder.files().len(), 0);
}
