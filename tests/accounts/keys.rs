//! `accounts keys`, and what a running service makes of it

use std::{
    cell::{Cell, RefCell},
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::Path,
    process::Output,
    time::{Duration, Instant},
};

use actix_rt::time::sleep;
use futures_util::future::{join, join_all};
use serde_json::Value;

use crate::{
    Server, Tokens,
    discovery::header,
    server::{command, fresh_folder, run},
};

#[test]
fn a_new_set_is_written_once_and_for_its_owner() {
    let folder = fresh_folder();
    let file = folder.join("keys.json");
    let made = keys(&folder, &["new", "--file", "keys.json"], &[]);
    assert!(made.status.success(), "{made:?}");
    let mode = fs::metadata(&file).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let text = fs::read_to_string(&file).expect("a set");
    let set: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(set["keys"][0]["alg"], "ES256");
    let said = String::from_utf8(made.stdout).expect("UTF-8");
    let secret = set["keys"][0]["d"].as_str().expect("a private key");
    assert!(said.contains("SECURE_KEYS_FILE=keys.json") && !said.contains(secret));

    let again = keys(&folder, &["new", "--file", "keys.json"], &[]);
    assert!(refusal(&again).contains("keys.json: File exists"));
    assert_eq!(fs::read_to_string(&file).expect("a set"), text);

    // Where the service reads it; of another algorithm; or printed, for a place that is no file.
    let variable = [("SECURE_KEYS_FILE", "other.json")];
    let other = keys(&folder, &["new", "--algorithm", "eddsa"], &variable);
    assert!(other.status.success(), "{other:?}");
    let other = fs::read_to_string(folder.join("other.json")).expect("a set");
    assert!(other.contains("EdDSA"), "{other}");
    let printed = keys(&folder, &["new"], &[]);
    let printed = String::from_utf8(printed.stdout).expect("UTF-8");
    let set: Value = serde_json::from_str(&printed).expect("JSON");
    assert_eq!(set["keys"][0]["status"], "current");
    let unknown = keys(&folder, &["new", "--algorithm", "none"], &[]);
    assert_eq!(unknown.status.code(), Some(2));
    fs::remove_dir_all(folder).expect("the folder");
}

#[test]
fn a_set_is_rotated_step_by_step() {
    let folder = fresh_folder();
    let file = folder.join("keys.json");
    new_keys(&folder, "keys.json", &[]);
    // As a deployment may have it: a link, and readable by a group.
    symlink("keys.json", folder.join("link.json")).expect("a link");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("a file");
    let hour = [("SECURE_JWKS_MAX_AGE", "1h")];
    let rotate = || keys(&folder, &["rotate", "--file", "link.json"], &hour);

    let published = rotate();
    assert!(published.status.success(), "{published:?}");
    let said = String::from_utf8(published.stdout).expect("UTF-8");
    assert!(
        said.contains("is published, and does not sign yet"),
        "{said}"
    );
    assert_eq!(statuses(&file), ["current", "next"]);
    let mode = fs::metadata(&file).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o640);

    let text = fs::read_to_string(&file).expect("a set");
    let early = refusal(&rotate());
    assert!(
        early.contains("wait 3") && early.contains(" seconds"),
        "{early}"
    );
    assert_eq!(fs::read_to_string(&file).expect("a set"), text);

    // An hour later.
    let mut set: Value = serde_json::from_str(&text).expect("JSON");
    let published = set["keys"][1]["published_at"].as_u64().expect("seconds");
    set["keys"][1]["published_at"] = (published - 3600).into();
    fs::write(&file, set.to_string()).expect("a file");
    let promoted = rotate();
    assert!(promoted.status.success(), "{promoted:?}");
    let said = String::from_utf8(promoted.stdout).expect("UTF-8");
    assert!(said.contains("signs now"), "{said}");
    assert_eq!(statuses(&file), ["previous", "current"]);
    // What only verifies is not kept in private.
    let text = fs::read_to_string(&file).expect("a set");
    let set: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(set["keys"][0].get("d"), None);
    let is_link = fs::symlink_metadata(folder.join("link.json"));
    assert!(is_link.expect("a link").is_symlink());
    fs::remove_dir_all(folder).expect("the folder");
}

#[test]
fn what_cannot_be_rotated_stays_as_it_is() {
    let folder = fresh_folder();
    let rotate = |variables: &[(&str, &str)]| keys(&folder, &["rotate"], variables);
    assert!(refusal(&rotate(&[])).contains("`SECURE_KEYS_FILE`"));
    let file = [("SECURE_KEYS_FILE", "keys.json")];
    assert!(refusal(&rotate(&file)).contains("cannot be read"));

    fs::write(folder.join("odd.json"), "{}").expect("a file");
    let odd = keys(&folder, &["rotate", "--file", "odd.json"], &[]);
    refusal(&odd);
    assert!(!folder.join("odd.json.new").exists());

    new_keys(&folder, "keys.json", &[]);
    fs::write(folder.join("keys.json.new"), "").expect("a file");
    assert!(refusal(&rotate(&file)).contains("keys.json.new is there"));
    fs::remove_file(folder.join("keys.json.new")).expect("the file");
    assert!(rotate(&file).status.success());
    assert!(!folder.join("keys.json.new").exists());
    fs::remove_dir_all(folder).expect("the folder");
}

/// From one key to the next while requests are under way: none is lost.
#[actix_rt::test]
async fn a_running_service_goes_over_to_the_next_key() {
    let folder = fresh_folder();
    new_keys(&folder, "keys.json", &[]);
    let variables = [
        ("SECURE_KEYS_FILE", "keys.json"),
        ("SECURE_JWKS_MAX_AGE", "1s"),
    ];
    let server = Server::start_with(&folder, &variables);
    let first = server.join("ada@example.com").await;
    let old = header(&first.access)["kid"].clone();

    let (done, newest) = (Cell::new(false), RefCell::new(old.clone()));
    let callers = (0..4).map(|_| async {
        let mut tokens = server.tokens("ada@example.com").await;
        let mut calls = 0;
        while !done.get() {
            assert_eq!(server.status_of(&first.access).await, 200);
            assert_eq!(server.status_of(&tokens.access).await, 200);
            tokens = Tokens::of(&server.refresh(&tokens.refresh).await);
            *newest.borrow_mut() = header(&tokens.access)["kid"].clone();
            calls += 3;
        }
        calls
    });
    let operator = async {
        let rotate = || keys(&folder, &["rotate"], &variables);
        assert!(rotate().status.success());
        wait_for(async || published(&server).await.len() == 2).await;
        // Published, and not used yet.
        assert_eq!(*newest.borrow(), old);
        sleep(Duration::from_secs(1)).await;
        assert!(rotate().status.success());
        wait_for(async || *newest.borrow() != old).await;
        sleep(Duration::from_millis(500)).await;
        done.set(true);
    };
    let (calls, ()) = join(join_all(callers), operator).await;
    assert!(calls.iter().sum::<u32>() > 50, "{calls:?}");

    let keys = published(&server).await;
    assert_eq!(keys.len(), 2);
    assert!(keys.contains(&old) && keys.contains(&newest.borrow()));
    assert_eq!(server.status_of(&first.access).await, 200);
}

/// The ids of the keys that everybody may read.
async fn published(server: &Server) -> Vec<Value> {
    let answer = server.get("/.well-known/jwks.json").send().await.json();
    let keys = answer["keys"].as_array().expect("keys").clone();
    keys.iter().map(|key| key["kid"].clone()).collect()
}

async fn wait_for(condition: impl AsyncFn() -> bool) {
    let start = Instant::now();
    while !condition().await {
        assert!(start.elapsed() < Duration::from_secs(30));
        sleep(Duration::from_millis(50)).await;
    }
}

/// A new set of keys in `folder`.
pub(crate) fn new_keys(folder: &Path, file: &str, arguments: &[&str]) {
    let arguments = [&["new", "--file", file], arguments].concat();
    let output = keys(folder, &arguments, &[]);
    assert!(output.status.success(), "{output:?}");
}

fn keys(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = command(folder);
    command.envs(variables.iter().copied());
    run(command.arg("keys").args(arguments))
}

fn refusal(output: &Output) -> String {
    let text = String::from_utf8(output.stderr.clone()).expect("UTF-8");
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
    text
}

fn statuses(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).expect("a set");
    let set: Value = serde_json::from_str(&text).expect("JSON");
    let keys = set["keys"].as_array().expect("keys").clone();
    keys.iter()
        .map(|key| key["status"].as_str().expect("a status").to_owned())
        .collect()
}
