//! Forms with files: what a file is, how large, how many, and what it is called (H5).

use actix_web::{Responder, web::Json};
use image::ImageFormat;
use secure_runtime::{
    prelude::*,
    test::{TestApp, TestResponse},
    upload::{Multipart, Upload, UploadSettings, Uploads},
};
use serde_json::{Value, json};

use crate::support::{Folder, FormBody, picture, png, problem_with, seen};

#[validated]
#[derive(Debug)]
struct AvatarForm {
    #[upload(max = "4KiB", types = ["image/png", "image/jpeg", "image/webp", "image/gif"], max_side = 200, max_pixels = 10_000)]
    file: Upload,
    #[validate(length(max = 10))]
    caption: Option<String>,
    #[validate(range(max = 5))]
    stars: Option<u8>,
    mood: Option<Mood>,
}

#[validated]
#[derive(Debug)]
#[serde(rename_all = "lowercase")]
enum Mood {
    Happy,
    Tired,
}

#[validated(unknown = "ignore")]
#[serde(rename_all = "camelCase")]
struct Papers {
    #[upload(max = "1KiB", types = ["text/plain", "text/csv", "application/pdf"])]
    the_paper: Option<Upload>,
    #[upload(max = "1KiB", types = "image/png")]
    #[validate(length(min = 1, max = 3))]
    pictures: Vec<Upload>,
}

fn told(file: &Upload) -> Value {
    json!({
        "name": file.file_name(),
        "type": file.media_type().as_str(),
        "size": file.size(),
        "sides": file.dimensions().map(|it| [it.width(), it.height()]),
    })
}

#[post("/avatar")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn put_avatar(
    uploads: Uploads,
    form: Multipart<AvatarForm>,
) -> Result<impl Responder, Problem> {
    let AvatarForm {
        file,
        caption,
        stars,
        mood,
    } = form.into_inner();
    let mut told = told(&file);
    let content = std::fs::read(file.path())?;
    assert_eq!(content.len() as u64, file.size());
    told["caption"] = json!(caption);
    told["stars"] = json!(stars);
    told["mood"] = json!(mood.map(|mood| format!("{mood:?}")));
    let kept = uploads.keep(file).await?;
    assert_eq!(told["size"], kept.size);
    Ok(Json(told))
}

#[post("/papers")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn put_papers(form: Multipart<Papers>) -> impl Responder {
    let pictures: Vec<_> = form.pictures.iter().map(told).collect();
    Json(json!({ "paper": form.the_paper.as_ref().map(told), "pictures": pictures }))
}

fn list(routes: &mut Routes) {
    routes.service(put_avatar).service(put_papers);
}

async fn app(folder: &Folder) -> TestApp {
    let settings = UploadSettings::new(folder.path());
    TestApp::with(|builder| builder.uploads(settings), list, |_| {}).await
}

/// What is wrong: the one error's pointer and code.
fn wrong(response: &TestResponse) -> (String, String) {
    assert_eq!(response.status(), 422, "{}", response.text());
    let body = response.json();
    let errors = body["errors"].as_array().expect("errors");
    assert_eq!(errors.len(), 1, "{body}");
    let text = |key: &str| errors[0][key].as_str().unwrap_or_default().to_owned();
    (text("pointer"), text("code"))
}

fn avatar(file_name: &str, content_type: &str, content: impl AsRef<[u8]>) -> FormBody {
    FormBody::default().file("file", file_name, content_type, content)
}

#[actix_web::test]
async fn a_file_and_texts_arrive_together() {
    let folder = Folder::new("forms");
    let app = app(&folder).await;
    let content = png();
    let form = FormBody::default()
        .text("caption", "naïve")
        .file("file", "Käse (1).PNG", "image/png", &content)
        .text("stars", "5")
        .text("mood", "happy");
    let response = form.send(app.post("/avatar")).await;
    let expected = json!({
        "name": "Käse (1).PNG", "type": "image/png", "size": content.len(), "sides": [7, 5],
        "caption": "naïve", "stars": 5, "mood": "Happy",
    });
    assert_eq!(seen(&response), (200, expected));
    let files = folder.files();
    assert_eq!(files.len(), 1, "{files:?}");
    assert!(files[0].starts_with("kept"), "{files:?}");
    assert_eq!(
        std::fs::read(folder.path().join(&files[0])).expect("it"),
        content
    );
}

#[actix_web::test]
async fn each_type_is_taken_as_what_it_is() {
    let folder = Folder::new("forms-types");
    let app = app(&folder).await;
    for (name, declared, format, kind) in [
        ("a.png", "image/png", ImageFormat::Png, "image/png"),
        ("a.jpg", "image/jpeg", ImageFormat::Jpeg, "image/jpeg"),
        ("a.jpeg", "image/jpg", ImageFormat::Jpeg, "image/jpeg"),
        ("a.b.JPG", "Image/JPEG", ImageFormat::Jpeg, "image/jpeg"),
        ("a.webp", "image/webp", ImageFormat::WebP, "image/webp"),
        ("a.gif", "image/gif", ImageFormat::Gif, "image/gif"),
    ] {
        let form = avatar(name, declared, picture(20, 10, format));
        let response = form.send(app.post("/avatar")).await;
        assert_eq!(response.status(), 200, "{name}: {}", response.text());
        let told = response.json();
        assert_eq!(
            (&told["type"], &told["sides"]),
            (&json!(kind), &json!([20, 10]))
        );
    }
    for (name, declared, content, kind) in [
        ("a.txt", "text/plain", "hello", "text/plain"),
        ("a.txt", "text/plain; charset=utf-8", "grüß", "text/plain"),
        ("a.csv", "text/csv", "a,b\r\n1,2\r\n", "text/csv"),
        ("a.csv", "application/vnd.ms-excel", "a,b", "text/csv"),
        (
            "a.pdf",
            "application/pdf",
            "%PDF-1.4\nstartxref\n0\n%%EOF",
            "application/pdf",
        ),
    ] {
        let form = FormBody::default()
            .file("thePaper", name, declared, content)
            .file("pictures", "a.png", "image/png", png());
        let response = form.send(app.post("/papers")).await;
        assert_eq!(response.status(), 200, "{name}: {}", response.text());
        assert_eq!(response.json()["paper"]["type"], kind);
    }
}

#[actix_web::test]
async fn name_declared_type_and_content_agree() {
    let folder = Folder::new("forms-agree");
    let app = app(&folder).await;
    let png = &png()[..];
    let jpeg = &picture(7, 5, ImageFormat::Jpeg)[..];
    let page = &b"<!doctype html><script>alert(1)</script>"[..];
    for (name, declared, content, code) in [
        // The type is none that is listed.
        (
            "a.svg",
            "image/svg+xml",
            &b"<svg onload=\"alert(1)\"/>"[..],
            "media_type",
        ),
        ("a.html", "text/html", page, "media_type"),
        ("a.txt", "text/plain", b"hello", "media_type"),
        ("a.png", "application/octet-stream", png, "media_type"),
        ("a.png", "image/*", png, "media_type"),
        ("a.png", "image/png, text/html", png, "media_type"),
        ("a.png", "", png, "media_type"),
        // The name says another.
        ("a.jpg", "image/png", png, "file_name"),
        ("a.html", "image/png", png, "file_name"),
        ("a.png.php", "image/png", png, "file_name"),
        ("a.png.", "image/jpeg", png, "file_name"),
        ("a.png::$DATA", "image/png", png, "file_name"),
        ("a\u{202e}gnp.exe", "image/png", png, "file_name"),
        ("png", "image/png", png, "file_name"),
        (".png", "image/png", png, "file_name"),
        ("a", "image/png", png, "file_name"),
        ("..", "image/png", png, "file_name"),
        ("/", "image/png", png, "file_name"),
        // The content is another.
        ("a.jpg", "image/jpeg", png, "content"),
        ("a.png", "image/png", jpeg, "content"),
        ("a.png", "image/png", page, "content"),
        ("a.gif", "image/gif", b"GIF8", "content"),
        (
            "a.gif",
            "image/gif",
            b"GIF89a<script>alert(1)</script>",
            "content",
        ),
        ("a.png", "image/png", &png[..png.len() - 1], "content"),
        ("a.png", "image/png", &[png, b"<?php"].concat(), "content"),
        ("a.png", "image/png", b"MZ\x90\0", "content"),
        ("a.png", "image/png", b"", "empty"),
    ] {
        let response = avatar(name, declared, content)
            .send(app.post("/avatar"))
            .await;
        let expected = ("#/file".to_owned(), code.to_owned());
        assert_eq!(wrong(&response), expected, "{name} {declared}");
        assert_eq!(folder.files().len(), 0, "{name} {declared}");
    }
    // Nothing that was sent is repeated.
    let secret = avatar("hunter2.png", "image/hunter2", "hunter2");
    let response = secret.send(app.post("/avatar")).await;
    assert!(!response.text().contains("hunter2"), "{}", response.text());
}

#[actix_web::test]
async fn a_flood_of_pixels_is_refused() {
    let folder = Folder::new("forms-pixels");
    let app = app(&folder).await;
    for (width, height, status) in [
        (200, 50, 200),
        (100, 100, 200),
        (201, 1, 422),
        (1, 201, 422),
        (101, 100, 422),
    ] {
        let form = avatar(
            "a.png",
            "image/png",
            picture(width, height, ImageFormat::Png),
        );
        let response = form.send(app.post("/avatar")).await;
        assert_eq!(
            response.status(),
            status,
            "{width}x{height}: {}",
            response.text()
        );
        if status == 422 {
            assert_eq!(wrong(&response), ("#/file".into(), "dimensions".into()));
        }
    }
    // A small file that says that it is large.
    let mut lies = png();
    lies[16..24].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
    let response = avatar("a.png", "image/png", lies)
        .send(app.post("/avatar"))
        .await;
    assert_eq!(wrong(&response).1, "dimensions");
}

#[actix_web::test]
async fn a_file_is_no_larger_than_its_field_says() {
    let folder = Folder::new("forms-size");
    let app = app(&folder).await;
    // A chunk that nobody reads makes a picture of any size.
    let sized = |size: usize| {
        let picture = png();
        let (before, after) = picture.split_at(picture.len() - 12);
        let mut chunk = vec![b'x'; size - picture.len() - 12];
        let length = (chunk.len() as u32).to_be_bytes();
        chunk.splice(0..0, [&length[..], b"prVt"].concat());
        let mut sum = image_crc(&chunk[4..]).to_be_bytes().to_vec();
        chunk.append(&mut sum);
        [before, &chunk, after].concat()
    };
    for (size, status) in [
        (4096, 200),
        (4095, 200),
        (4097, 413),
        (5000, 413),
        (60_000, 413),
    ] {
        let content = sized(size);
        assert_eq!(content.len(), size);
        let form = avatar("a.png", "image/png", content);
        let response = form.send(app.post("/avatar")).await;
        assert_eq!(response.status(), status, "{size}: {}", response.text());
        if status == 413 {
            let detail = "`file` is larger than 4096 bytes";
            let mut expected = problem_with(413, "Payload Too Large", detail);
            let error = json!({
                "pointer": "#/file",
                "code": "too_large",
                "detail": "must have at most 4096 bytes",
            });
            expected["errors"] = json!([error]);
            assert_eq!(seen(&response).1, expected);
        }
    }
    // More than all of it may weigh is refused by what it says of itself, before it is read.
    let form = avatar("a.png", "image/png", vec![b'x'; 1_000_000]);
    let response = form
        .send(app.post("/avatar").header("content-length", "1000300"))
        .await;
    assert_eq!(response.status(), 413);
    let kept = folder.files();
    assert_eq!(kept.len(), 2, "{kept:?}");
}

/// The checksum of PNG (CRC-32).
fn image_crc(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = match crc & 1 {
                1 => crc >> 1 ^ 0xedb8_8320,
                _ => crc >> 1,
            };
        }
    }
    !crc
}

#[actix_web::test]
async fn a_field_takes_as_many_files_as_it_says() {
    let folder = Folder::new("forms-many");
    let app = app(&folder).await;
    let pictures = |count: usize| {
        (0..count).fold(FormBody::default(), |form, number| {
            form.file("pictures", &format!("{number}.png"), "image/png", png())
        })
    };
    for count in 1..=3 {
        let response = pictures(count).send(app.post("/papers")).await;
        assert_eq!(response.status(), 200, "{}", response.text());
        let told = response.json();
        let names: Vec<_> = told["pictures"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|it| &it["name"])
            .collect();
        let expected: Vec<_> = (0..count)
            .map(|number| json!(format!("{number}.png")))
            .collect();
        assert!(names.into_iter().eq(&expected), "{told}");
        assert_eq!(told["paper"], Value::Null);
    }
    for count in [0, 4, 5] {
        let response = pictures(count).send(app.post("/papers")).await;
        assert_eq!(wrong(&response), ("#/pictures".into(), "length".into()));
    }
    let twice = avatar("a.png", "image/png", png()).file("file", "b.png", "image/png", png());
    let response = twice.send(app.post("/avatar")).await;
    assert_eq!(
        wrong(&response),
        ("#/file".into(), "duplicate_field".into())
    );
    // None was kept, so none is there.
    assert_eq!(folder.files().len(), 0);
}

#[actix_web::test]
async fn no_file_chosen_is_no_file() {
    let folder = Folder::new("forms-none");
    let app = app(&folder).await;
    let response = avatar("", "application/octet-stream", "")
        .send(app.post("/avatar"))
        .await;
    assert_eq!(wrong(&response), ("#/file".into(), "missing_field".into()));
    let response = FormBody::default()
        .text("caption", "x")
        .send(app.post("/avatar"))
        .await;
    assert_eq!(wrong(&response), ("#/file".into(), "missing_field".into()));
    let response = avatar("", "image/png", png())
        .send(app.post("/avatar"))
        .await;
    assert_eq!(wrong(&response), ("#/file".into(), "file_name".into()));
    let form = FormBody::default()
        .file("thePaper", "", "application/octet-stream", "")
        .file("pictures", "a.png", "image/png", png())
        .file("pictures", "", "application/octet-stream", "");
    let response = form.send(app.post("/papers")).await;
    assert_eq!(response.status(), 200, "{}", response.text());
    assert_eq!(response.json()["paper"], Value::Null);
    assert_eq!(
        response.json()["pictures"].as_array().map(Vec::len),
        Some(1)
    );
}

#[actix_web::test]
async fn texts_have_their_rules_and_their_places() {
    let folder = Folder::new("forms-texts");
    let app = app(&folder).await;
    let file = || avatar("a.png", "image/png", png());
    for (form, place, code) in [
        (
            file().text("caption", "x".repeat(11)),
            "#/caption",
            "length",
        ),
        (file().text("caption", "a\0b"), "#/caption", "nul"),
        (file().text("stars", "6"), "#/stars", "range"),
        (file().text("stars", "300"), "#/stars", "type"),
        (file().text("stars", "many"), "#/stars", "type"),
        (file().text("mood", "Happy"), "#/mood", "unknown_variant"),
        (
            file().text("caption", "a").text("caption", "b"),
            "#/caption",
            "duplicate_field",
        ),
        (file().text("admin", "true"), "#/admin", "unknown_field"),
        (file().text("CAPTION", "true"), "#/CAPTION", "unknown_field"),
        (
            file().file("admin", "a.png", "image/png", png()),
            "#/admin",
            "unknown_field",
        ),
        (
            file().file("caption", "a.txt", "text/plain", "hello"),
            "#/caption",
            "type",
        ),
        (FormBody::default().text("file", "0"), "#/file", "type"),
        (FormBody::default().text("file", ""), "#/file", "type"),
        (
            file().part(
                &[
                    "Content-Disposition: form-data; name=caption",
                    "Content-Type: text/html",
                ],
                "x",
            ),
            "#/caption",
            "type",
        ),
        (
            file().part(
                &[
                    "Content-Disposition: form-data; name=caption",
                    "Content-Type: text/plain; charset=utf-7",
                ],
                "x",
            ),
            "#/caption",
            "type",
        ),
    ] {
        let response = form.send(app.post("/avatar")).await;
        assert_eq!(wrong(&response), (place.to_owned(), code.to_owned()));
        assert_eq!(folder.files().len(), 0);
    }
    let form = file()
        .part(
            &[
                "Content-Disposition: form-data; name=caption",
                "Content-Type: text/plain; charset=UTF-8",
            ],
            "x",
        )
        .text("mood", "tired");
    assert_eq!(form.send(app.post("/avatar")).await.json()["caption"], "x");
    // What the input ignores is ignored, a file too.
    let form = FormBody::default()
        .text("more", "x")
        .file("other", "a.exe", "application/x-msdownload", "MZ")
        .file("pictures", "a.png", "image/png", png());
    let response = form.send(app.post("/papers")).await;
    assert_eq!(response.status(), 200, "{}", response.text());
}

#[actix_web::test]
async fn a_form_with_files_needs_a_folder() {
    let refused = TestApp::try_with(|settings| settings, list, |_| {}).await;
    let error = refused.expect_err("no folder").to_string();
    assert!(error.contains(".uploads(…)"), "{error}");
}

#[actix_web::test]
async fn the_policy_tells_of_the_files() {
    let folder = Folder::new("forms-report");
    let app = app(&folder).await;
    let report = app.security().report().to_string();
    assert!(report.contains("multipart"), "{report}");
}
