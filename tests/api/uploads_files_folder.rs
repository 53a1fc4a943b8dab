//! The folder of uploads when something goes wrong: a process is killed, two share it, it is full, it is gone.

use std::{fs, io::Write as _, path::Path, process::Command, time::Duration};

use secure_runtime::{
    Security,
    test::{TestClock, uploaded},
    upload::{MediaType, UploadSettings},
};

use crate::support::{Folder, Other, settings};

fn security_at(folder: &Path, clock: &TestClock) -> Security {
    let builder = settings(clock).uploads(UploadSettings::new(folder));
    builder.build().expect("settings")
}

fn this() -> Command {
    Command::new(std::env::current_exe().expect("this program"))
}

/// Has two files at hand and keeps a third, until it is killed.
#[actix_web::test]
#[ignore = "run as a process of its own by the tests of this file"]
async fn child_with_files_at_hand() {
    let Some(folder) = std::env::var_os(Other::FOLDER) else {
        return;
    };
    let security = security_at(Path::new(&folder), &TestClock::default());
    let uploads = security.uploads().expect("uploads");
    let content = vec![7_u8; 1 << 20];
    let one = uploaded(uploads, MediaType::Png, content.clone()).await;
    let two = uploaded(uploads, MediaType::Pdf, content.clone()).await;
    let three = uploaded(uploads, MediaType::Csv, content).await;
    uploads.keep(three.expect("three")).await.expect("kept");
    println!("\n>ready");
    std::io::stdout().flush().expect("said");
    // Until it is killed, or whoever started it has gone.
    drop(std::io::stdin().lines().next());
    drop((one, two));
}

#[actix_web::test]
async fn what_a_killed_process_has_left_is_deleted_at_the_next_start_and_no_sooner() {
    let folder = Folder::new("killed");
    let mut other = Other::start(
        this(),
        "uploads_files_folder::child_with_files_at_hand",
        &folder,
    );
    let incoming = || {
        fs::read_dir(folder.path().join("incoming"))
            .expect("it")
            .count()
    };
    assert_eq!((incoming(), folder.files().len()), (2, 3));

    // Another process starts with the same folder, and works in it.
    let clock = TestClock::default();
    let security = security_at(folder.path(), &clock);
    assert_eq!(incoming(), 2, "what a living process needs is deleted");
    let uploads = security.uploads().expect("uploads");
    let upload = uploaded(uploads, MediaType::Png, "mine")
        .await
        .expect("a file");
    assert_eq!(incoming(), 3);

    // SIGKILL: it has no chance to clean up.
    other.kill();
    assert_eq!(incoming(), 3);
    let again = security_at(folder.path(), &clock);
    assert_eq!(incoming(), 1, "its files are left");
    drop(again);
    let kept = uploads.keep(upload).await.expect("mine is still there");
    assert!(uploads.open(&kept.id).await.expect("it").is_some());
    // What the other one has kept is kept.
    assert_eq!((incoming(), folder.files().len()), (0, 2));
}

#[actix_web::test]
async fn a_process_that_goes_on_cleans_up_after_others_too() {
    let folder = Folder::new("goes-on");
    let clock = TestClock::default();
    let security = security_at(folder.path(), &clock);
    let incoming = || {
        fs::read_dir(folder.path().join("incoming"))
            .expect("it")
            .count()
    };
    let mut other = Other::start(
        this(),
        "uploads_files_folder::child_with_files_at_hand",
        &folder,
    );
    other.kill();
    let uploads = security.uploads().expect("uploads");
    drop(
        uploaded(uploads, MediaType::Png, "soon")
            .await
            .expect("a file"),
    );
    assert_eq!(incoming(), 2);
    clock.advance(Duration::from_secs(60 * 60));
    drop(
        uploaded(uploads, MediaType::Png, "later")
            .await
            .expect("a file"),
    );
    assert_eq!(incoming(), 0);
}

#[test]
fn what_is_none_of_ours_is_left_alone() {
    let folder = Folder::new("foreign");
    let clock = TestClock::default();
    drop(security_at(folder.path(), &clock));
    let incoming = folder.path().join("incoming");
    let ours = format!("{}.part", "0".repeat(32));
    let foreign = ["notes.txt", "x.part", ".part", "0123.part.bak"];
    for name in foreign {
        fs::write(incoming.join(name), "").expect("a file");
    }
    fs::create_dir(incoming.join(format!("{}.part", "1".repeat(32)))).expect("a folder");
    let target = folder.path().join("target");
    fs::write(&target, "").expect("a file");
    let link = incoming.join(format!("{}.part", "2".repeat(32)));
    std::os::unix::fs::symlink(&target, &link).expect("a link");
    fs::write(incoming.join(&ours), "left").expect("a file");
    drop(security_at(folder.path(), &clock));
    assert!(!incoming.join(ours).exists());
    assert!(target.exists() && link.exists());
    assert_eq!(
        fs::read_dir(incoming).expect("it").count(),
        foreign.len() + 2
    );
}

#[actix_web::test]
async fn a_folder_that_is_gone_is_a_failure_that_may_pass() {
    let folder = Folder::new("gone");
    let clock = TestClock::default();
    let security = security_at(folder.path(), &clock);
    let uploads = security.uploads().expect("uploads");
    let upload = uploaded(uploads, MediaType::Png, "mine")
        .await
        .expect("a file");
    fs::remove_dir_all(folder.path()).expect("a folder");
    let kept = uploads.keep(upload).await.expect_err("it is gone");
    assert_eq!(kept.status(), 503);
    let begun = uploaded(uploads, MediaType::Png, "mine").await;
    let problem = begun.expect_err("it is gone");
    assert_eq!(problem.status(), 503);
    // Where the folder is, is nobody's business.
    let words = format!("{problem}");
    assert!(!words.contains("secure-gone"), "{words}");
    assert!(
        !folder.path().exists(),
        "nobody makes it again behind the operator's back"
    );
    drop(security_at(folder.path(), &clock));
    uploaded(uploads, MediaType::Png, "mine")
        .await
        .expect("it is back");
}

/// In a name space of its own, with a folder that holds 256 KiB.
#[actix_web::test]
#[ignore = "run as a process of its own by the tests of this file"]
async fn child_in_a_small_folder() {
    let Some(folder) = std::env::var_os(Other::FOLDER) else {
        return;
    };
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=256k,mode=700", "tmpfs"])
        .arg(&folder)
        .status();
    if !mounted.is_ok_and(|status| status.success()) {
        println!("\n>cannot mount\n>ready");
        return;
    }
    let security = security_at(Path::new(&folder), &TestClock::default());
    let uploads = security.uploads().expect("uploads");
    for _ in 0..3 {
        let large = uploaded(uploads, MediaType::Png, vec![7_u8; 1 << 20]).await;
        println!(
            "\n>{}",
            large.expect_err("there is no room").status().as_u16()
        );
        let left = fs::read_dir(Path::new(&folder).join("incoming")).expect("it");
        println!("\n>left {}", left.count());
        // What failed takes no room.
        let small = uploaded(uploads, MediaType::Png, vec![7_u8; 128 << 10]).await;
        println!("\n>small {}", small.is_ok());
    }
    println!("\n>ready");
}

#[test]
fn a_full_disk_is_a_507_and_nothing_is_left_of_the_file() {
    let namespaces = Command::new("unshare").args(["-rm", "true"]).status();
    if !namespaces.is_ok_and(|status| status.success()) {
        eprintln!("no name spaces here: the full disk is left to the tests of the crate");
        return;
    }
    let folder = Folder::new("full");
    fs::create_dir(folder.path()).expect("a folder");
    let mut command = Command::new("unshare");
    command
        .arg("-rm")
        .arg(std::env::current_exe().expect("this program"));
    let other = Other::start(
        command,
        "uploads_files_folder::child_in_a_small_folder",
        &folder,
    );
    let said: Vec<_> = other
        .said
        .iter()
        .filter(|line| line.starts_with('>'))
        .collect();
    if said == [">cannot mount"] {
        eprintln!("nothing can be mounted here: the full disk is left to the tests of the crate");
        return;
    }
    let round = [">507", ">left 0", ">small true"];
    assert_eq!(said, [round, round, round].concat());
}
