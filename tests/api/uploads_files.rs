//! What is uploaded lies where nobody else reads it, under a name that nobody chose, and is gone unless it is
//! kept.

use std::{
    fs,
    num::NonZeroUsize,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Component, Path as FilePath},
};

use actix_web::{Responder, web::Path};
use secure_runtime::{
    Routes, Security,
    deploy::Deployment,
    prelude::*,
    test::{TestApp, TestClock, uploaded},
    upload::{FileId, MediaType, UploadSettings, Uploads},
};

use crate::support::{Folder, settings};

fn security_of(settings: UploadSettings) -> Security {
    let builder = crate::support::settings(&TestClock::default());
    builder.uploads(settings).build().expect("settings")
}

fn security(folder: &Folder) -> Security {
    security_of(UploadSettings::new(folder.path()))
}

fn uploads(security: &Security) -> &Uploads {
    security.uploads().expect("uploads")
}

fn mode(path: impl AsRef<FilePath>) -> u32 {
    let metadata = fs::metadata(path).expect("it");
    metadata.permissions().mode() & 0o7777
}

#[actix_web::test]
async fn a_file_is_its_owners_alone_from_its_first_byte() {
    let folder = Folder::new("modes");
    let nested = folder.path().join("a/b");
    let security = security_of(UploadSettings::new(&nested));
    let upload = uploaded(uploads(&security), MediaType::Png, "content").await;
    let upload = upload.expect("a file");
    for inner in ["", "incoming", "kept"] {
        assert_eq!(mode(nested.join(inner)), 0o700, "{inner:?}");
    }
    let [incoming] = &folder.files()[..] else {
        panic!("one file: {:?}", folder.files())
    };
    assert!(incoming.starts_with("a/b/incoming"), "{incoming:?}");
    assert_eq!(mode(folder.path().join(incoming)), 0o600);

    let kept = uploads(&security).keep(upload).await.expect("kept");
    let [file] = &folder.files()[..] else {
        panic!("one file: {:?}", folder.files())
    };
    let (shelf, name) = (&kept.id.as_str()[..2], kept.id.as_str());
    assert_eq!(file, &FilePath::new("a/b/kept").join(shelf).join(name));
    assert_eq!(mode(folder.path().join(file)), 0o600);
    assert_eq!(mode(nested.join("kept").join(shelf)), 0o700);
    assert_eq!(fs::read(folder.path().join(file)).expect("it"), b"content");
    assert_eq!((kept.size, kept.media_type), (7, MediaType::Png));
    assert!(name.ends_with(".png") && name.len() == 44, "{name}");
}

#[actix_web::test]
async fn a_file_that_nobody_keeps_is_gone() {
    let folder = Folder::new("dropped");
    let security = security(&folder);
    let upload = uploaded(uploads(&security), MediaType::Csv, "a,b").await;
    assert_eq!(folder.files().len(), 1);
    drop(upload);
    assert_eq!(folder.files().len(), 0);
}

#[actix_web::test]
async fn what_is_kept_is_found_and_removed_once() {
    let folder = Folder::new("kept");
    let security = security(&folder);
    let uploads = uploads(&security);
    let mut ids = Vec::new();
    for content in ["one", "two", ""] {
        let upload = uploaded(uploads, MediaType::PlainText, content).await;
        let kept = uploads.keep(upload.expect("a file")).await.expect("kept");
        let download = uploads.open(&kept.id).await.expect("it").expect("one");
        assert_eq!(download.size(), content.len() as u64);
        assert_eq!(download.media_type(), MediaType::PlainText);
        ids.push(kept.id);
    }
    let [one, two, _] = &ids[..] else {
        panic!("three")
    };
    assert!(uploads.remove(one).await.expect("removed"));
    assert!(!uploads.remove(one).await.expect("gone"));
    assert!(uploads.open(one).await.expect("an answer").is_none());
    assert!(uploads.open(two).await.expect("an answer").is_some());
    assert_eq!(folder.files().len(), 2);
}

#[actix_web::test]
async fn names_are_random_and_lie_within_the_folder() {
    let folder = Folder::new("names");
    let security = security(&folder);
    let uploads = uploads(&security);
    let mut seen = std::collections::HashSet::new();
    for _ in 0..100 {
        let upload = uploaded(uploads, MediaType::Pdf, "content").await;
        let kept = uploads.keep(upload.expect("a file")).await.expect("kept");
        assert!(seen.insert(kept.id.as_str().to_owned()));
    }
    for file in folder.files() {
        let is_plain = |part: Component<'_>| matches!(part, Component::Normal(_));
        assert!(file.starts_with("kept") && file.components().all(is_plain));
        assert_eq!(file.components().count(), 3);
    }
}

#[actix_web::test]
async fn more_files_at_once_than_there_is_room_for_come_back_later() {
    let folder = Folder::new("at-once");
    let two = NonZeroUsize::new(2).expect("two");
    let security = security_of(UploadSettings::new(folder.path()).at_once(two));
    let uploads = uploads(&security);
    let one = uploaded(uploads, MediaType::Png, "1").await.expect("one");
    let two = uploaded(uploads, MediaType::Png, "2").await.expect("two");
    let refused = uploaded(uploads, MediaType::Png, "3").await;
    assert_eq!(refused.expect_err("full").status(), 503);
    // What is kept or dropped makes room.
    uploads.keep(one).await.expect("kept");
    let three = uploaded(uploads, MediaType::Png, "3").await.expect("three");
    assert!(uploaded(uploads, MediaType::Png, "4").await.is_err());
    drop((two, three));
    uploaded(uploads, MediaType::Png, "5").await.expect("five");
    assert_eq!(folder.files().len(), 1);
}

#[actix_web::test]
async fn any_number_at_once_can_be_said() {
    let folder = Folder::new("any");
    let security = security_of(UploadSettings::new(folder.path()).at_once(NonZeroUsize::MAX));
    let upload = uploaded(uploads(&security), MediaType::Png, "1").await;
    assert!(upload.is_ok());
}

#[get("/files/{id}")]
#[public]
#[validated]
async fn serve_file(uploads: Uploads, id: Path<FileId>) -> Result<impl Responder, Problem> {
    uploads.open(&id).await?.ok_or_else(Problem::not_found)
}

fn routes(routes: &mut Routes) {
    routes.service(serve_file);
}

#[actix_web::test]
async fn a_handler_that_takes_the_folder_needs_one_at_launch() {
    let Err(error) = TestApp::try_with(|settings| settings, routes, |_| {}).await else {
        panic!("it is launched without a folder")
    };
    let text = error.to_string();
    assert!(
        text.contains(".uploads(…)") && text.contains("serve_file"),
        "{text}"
    );
    let without = settings(&TestClock::default()).build().expect("settings");
    assert!(without.uploads().is_none());
}

#[actix_web::test]
async fn no_path_comes_of_what_is_asked_for() {
    let folder = Folder::new("paths");
    let within = UploadSettings::new(folder.path());
    let app = TestApp::with(|settings| settings.uploads(within), routes, |_| {}).await;
    let upload = uploaded(uploads(app.security()), MediaType::PlainText, "mine").await;
    let kept = uploads(app.security()).keep(upload.expect("a file")).await;
    let id = kept.expect("kept").id;
    fs::write(folder.path().join("secret.txt"), "secret").expect("a file");
    let whole = app.get(&format!("/files/{id}")).send().await;
    assert_eq!((whole.status(), whole.text()), (200, "mine".to_owned()));
    for name in [
        "secret.txt",
        "..%2F..%2Fsecret.txt",
        "..%5c..%5csecret.txt",
        "%2e%2e%2f%2e%2e%2fsecret.txt",
        "%2Fetc%2Fpasswd",
        "..",
        "0000000000000000000000000000000000000000.txt",
        &format!("{id}%00"),
        &format!("{id}%00.txt"),
        &format!("{id}%0a"),
        &format!("{id}%20"),
        &format!("{id}."),
        &id.as_str().to_uppercase(),
        &id.as_str().replace(".txt", ".png"),
        &id.as_str().replace(".txt", ".exe"),
        &id.as_str().replace(".txt", ""),
    ] {
        let answer = app.get(&format!("/files/{name}")).send().await;
        assert_eq!(answer.status(), 404, "{name}");
        assert!(!answer.text().contains("secret"), "{name}");
    }
}

#[test]
fn a_folder_that_is_open_to_others_is_refused() {
    let open = |path: &FilePath, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode");
    };
    let refused = |folder: &Folder| {
        let builder = settings(&TestClock::default());
        let built = builder.uploads(UploadSettings::new(folder.path())).build();
        built.err().map(|error| error.to_string())
    };
    for (inner, mode, words) in [
        ("", 0o777, "everybody can write into it (mode 0777)"),
        ("", 0o702, "everybody can write into it (mode 0702)"),
        ("incoming", 0o755, "incoming (mode 0755)"),
        ("incoming", 0o701, "incoming (mode 0701)"),
        ("kept", 0o704, "kept (mode 0704)"),
    ] {
        let folder = Folder::new("open");
        assert_eq!(refused(&folder), None);
        open(&folder.path().join(inner), mode);
        let text = refused(&folder).expect("refused");
        assert!(text.contains(words), "{text}");
        assert_eq!(folder.files().len(), 0, "the probe is left");
    }
    // Readable by its group, as volumes of containers are: it is said, and works.
    let folder = Folder::new("group");
    assert_eq!(refused(&folder), None);
    for (inner, mode) in [("", 0o755), ("kept", 0o2770), ("incoming", 0o750)] {
        open(&folder.path().join(inner), mode);
    }
    assert_eq!(refused(&folder), None);
}

#[test]
fn a_folder_that_is_something_else_is_refused() {
    let refused = |folder: &FilePath| {
        let builder = settings(&TestClock::default());
        let built = builder.uploads(UploadSettings::new(folder)).build();
        built.expect_err("refused").to_string()
    };
    let folder = Folder::new("no-folder");
    fs::create_dir(folder.path()).expect("a folder");
    let file = folder.path().join("file");
    fs::write(&file, "").expect("a file");
    assert!(refused(&file).contains("the folder of uploads"));
    assert!(refused(&file.join("below")).contains("the folder of uploads"));

    let elsewhere = Folder::new("elsewhere");
    for inner in ["incoming", "kept"] {
        let folder = folder.path().join(format!("with-{inner}"));
        fs::create_dir_all(&folder).expect("a folder");
        fs::create_dir_all(elsewhere.path()).expect("a folder");
        symlink(elsewhere.path(), folder.join(inner)).expect("a link");
        assert!(refused(&folder).contains("is no folder"), "{inner}");
    }
    assert_eq!(elsewhere.files().len(), 0);
}

#[actix_web::test]
async fn a_name_is_a_column_and_is_checked_when_it_is_read() {
    let pool = sqlx::SqlitePool::connect("sqlite::memory:")
        .await
        .expect("a database");
    let text = "6b1f0c9a27d35e48b1a0c2d4e6f8091a2b3c4d5e.png";
    let id: FileId = text.parse().expect("a name");
    let read = sqlx::query_scalar::<_, FileId>("SELECT $1");
    assert_eq!(read.bind(&id).fetch_one(&pool).await.expect("it"), id);
    let written = sqlx::query_scalar::<_, String>("SELECT $1");
    assert_eq!(written.bind(&id).fetch_one(&pool).await.expect("it"), text);
    for forged in [
        "",
        "../../etc/passwd",
        &text.to_uppercase(),
        &text.replace("png", "exe"),
    ] {
        let read = sqlx::query_scalar::<_, FileId>("SELECT $1").bind(forged);
        assert!(read.fetch_one(&pool).await.is_err(), "{forged:?}");
    }
}

#[test]
fn what_is_only_checked_makes_no_folder() {
    let folder = Folder::new("dry");
    let builder = settings(&TestClock::default()).uploads(UploadSettings::new(folder.path()));
    let report = builder.deploy_check(&Deployment::new(), routes);
    let codes: Vec<_> = report
        .findings()
        .iter()
        .map(|finding| finding.code())
        .collect();
    assert!(codes.contains(&"uploads-unscanned"), "{codes:?}");
    assert!(!codes.contains(&"routes-refused"), "{codes:?}");
    assert!(!folder.path().exists());
}

#[test]
fn settings_that_are_refused_make_no_folder() {
    let folder = Folder::new("unmade");
    let uploads = UploadSettings::new(folder.path());
    let settings = || settings(&TestClock::default());
    assert!(
        settings()
            .uploads(uploads.clone())
            .body_limit(0)
            .build()
            .is_err()
    );
    let never = uploads.scan_deadline(std::time::Duration::ZERO);
    let error = settings().uploads(never).build().expect_err("refused");
    assert!(error.to_string().contains("the deadline of scans is zero"));
    assert!(!folder.path().exists());
}
