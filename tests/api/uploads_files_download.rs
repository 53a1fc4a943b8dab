//! What was uploaded is served as what it is, to be saved and not to be run.

use std::time::Duration;

use actix_web::web::Path;
use secure_runtime::{
    Routes,
    prelude::*,
    test::{TestApp, TestResponse, uploaded},
    upload::{Download, FileId, MediaType, UploadSettings, Uploads},
};

use crate::support::{Folder, Server, all, raw};

/// Names that hurt somebody who takes them as they are.
const HOSTILE: &[(&str, &str)] = &[
    ("../../etc/passwd", "attachment; filename=\"passwd.png\""),
    (
        "C:\\autoexec.bat",
        "attachment; filename=\"autoexec.bat.png\"",
    ),
    (
        "a\"; filename=\"evil.exe",
        "attachment; filename=\"a__ filename=_evil.exe.png\"",
    ),
    (
        "a\r\nX-Injected: 1\r\n\r\n<script>",
        "attachment; filename=\"aX-Injected_ 1_script_.png\"",
    ),
    ("a\0.png", "attachment; filename=\"a.png\""),
    ("a\\\".png", "attachment; filename=\"_.png\""),
    ("CON", "attachment; filename=\"_CON.png\""),
    ("..", "attachment; filename=\"file.png\""),
    ("", "attachment; filename=\"file.png\""),
    ("x.html", "attachment; filename=\"x.html.png\""),
    ("\u{202e}gnp.exe", "attachment; filename=\"gnp.exe.png\""),
    (
        "Grüße %41.png",
        "attachment; filename=\"Gr__e _41.png\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20_41.png",
    ),
    (
        "猫'(1).png",
        "attachment; filename=\"_'(1).png\"; filename*=UTF-8''%E7%8C%AB%27%281%29.png",
    ),
];

async fn download(uploads: &Uploads, id: &FileId) -> Result<Download, Problem> {
    uploads.open(id).await?.ok_or_else(Problem::not_found)
}

#[get("/files/{id}")]
#[public]
#[validated]
async fn serve_plain(uploads: Uploads, id: Path<FileId>) -> Result<Download, Problem> {
    download(&uploads, &id).await
}

#[head("/files/{id}")]
#[public]
#[validated]
async fn serve_head(uploads: Uploads, id: Path<FileId>) -> Result<Download, Problem> {
    download(&uploads, &id).await
}

#[get("/private/{id}")]
#[protected]
#[validated]
async fn serve_private(uploads: Uploads, id: Path<FileId>) -> Result<Download, Problem> {
    download(&uploads, &id).await
}

#[get("/shown/{id}")]
#[protected]
#[validated]
async fn serve_shown(uploads: Uploads, id: Path<FileId>) -> Result<Download, Problem> {
    let download = download(&uploads, &id).await?;
    Ok(download.inline().cached_for(Duration::from_secs(60)))
}

#[get("/hostile/{id}/{at}")]
#[public]
#[validated]
async fn serve_hostile(uploads: Uploads, at: Path<(FileId, usize)>) -> Result<Download, Problem> {
    let (id, at) = at.into_inner();
    let (name, _) = HOSTILE.get(at).ok_or_else(Problem::not_found)?;
    Ok(download(&uploads, &id).await?.named(name))
}

fn routes(routes: &mut Routes) {
    routes
        .service(serve_plain)
        .service(serve_head)
        .service(serve_private)
        .service(serve_shown)
        .service(serve_hostile);
}

async fn app(folder: &Folder) -> TestApp {
    let settings = UploadSettings::new(folder.path());
    TestApp::with(|builder| builder.uploads(settings), routes, |_| {}).await
}

async fn keep(app: &TestApp, media_type: MediaType, content: impl Into<Vec<u8>>) -> FileId {
    let uploads = app.security().uploads().expect("uploads");
    let upload = uploaded(uploads, media_type, content.into()).await;
    uploads
        .keep(upload.expect("a file"))
        .await
        .expect("kept")
        .id
}

fn assert_harmless(response: &TestResponse) {
    assert_eq!(all(response, "x-content-type-options"), ["nosniff"]);
    let policy = "default-src 'none'; frame-ancestors 'none'; sandbox";
    assert_eq!(all(response, "content-security-policy"), [policy]);
    let policy = all(response, "cross-origin-resource-policy");
    assert_eq!(policy, ["same-origin"]);
    assert_eq!(all(response, "content-disposition").len(), 1);
}

#[actix_web::test]
async fn each_type_is_served_as_itself_and_saved() {
    let folder = Folder::new("types");
    let app = app(&folder).await;
    for (media_type, content_type, name) in [
        (MediaType::Png, "image/png", "file.png"),
        (MediaType::Jpeg, "image/jpeg", "file.jpg"),
        (MediaType::WebP, "image/webp", "file.webp"),
        (MediaType::Gif, "image/gif", "file.gif"),
        (MediaType::Pdf, "application/pdf", "file.pdf"),
        (
            MediaType::PlainText,
            "text/plain; charset=utf-8",
            "file.txt",
        ),
        (MediaType::Csv, "text/csv; charset=utf-8", "file.csv"),
    ] {
        let content = "<script>alert(1)</script>";
        let id = keep(&app, media_type, content).await;
        let response = app.get(&format!("/files/{id}")).send().await;
        assert_eq!(
            (response.status(), response.text()),
            (200, content.to_owned())
        );
        assert_harmless(&response);
        assert_eq!(all(&response, "content-type"), [content_type]);
        let disposition = format!("attachment; filename=\"{name}\"");
        assert_eq!(all(&response, "content-disposition"), [disposition]);
        // Only images are ever shown.
        let shown = app.get(&format!("/shown/{id}")).as_user("ada").send().await;
        assert_harmless(&shown);
        let kind = match media_type.is_image() {
            true => "inline",
            false => "attachment",
        };
        let disposition = format!("{kind}; filename=\"{name}\"");
        assert_eq!(all(&shown, "content-disposition"), [disposition]);
    }
}

#[actix_web::test]
async fn a_hostile_name_is_only_a_name() {
    let folder = Folder::new("hostile");
    let app = app(&folder).await;
    let id = keep(&app, MediaType::Png, "content").await;
    for (at, (name, expected)) in HOSTILE.iter().enumerate() {
        let response = app.get(&format!("/hostile/{id}/{at}")).send().await;
        assert_eq!(response.status(), 200, "{name:?}");
        assert_eq!(
            all(&response, "content-disposition"),
            [*expected],
            "{name:?}"
        );
        assert_harmless(&response);
        assert_eq!(response.header("x-injected"), None);
    }
}

#[actix_web::test]
async fn nobody_keeps_what_is_private_unless_it_is_said() {
    let folder = Folder::new("caches");
    let app = app(&folder).await;
    let id = keep(&app, MediaType::Png, "content").await;
    let private = app
        .get(&format!("/private/{id}"))
        .as_user("ada")
        .send()
        .await;
    assert_eq!(all(&private, "cache-control"), ["no-store"]);
    let shown = app.get(&format!("/shown/{id}")).as_user("ada").send().await;
    assert_eq!(all(&shown, "cache-control"), ["private, max-age=60"]);
    assert_eq!(
        app.get(&format!("/private/{id}")).send().await.status(),
        401
    );
}

#[actix_web::test]
async fn what_is_there_is_not_sent_again() {
    let folder = Folder::new("tags");
    let app = app(&folder).await;
    let id = keep(&app, MediaType::Png, "content").await;
    let other = keep(&app, MediaType::Png, "content").await;
    let path = format!("/files/{id}");
    let tag = app
        .get(&path)
        .send()
        .await
        .header("etag")
        .expect("a tag")
        .to_owned();
    let random = id.as_str().split('.').next().expect("digits");
    assert!(!tag.contains(random), "the tag tells the name: {tag}");
    let foreign = app.get(&format!("/files/{other}")).send().await;
    assert_ne!(foreign.header("etag"), Some(&*tag));
    for known in [
        tag.clone(),
        format!("W/{tag}"),
        format!("\"other\", {tag}"),
        "*".to_owned(),
    ] {
        let response = app.get(&path).header("if-none-match", &known).send().await;
        assert_eq!(
            (response.status(), response.text()),
            (304, String::new()),
            "{known}"
        );
        assert_harmless(&response);
        assert_eq!(response.header("etag"), Some(&*tag));
    }
    for unknown in ["\"other\"", "", "no tag", "W/\"\""] {
        let response = app.get(&path).header("if-none-match", unknown).send().await;
        assert_eq!(
            (response.status(), &*response.text()),
            (200, "content"),
            "{unknown}"
        );
    }
}

#[actix_web::test]
async fn one_part_is_sent_where_one_is_asked_for() {
    let folder = Folder::new("ranges");
    let app = app(&folder).await;
    let id = keep(&app, MediaType::PlainText, "0123456789").await;
    let path = format!("/files/{id}");
    let whole = app.get(&path).send().await;
    assert_eq!(all(&whole, "accept-ranges"), ["bytes"]);
    let tag = whole.header("etag").expect("a tag").to_owned();
    for (range, status, text, content_range) in [
        ("bytes=0-3", 206, "0123", Some("bytes 0-3/10")),
        ("bytes=8-", 206, "89", Some("bytes 8-9/10")),
        ("bytes=-2", 206, "89", Some("bytes 8-9/10")),
        ("bytes=5-500", 206, "56789", Some("bytes 5-9/10")),
        ("bytes=0-0,9-9", 200, "0123456789", None),
        ("bytes=x", 200, "0123456789", None),
        ("pages=0-1", 200, "0123456789", None),
    ] {
        let response = app.get(&path).header("range", range).send().await;
        assert_eq!(
            (response.status(), &*response.text()),
            (status, text),
            "{range}"
        );
        assert_eq!(response.header("content-range"), content_range, "{range}");
        assert_harmless(&response);
    }
    let beyond = app.get(&path).header("range", "bytes=10-").send().await;
    assert_eq!(beyond.status(), 416);
    assert_eq!(beyond.header("content-range"), Some("bytes */10"));
    assert_eq!(
        beyond.header("content-type"),
        Some("application/problem+json")
    );
    for (if_range, status) in [
        (tag.as_str(), 206),
        (&*format!("W/{tag}"), 200),
        ("\"other\"", 200),
        ("Sat, 21 Nov 2026 00:00:00 GMT", 200),
        ("nonsense", 200),
    ] {
        let request = app.get(&path).header("range", "bytes=0-3");
        let response = request.header("if-range", if_range).send().await;
        assert_eq!(response.status(), status, "{if_range}");
    }
    let twice = app.get(&path).header("range", "bytes=0-3");
    let twice = twice.header("range", "bytes=4-5").send().await;
    assert!([200, 206].contains(&twice.status()));
}

#[actix_web::test]
async fn a_large_file_comes_whole_in_pieces_and_a_head_has_its_length() {
    let folder = Folder::new("large");
    let settings = UploadSettings::new(folder.path());
    let server = Server::start(1, |builder| builder.uploads(settings), routes, |_| {}).await;
    let content: Vec<u8> = (0..3_000_000_u32).map(|at| (at % 251) as u8).collect();
    let uploads = server.security.uploads().expect("uploads");
    let upload = uploaded(uploads, MediaType::Pdf, content.clone()).await;
    let id = uploads
        .keep(upload.expect("a file"))
        .await
        .expect("kept")
        .id;
    let url = format!("http://{}/files/{id}", server.address);
    let client = reqwest::Client::new();
    let whole = client.get(&url).send().await.expect("an answer");
    assert_eq!(whole.content_length(), Some(3_000_000));
    assert!(whole.bytes().await.expect("a body") == content);
    let part = client.get(&url).header("range", "bytes=65535-2999998");
    let part = part.send().await.expect("an answer").bytes().await;
    assert!(part.expect("a body") == content[65_535..2_999_999]);

    let head = format!("HEAD /files/{id} HTTP/1.1\r\nHost: api.test\r\nConnection: close\r\n\r\n");
    let answer = raw(server.address, head).await;
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    assert!(
        head.contains("200 OK") && head.contains("content-length: 3000000"),
        "{head}"
    );
    assert_eq!(body, "");
}

#[actix_web::test]
async fn a_file_that_is_cut_while_it_is_sent_ends_the_connection() {
    let folder = Folder::new("cut");
    let settings = UploadSettings::new(folder.path());
    let server = Server::start(1, |builder| builder.uploads(settings), routes, |_| {}).await;
    let uploads = server.security.uploads().expect("uploads");
    let upload = uploaded(uploads, MediaType::Pdf, vec![7_u8; 32 << 20]).await;
    let id = uploads
        .keep(upload.expect("a file"))
        .await
        .expect("kept")
        .id;
    let url = format!("http://{}/files/{id}", server.address);
    let answer = reqwest::Client::new()
        .get(&url)
        .send()
        .await
        .expect("an answer");
    let path = folder.path().join(folder.files().first().expect("one"));
    let file = std::fs::OpenOptions::new()
        .write(true)
        .open(path)
        .expect("it");
    file.set_len(8 << 20).expect("cut");
    assert!(
        answer.bytes().await.is_err(),
        "half a file is taken for the whole"
    );
}
