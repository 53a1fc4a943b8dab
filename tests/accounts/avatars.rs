//! `/me/avatar`, `/users/{id}/avatar`, and the picture on `/settings`

use std::{fs, path::Path, time::Duration};

use actix_rt::time::sleep;
use base64::{Engine as _, prelude::BASE64_STANDARD};

use crate::{
    Server,
    html::Html,
    server::{File, fresh_folder},
};

/// One white pixel.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

fn png() -> Vec<u8> {
    BASE64_STANDARD.decode(PNG).expect("base64")
}

fn picture(content: &[u8]) -> File<'_> {
    File {
        name: "me.png",
        media_type: "image/png",
        content,
    }
}

/// The names of the files below a folder, however deep.
fn files(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let entries = entries.map(|entry| entry.expect("an entry").path());
    let names = entries.flat_map(|path| match path.is_dir() {
        true => files(&path),
        false => vec![path.display().to_string()],
    });
    names.collect()
}

/// Waits until that many files are kept: what is nobody's any more goes within seconds.
async fn kept(server: &Server, count: usize) {
    let folder = server.folder.join("data/uploads/kept");
    for _ in 0..200 {
        if files(&folder).len() == count {
            return;
        }
        sleep(Duration::from_millis(100)).await;
    }
    panic!("{:?}", files(&folder));
}

#[actix_rt::test]
async fn a_picture_comes_is_seen_and_goes() {
    let server = Server::start();
    let token = server.sign_up("ada@example.com").await;
    let path = format!("/users/{}/avatar", server.id_of(&token).await);
    assert_eq!(server.get(&path).send().await.status, 404);
    let png = png();
    let put = || server.put("/me/avatar").token(&token);
    assert_eq!(put().upload(&[], &picture(&png)).send().await.status, 204);

    let seen = server.get(&path).send().await;
    assert_eq!(seen.status, 200);
    assert_eq!(seen.header("content-type"), "image/png");
    assert_eq!(seen.header("x-content-type-options"), "nosniff");
    assert!(seen.header("content-disposition").starts_with("inline"));
    let policy = seen.header("content-security-policy");
    assert!(policy.contains("sandbox"), "{policy}");
    assert_eq!(seen.header("content-length"), png.len().to_string());

    // Another one takes its place, and nothing of the first stays.
    assert_eq!(put().upload(&[], &picture(&png)).send().await.status, 204);
    kept(&server, 1).await;
    let gone = server.delete("/me/avatar").token(&token).send().await;
    assert_eq!(gone.status, 204);
    assert_eq!(server.get(&path).send().await.status, 404);
    kept(&server, 0).await;
    assert_eq!(files(&server.folder.join("data/uploads/incoming")).len(), 0);
}

#[actix_rt::test]
async fn what_is_no_picture_is_refused() {
    let server = Server::start();
    let token = server.sign_up("ada@example.com").await;
    let png = png();
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    let large = vec![0; 2 * 1024 * 1024 + 1];
    let named = |name, media_type, content| File {
        name,
        media_type,
        content,
    };
    let refused: [(File<'_>, u16); 8] = [
        (named("me.png", "image/png", b"GIF8".as_slice()), 422),
        (named("me.png", "image/png", &png[..20]), 422),
        (named("me.png", "image/png", svg), 422),
        (named("me.svg", "image/svg+xml", svg), 422),
        (named("me.html", "image/png", &png), 422),
        (named("me.jpg", "image/jpeg", &png), 422),
        (named("me.png", "image/png", b""), 422),
        (named("me.png", "image/png", &large), 413),
    ];
    for (file, status) in refused {
        let sent = server.put("/me/avatar").token(&token).upload(&[], &file);
        let answer = sent.send().await;
        assert_eq!(answer.status, status, "{} {answer:?}", file.name);
    }
    let twice = [("file", "text")];
    let sent = server.put("/me/avatar").token(&token);
    let answer = sent.upload(&twice, &picture(&png)).send().await;
    assert_eq!(answer.status, 422, "{answer:?}");
    assert_eq!(files(&server.folder.join("data/uploads")).len(), 0);
}

#[actix_rt::test]
async fn strangers_upload_nothing() {
    let server = Server::start();
    let png = png();
    let sent = server.put("/me/avatar").upload(&[], &picture(&png));
    assert_eq!(sent.send().await.status, 401);
    // A page of somebody else has the browser of somebody signed in send it.
    let browser = server.browser_of("ada@example.com").await;
    let path = "/settings/avatar";
    let call = browser.request(reqwest::Method::POST, path);
    let call = call.header("Origin", "https://evil.example");
    let answer = browser.send(call.upload(&[], &picture(&png))).await;
    assert_eq!(answer.status, 403, "{answer:?}");
    assert_eq!(files(&server.folder.join("data/uploads")).len(), 0);
}

#[actix_rt::test]
async fn a_picture_by_a_page() {
    let server = Server::start();
    let browser = server.browser_of("ada@example.com").await;
    let page = browser.page("/settings").await;
    assert_eq!(page.all("img").count(), 0);
    let png = png();
    let upload = async |page: &Html, file: &File<'_>| {
        let action = "/settings/avatar";
        let form = page.forms().into_iter().find(|form| form.action == action);
        let fields = form.expect("the form").fields;
        let token = fields.iter().find(|(name, _)| name == "csrf_token");
        let token = &token.expect("its token").1;
        let call = browser.request(reqwest::Method::POST, action);
        browser
            .send(call.upload(&[("csrf_token", token)], file))
            .await
    };
    let saved = upload(&page, &picture(&png)).await;
    let page = browser.follow(&saved).await;
    let source = page.all("img").next().and_then(|img| img.attribute("src"));
    let source = source.expect("the picture").to_owned();
    assert_eq!(server.get(&source).send().await.status, 200);

    let refused = upload(&page, &picture(b"GIF8")).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.header("content-type"), "text/html; charset=utf-8");
    let again = Html::of(&refused);
    assert_eq!(again.errors(), ["file"]);
    let error = again.error_at("file").expect("what is wrong");
    assert_eq!(error, "Picture is no whole file of the type image/png.");
    assert_eq!(again.all("img").count(), 1);

    let removed = browser
        .send_form(&page, "/settings/avatar/remove", &[])
        .await;
    let page = browser.follow(&removed).await;
    assert_eq!(page.all("img").count(), 0);
    assert_eq!(server.get(&source).send().await.status, 404);
}

#[actix_rt::test]
async fn the_picture_goes_with_the_account() {
    let server = Server::start();
    let token = server.sign_up("ada@example.com").await;
    let png = png();
    let sent = server.put("/me/avatar").token(&token);
    assert_eq!(sent.upload(&[], &picture(&png)).send().await.status, 204);
    let path = format!("/users/{}/avatar", server.id_of(&token).await);
    assert_eq!(server.delete("/me").token(&token).send().await.status, 204);
    assert_eq!(server.get(&path).send().await.status, 404);
    kept(&server, 0).await;
}

#[actix_rt::test]
async fn a_picture_outlives_a_restart() {
    let folder = fresh_folder();
    let mut server = Server::start_in(&folder);
    let token = server.sign_up("ada@example.com").await;
    let png = png();
    let sent = server.put("/me/avatar").token(&token);
    assert_eq!(sent.upload(&[], &picture(&png)).send().await.status, 204);
    let path = format!("/users/{}/avatar", server.id_of(&token).await);
    server.restart(&[]);
    assert_eq!(server.get(&path).send().await.status, 200);
}
