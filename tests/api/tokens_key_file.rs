//! `SECURE_KEYS_FILE`: the keys of a running app are those of the file (A9).
//!
//! Settings come from the environment of a process, so that each test runs in one of its own: this
//! program again, with the one test in it.

use std::{fs, path::PathBuf, process::Command, time::Duration};

use actix_web::Responder;
use secure_runtime::{
    oauth,
    prelude::*,
    test::{TestApp, TestClock},
    token::{
        Grant,
        keys::{Algorithm, KeySet, RotationTimes, SigningKey},
    },
};

use crate::support::{START, assert_accepted, assert_refused};

const MAX_AGE: Duration = Duration::from_secs(300);
/// How often the file is looked at, and a bit more.
const A_LOOK: Duration = Duration::from_millis(2100);
/// Where a child finds its file.
const FILE: &str = "SECURE_KEYS_FILE";

#[get("/me")]
#[protected]
async fn who(user: CurrentUser) -> impl Responder {
    user.subject().to_owned()
}

fn fresh() -> SigningKey {
    SigningKey::generate(Algorithm::Es256).expect("a key")
}

/// Runs a test of this file in a process of its own, with a file of keys.
fn in_a_process(name: &str) {
    let folder = std::env::temp_dir().join(format!("secure-keys-{}-{name}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("keys.json");
    let set = KeySet::new(fresh(), Duration::from_secs(START));
    fs::write(&file, set.to_text().expect("a text").expose()).expect("a file");
    let output = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "--ignored", "--nocapture", "--test-threads=1"])
        .arg(format!("tokens_key_file::{name}"))
        .env(FILE, &file)
        .env("SECURE_PROFILE", "production")
        .env(
            "SECURE_SECRET",
            "q83vEjRWeJC6mHZUMhDerb7v/+7dzLuqmYh3ZlVEMyI=",
        )
        .env("SECURE_ISSUER", "https://auth.test")
        .env("SECURE_AUDIENCE", "https://api.test")
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    fs::remove_dir_all(&folder).expect("it is ours");
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The app in the child, its clock, and the file that an operator writes.
struct Child {
    app: TestApp,
    clock: TestClock,
    file: PathBuf,
}

impl Child {
    async fn start() -> Self {
        // The file is looked at by the runtime's clock, which is moved as well.
        tokio::time::pause();
        let clock = TestClock::default();
        let app = TestApp::with(
            |_| {
                let settings = secure_runtime::Security::builder_from_env().expect("settings");
                settings.clock(clock.clone()).jwks_max_age(MAX_AGE)
            },
            |routes| {
                routes.service(who).service(oauth::jwks);
            },
            |_| {},
        )
        .await;
        let file = std::env::var_os(FILE).expect("a file").into();
        Self { app, clock, file }
    }

    async fn pass(&self, time: Duration) {
        self.clock.advance(time);
        // The watcher goes to sleep, and wakes up.
        settle().await;
        tokio::time::advance(A_LOOK).await;
        settle().await;
    }

    fn set(&self) -> KeySet {
        KeySet::from_text(&fs::read_to_string(&self.file).expect("a file")).expect("a set")
    }

    /// As an operator rotates: `now` is the time by the operator's own clock.
    fn rotate(&self, now: Duration) -> KeySet {
        let times = RotationTimes {
            jwks_max_age: MAX_AGE,
            token_lifetime: Duration::from_secs(600),
        };
        let rotation = self.set().rotate(now, times, || Ok(fresh()));
        let set = rotation.expect("a step").set;
        fs::write(&self.file, set.to_text().expect("a text").expose()).expect("written");
        set
    }

    fn now(&self) -> Duration {
        secure_runtime::Clock::unix(&self.clock)
    }

    /// The ids that the app publishes, the one that signs first.
    async fn published(&self) -> Vec<String> {
        let answer = self.app.get("/.well-known/jwks.json").send().await.json();
        let keys = answer["keys"].as_array().expect("keys").clone();
        let kid = |key: &serde_json::Value| key["kid"].as_str().expect("an id").to_owned();
        keys.iter().map(kid).collect()
    }

    fn signs(set: &KeySet) -> String {
        set.ring().expect("a ring").current().kid().to_owned()
    }
}

async fn settle() {
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
}

#[test]
fn keys_are_rotated_without_a_restart() {
    in_a_process("child_rotates");
}

#[actix_web::test]
#[ignore = "runs in a process of its own"]
async fn child_rotates() {
    let child = Child::start().await;
    let first = Child::signs(&child.set());
    assert_eq!(child.published().await, [first.as_str()]);
    let before = child.app.token(&Grant::new("ada"));

    let published = child.rotate(child.now());
    assert_eq!(child.published().await.len(), 1, "not looked at yet");
    child.pass(A_LOOK).await;
    let kids = child.published().await;
    assert_eq!((kids.len(), &kids[0]), (2, &first));
    assert_eq!(Child::signs(&published), first);

    child.pass(MAX_AGE).await;
    let promoted = child.rotate(child.now());
    let second = Child::signs(&promoted);
    child.pass(A_LOOK).await;
    assert_eq!(child.published().await, [second.as_str(), first.as_str()]);
    assert_accepted(&child.app, "of the first key", &before).await;
    let after = child.app.token(&Grant::new("ada"));
    assert_accepted(&child.app, "of the second", &after).await;

    // Until its last token has expired, and five minutes; then it is dropped with the next step.
    child.pass(Duration::from_secs(15 * 60 + 1)).await;
    let _ = child.rotate(child.now());
    child.pass(A_LOOK).await;
    let kids = child.published().await;
    assert!(kids.len() == 2 && !kids.contains(&first), "{kids:?}");
    assert_refused(&child.app, "of the first key", &before).await;
}

#[test]
fn what_cannot_be_used_changes_nothing() {
    in_a_process("child_keeps");
}

#[actix_web::test]
#[ignore = "runs in a process of its own"]
async fn child_keeps() {
    let child = Child::start().await;
    let good = fs::read_to_string(&child.file).expect("a file");
    let before = child.published().await;
    let token = child.app.token(&Grant::new("ada"));
    let half = good[..good.len() / 2].to_owned();
    for broken in [
        String::new(),
        "{}".to_owned(),
        half,
        "{\"keys\":[]}".to_owned(),
    ] {
        fs::write(&child.file, &broken).expect("written");
        child.pass(Duration::from_secs(1)).await;
        child.pass(Duration::from_secs(1)).await;
        assert_eq!(child.published().await, before, "{broken}");
    }
    fs::remove_file(&child.file).expect("removed");
    child.pass(Duration::from_secs(1)).await;
    assert_eq!(child.published().await, before, "no file");
    assert_accepted(&child.app, "all the while", &token).await;
    fs::write(&child.file, &good).expect("written");
    child.pass(Duration::from_secs(1)).await;
    let next = child.rotate(child.now());
    child.pass(Duration::from_secs(1)).await;
    assert_eq!(child.published().await.len(), 2, "{next:?}");
}

#[test]
fn keys_that_come_a_moment_too_early_are_taken_later() {
    in_a_process("child_waits");
}

/// The operator rotates as early as may be. The app has read the published key some seconds after it was
/// written, so that for it the time is not over: it goes over as soon as it is.
#[actix_web::test]
#[ignore = "runs in a process of its own"]
async fn child_waits() {
    let child = Child::start().await;
    let first = Child::signs(&child.set());
    let written_at = child.now();
    let _ = child.rotate(written_at);
    child.pass(Duration::from_secs(2)).await;
    assert_eq!(child.published().await.len(), 2);
    child.pass(MAX_AGE - Duration::from_secs(2)).await;
    let promoted = child.rotate(written_at + MAX_AGE);
    child.pass(Duration::from_secs(1)).await;
    assert_eq!(child.published().await[0], first, "a second too early");
    child.pass(Duration::from_secs(1)).await;
    assert_eq!(child.published().await[0], Child::signs(&promoted));
}

#[test]
fn a_key_that_was_taken_away_is_gone_at_once() {
    in_a_process("child_drops");
}

/// A key has leaked: the operator puts another set in its place, in which it is not even kept to verify.
#[actix_web::test]
#[ignore = "runs in a process of its own"]
async fn child_drops() {
    let child = Child::start().await;
    let leaked = child.app.token(&Grant::new("ada"));
    let other = KeySet::new(fresh(), child.now());
    fs::write(&child.file, other.to_text().expect("a text").expose()).expect("written");
    child.pass(Duration::from_secs(1)).await;
    assert_eq!(child.published().await, [Child::signs(&other)]);
    assert_refused(&child.app, "of the leaked key", &leaked).await;
    let token = child.app.token(&Grant::new("ada"));
    assert_accepted(&child.app, "of the other", &token).await;
}
