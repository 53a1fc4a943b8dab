//! The quickstart as it is: built, started without any configuration, called as it says.

use std::{
    env,
    io::{BufRead as _, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
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

/// Starts it, and reads what it prints up to its second `curl` line.
fn start(binary: &Path) -> (Running, Vec<String>) {
    let mut command = Command::new(binary);
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("SECURE_") {
            command.env_remove(name);
        }
    }
    let child = command.stdout(Stdio::piped()).spawn();
    let mut running = Running(child.expect("the quickstart starts"));
    let stdout = running.0.stdout.take().expect("its output");
    let mut lines = Vec::new();
    for line in BufReader::new(stdout).lines() {
        lines.push(line.expect("text"));
        let calls = lines.iter().filter(|line| line.starts_with("curl "));
        if calls.count() == 2 {
            break;
        }
    }
    (running, lines)
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
    if TcpListener::bind(ADDRESS).is_err() {
        eprintln!("SKIPPED: something else listens on {ADDRESS}, where the quickstart belongs");
        return;
    }
    let (_running, lines) = start(&build());
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
