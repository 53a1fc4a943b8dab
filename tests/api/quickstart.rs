//! The quickstart as it is: built, started without any configuration, called as it says.

// Each test has a thread and a runtime of its own, so a lock may be held while it awaits.
#![allow(clippy::await_holding_lock)]

use std::{
    env,
    io::{BufRead as _, BufReader, Read as _},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
};

use crate::support::Reply;

const ADDRESS: &str = "127.0.0.1:8080";

/// Ends with the test, however the test ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Builds the binary in the development profile, beside the one that runs here.
fn build() -> PathBuf {
    let this = env::current_exe().expect("the test's own path");
    // target/debug/deps/api-…
    let target = this.ancestors().nth(3).expect("the target directory");
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    let status = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--quiet", "-p", "quickstart", "--manifest-path"])
        .arg(manifest)
        .arg("--target-dir")
        .arg(target)
        .status()
        .expect("cargo runs");
    assert!(status.success(), "the quickstart does not build");
    target.join("debug/quickstart")
}

/// Whose turn it is on the one port.
static PORT: Mutex<()> = Mutex::new(());

/// The port, if it is free, for as long as the guard lives.
fn port() -> Option<MutexGuard<'static, ()>> {
    let turn = PORT.lock().unwrap_or_else(PoisonError::into_inner);
    if TcpListener::bind(ADDRESS).is_ok() {
        return Some(turn);
    }
    eprintln!("SKIPPED: something else listens on {ADDRESS}, where the quickstart belongs");
    None
}

fn command(binary: &Path) -> Command {
    let mut command = Command::new(binary);
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("SECURE_") {
            command.env_remove(name);
        }
    }
    command
}

/// Starts it, and reads what it prints up to its second `curl` line. The rest stays to be read, for
/// as long as the reader lives.
fn start(binary: &Path) -> (Running, BufReader<ChildStdout>, Vec<String>) {
    let child = command(binary).stdout(Stdio::piped()).spawn();
    let mut running = Running(child.expect("the quickstart starts"));
    let stdout = running.0.stdout.take().expect("its output");
    let mut reader = BufReader::new(stdout);
    let mut lines = Vec::new();
    for line in reader.by_ref().lines() {
        lines.push(line.expect("text"));
        let calls = lines.iter().filter(|line| line.starts_with("curl "));
        if calls.count() == 2 {
            break;
        }
    }
    (running, reader, lines)
}

/// What the shell makes of a line: status line, headers and body.
fn paste(line: &str) -> String {
    let output = Command::new("sh").args(["-c", line]).output();
    String::from_utf8_lossy(&output.expect("a shell").stdout).into_owned()
}

fn token_of(line: &str) -> &str {
    let after = line.split_once("Bearer ").expect("a token in the line").1;
    after.split_once('\'').expect("the end of the token").0
}

#[actix_web::test]
async fn the_printed_line_works_and_everything_else_is_refused_in_its_way() {
    let Some(_turn) = port() else { return };
    let (_running, _reader, lines) = start(&build());
    let printed = lines.join("\n");
    assert!(printed.contains("development profile"), "{printed}");
    assert!(printed.contains(&format!("http://{ADDRESS}")), "{printed}");
    let calls: Vec<&String> = lines
        .iter()
        .filter(|line| line.starts_with("curl "))
        .collect();
    let [allowed, stranger] = calls.as_slice() else {
        panic!("it prints two calls:\n{printed}");
    };

    let client = reqwest::Client::builder().no_proxy().build().expect("one");
    let notes = || client.post(format!("http://{ADDRESS}/notes"));
    let has_curl = Command::new("curl").arg("--version").output().is_ok();

    // 1: the line, pasted.
    if has_curl {
        let answer = paste(allowed);
        assert!(answer.starts_with("HTTP/1.1 200 "), "{allowed}\n{answer}");
        assert!(answer.contains("sample wrote: "), "{answer}");
    } else {
        eprintln!("SKIPPED: the paste itself, for there is no curl; the same call is made without");
        let call = notes().bearer_auth(token_of(allowed));
        let reply = Reply::of(call.json(&serde_json::json!({"text": "hello"}))).await;
        assert_eq!(reply.status, 200, "{reply:?}");
    }
    // 2: nobody.
    let good = serde_json::json!({"text": "hello"});
    let reply = Reply::of(notes().json(&good)).await;
    assert_eq!(reply.status, 401, "{reply:?}");
    // 3: somebody without the role, by the second line.
    if has_curl {
        let answer = paste(stranger);
        assert!(answer.starts_with("HTTP/1.1 403 "), "{stranger}\n{answer}");
    } else {
        let reply = Reply::of(notes().bearer_auth(token_of(stranger)).json(&good)).await;
        assert_eq!(reply.status, 403, "{reply:?}");
    }
    // 4: 201 characters, of two bytes each.
    let mine = || notes().bearer_auth(token_of(allowed));
    let long = serde_json::json!({"text": "é".repeat(201)});
    let reply = Reply::of(mine().json(&long)).await;
    assert_eq!(reply.status, 422, "{reply:?}");
    assert_eq!(reply.json()["errors"][0]["pointer"], "#/text", "{reply:?}");
    // 5: no body.
    let reply = Reply::of(mine()).await;
    assert_eq!(reply.status, 400, "{reply:?}");
    // 6: one too many within the minute.
    let reply = Reply::of(mine().json(&good)).await;
    assert_eq!(reply.status, 429, "{reply:?}");
    assert!(reply.header("retry-after").is_some(), "{reply:?}");

    let health = Reply::of(client.get(format!("http://{ADDRESS}/health"))).await;
    assert_eq!((health.status, health.body.as_str()), (200, "ok"));
    let hsts = health.header("strict-transport-security");
    assert_eq!(hsts, None, "never in development");
}

/// `cargo run -p quickstart | head`, or a supervisor that closes what it does not read.
#[actix_web::test]
async fn it_serves_though_nobody_reads_what_it_prints() {
    let Some(_turn) = port() else { return };
    let (reader, writer) = std::io::pipe().expect("a pipe");
    // Closed before there is anything to write.
    drop(reader);
    let child = command(&build())
        .stdout(writer)
        .stderr(Stdio::null())
        .spawn();
    let mut running = Running(child.expect("the quickstart starts"));
    while TcpStream::connect(ADDRESS).is_err() {
        let ended = running.0.try_wait().expect("its state");
        assert!(ended.is_none(), "it ended before it listened: {ended:?}");
        thread::yield_now();
    }
    let client = reqwest::Client::builder().no_proxy().build().expect("one");
    let answer = client.get(format!("http://{ADDRESS}/health")).send().await;
    let status = answer.map(|answer| answer.status().as_u16());
    assert!(
        matches!(status, Ok(200)),
        "it ended when it could not print: {status:?}"
    );
}
