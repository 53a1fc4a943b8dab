//! Forms with files that no browser sends: refused, or made harmless, and nothing is left of them (H5).

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpStream},
    time::{Duration, Instant},
};

use actix_web::{Responder, web::Json};
use secure_runtime::{
    prelude::*,
    test::{TestApp, TestResponse},
    upload::{Multipart, Upload, UploadSettings},
};
use serde_json::{Value, json};

use crate::support::{Complete, Folder, FormBody, Server, content_type, png, raw};

#[validated]
struct Form {
    #[upload(max = "4KiB", types = ["image/png", "text/plain"])]
    file: Upload,
    #[validate(length(max = 1000))]
    caption: Option<String>,
}

#[post("/form")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn take(form: Multipart<Form>) -> impl Responder {
    Json(json!([form.file.file_name(), form.caption]))
}

fn list(routes: &mut Routes) {
    routes.service(take);
}

async fn app(folder: &Folder) -> TestApp {
    let settings = UploadSettings::new(folder.path());
    TestApp::with(|builder| builder.uploads(settings), list, |_| {}).await
}

async fn server(folder: &Folder) -> Server {
    let settings = UploadSettings::new(folder.path());
    Server::start(1, |builder| builder.uploads(settings), list, |_| {}).await
}

fn form() -> FormBody {
    FormBody::default()
}

fn file() -> FormBody {
    form().file("file", "a.png", "image/png", png())
}

async fn sent(app: &TestApp, content_type: &str, body: impl Into<Vec<u8>>) -> TestResponse {
    let request = app.post("/form").body(content_type, body.into());
    request.send().await
}

#[actix_web::test]
async fn the_content_type_names_one_boundary() {
    let folder = Folder::new("hostile-types");
    let app = app(&folder).await;
    let long = "x".repeat(71);
    for (kind, status) in [
        ("multipart/form-data; boundary=b", 200),
        ("Multipart/Form-Data; Boundary=\"b\"", 200),
        ("multipart/form-data; charset=utf-8; boundary=b", 200),
        ("multipart/form-data", 400),
        ("multipart/form-data; boundary=", 400),
        ("multipart/form-data; boundary=\"\"", 400),
        ("multipart/form-data; boundary=b; boundary=b", 400),
        ("multipart/form-data; boundary=c; boundary=b", 400),
        ("multipart/form-data; boundary=c", 400),
        ("multipart/form-data; boundary=\"b", 400),
        (&format!("multipart/form-data; boundary={long}"), 400),
        ("multipart/mixed; boundary=b", 415),
        ("multipart/related; boundary=b", 415),
        ("multipart/form-data-x; boundary=b", 415),
        ("multipart/form-data, multipart/form-data; boundary=b", 415),
        ("application/x-www-form-urlencoded", 415),
        ("application/json", 415),
        ("image/png", 415),
        ("text/plain; x=multipart/form-data; boundary=b", 415),
        ("", 415),
    ] {
        let body = "--b\r\nContent-Disposition: form-data; name=file; filename=a.txt\r\n\
                    Content-Type: text/plain\r\n\r\nhello\r\n--b--\r\n";
        let response = sent(&app, kind, body).await;
        assert_eq!(response.status(), status, "{kind:?}: {}", response.text());
        assert_eq!(folder.files().len(), 0);
    }
    let nothing = app.post("/form").send().await;
    assert_eq!(nothing.status(), 400);
    let coded = app.post("/form").header("content-encoding", "gzip");
    assert_eq!(file().send(coded).await.status(), 415);
}

#[actix_web::test]
async fn a_body_that_cannot_be_read_is_refused() {
    let folder = Folder::new("hostile-bodies");
    let app = app(&folder).await;
    let disposition = "Content-Disposition: form-data; name=\"file\"; filename=\"a.png\"";
    let kind = "Content-Type: image/png";
    let whole = file().end();
    let part = |headers: &[&str]| form().part(headers, png()).end();
    let many: Vec<String> = (0..40).map(|number| format!("X-{number}: x")).collect();
    let many: Vec<&str> = many
        .iter()
        .map(String::as_str)
        .chain([disposition, kind])
        .collect();
    let long_header = format!("X: {}", "x".repeat(9000));
    let endless = format!("X: {}", "x".repeat(100_000));
    let long_name = format!("Content-Disposition: form-data; name={}", "x".repeat(300));
    for (name, body) in [
        ("nothing", Vec::new()),
        ("a line", b"hello\r\n".to_vec()),
        ("the first boundary alone", whole[..31].to_vec()),
        ("no end", file().without_end()),
        ("half an end", whole[..whole.len() - 4].to_vec()),
        ("cut in the file", whole[..whole.len() / 2].to_vec()),
        ("cut in the headers", whole[..60].to_vec()),
        ("another boundary", whole.iter().map(|byte| byte.to_ascii_uppercase()).collect()),
        ("line feeds alone", String::from_utf8_lossy(&whole).replace("\r\n", "\n").into_bytes()),
        ("an odd line behind the boundary", file().raw(b"------form7MA4YWxkTrZu0gWx\r\n").end()),
        ("no headers", part(&[])),
        ("no disposition", part(&[kind])),
        ("another disposition", part(&["Content-Disposition: attachment; name=file; filename=a.png", kind])),
        ("a disposition without a name", part(&["Content-Disposition: form-data; filename=a.png", kind])),
        ("two dispositions", part(&[disposition, disposition, kind])),
        ("two dispositions of two fields", part(&["Content-Disposition: form-data; name=caption", disposition, kind])),
        ("two types", part(&[disposition, kind, "Content-Type: text/html"])),
        ("two names", part(&["Content-Disposition: form-data; name=caption; name=file; filename=a.png", kind])),
        ("two file names", part(&["Content-Disposition: form-data; name=file; filename=a.png; filename=a.php", kind])),
        ("an extended file name alone", part(&["Content-Disposition: form-data; name=file; filename*=UTF-8''a.png", kind])),
        ("a name without an end", part(&["Content-Disposition: form-data; name=\"file; filename=a.png", kind])),
        ("a long name", part(&[&long_name, kind])),
        ("a length", part(&[disposition, kind, "Content-Length: 3"])),
        ("a length that is none", part(&[disposition, kind, "Content-Length: x"])),
        ("base64", part(&[disposition, kind, "Content-Transfer-Encoding: base64"])),
        ("quoted-printable", part(&[disposition, kind, "Content-Transfer-Encoding: quoted-printable"])),
        ("a form in a form", part(&["Content-Disposition: form-data; name=file", "Content-Type: multipart/mixed; boundary=c"])),
        ("forty headers", part(&many)),
        ("a header that is too long", part(&[&long_header, disposition, kind])),
        ("a header without a colon", part(&["X", disposition, kind])),
        ("a header with a NUL", part(&["X: a\0b", disposition, kind])),
        ("a folded header", part(&["Content-Disposition: form-data;\r\n name=file; filename=a.png", kind])),
        ("a name that is not UTF-8", form().raw(b"------form7MA4YWxkTrZu0gW\r\nContent-Disposition: form-data; name=\"f\xff\"\r\n\r\n\r\n").end()),
        ("a text that is not UTF-8", file().text("caption", b"caf\xe9").end()),
        ("an overlong text", file().text("caption", b"\xc0\xaf").end()),
        ("surrogates", file().text("caption", b"\xed\xa0\x80").end()),
        ("two hundred parts and more", (0..300).fold(form(), |form, _| form.text("caption", "x")).end()),
    ] {
        let response = sent(&app, &content_type(), body).await;
        assert_eq!(response.status(), 400, "{name}: {}", response.text());
        assert_eq!(folder.files().len(), 0, "{name}");
    }
    for (name, body) in [
        (
            "headers without an end",
            part(&[&endless, disposition, kind]),
        ),
        (
            "a long way to the first boundary",
            form().raw("x\r\n".repeat(200_000)).raw(&whole).end(),
        ),
        (
            "texts that are too large",
            (0..150)
                .fold(form(), |form, _| form.text("caption", "x".repeat(3000)))
                .end(),
        ),
    ] {
        let response = sent(&app, &content_type(), body).await;
        let status = response.status();
        assert!(status == 400 || status == 413, "{name}: {status}");
        assert_eq!(folder.files().len(), 0, "{name}");
    }
}

#[actix_web::test]
async fn what_is_odd_and_clear_is_read() {
    let folder = Folder::new("hostile-odd");
    let app = app(&folder).await;
    let content = b"\r\n----form\r\n--\r\n------form7MA4YWxkTrZu0g\r\n";
    let texts = [
        ("a text before the first boundary", form().raw("hello\r\n").raw(file().end()).end()),
        ("a text behind the last", [&file().end()[..], b"hello\r\n"].concat()),
        ("a file that holds what looks like a boundary", form().file("file", "a.png", "text/plain", content).end()),
        ("an extended file name beside the other", form().part(&["Content-Disposition: form-data; name=file; filename=a.png; filename*=UTF-8''b.php", "Content-Type: image/png"], png()).end()),
        ("names in other letters", form().part(&["content-disposition: Form-Data; NAME=\"file\"; FileName=a.png", "CONTENT-TYPE: image/png", "content-transfer-encoding: BINARY"], png()).end()),
    ];
    for (name, body) in texts {
        let response = sent(&app, &content_type(), body).await;
        match name.starts_with("a file that") {
            // The name says another type than the part.
            true => assert_eq!(response.status(), 422, "{name}"),
            false => assert_eq!(response.json()[0], "a.png", "{name}: {}", response.text()),
        }
    }
    let text = form().file("file", "a.txt", "text/plain", content).end();
    assert_eq!(sent(&app, &content_type(), text).await.json()[0], "a.txt");
}

#[actix_web::test]
async fn a_name_is_data_and_harmless() {
    let folder = Folder::new("hostile-names");
    let app = app(&folder).await;
    let long = format!("{}.png", "x".repeat(4096));
    for (name, shown) in [
        ("../../../etc/passwd.png", "passwd.png"),
        ("....//....//a.png", "a.png"),
        ("/a.png", "a.png"),
        ("C:\\\\fakepath\\\\a.png", "a.png"),
        ("..\\\\..\\\\a.png", "a.png"),
        ("%2e%2e%2fa.png", "_2e_2e_2fa.png"),
        ("CON.png", "_CON.png"),
        ("lpt1.png", "_lpt1.png"),
        (".htaccess.png", "htaccess.png"),
        ("a\u{202e}b.png", "ab.png"),
        ("a\u{200b}.png", "a.png"),
        ("a%0D%0ASet-Cookie: x=1.png", "aSet-Cookie_ x=1.png"),
        ("a%22; x=.png", "a__ x=.png"),
        ("-rf *.png", "-rf _.png"),
        ("${jndi:ldap://evil.example/a}.png", "a}.png"),
        ("'; DROP TABLE files;--.png", "'_ DROP TABLE files_--.png"),
        (
            "<img src=x onerror=alert(1)>.png",
            "_img src=x onerror=alert(1)_.png",
        ),
    ] {
        let response = form()
            .file("file", name, "image/png", png())
            .send(app.post("/form"))
            .await;
        assert_eq!(response.status(), 200, "{name}: {}", response.text());
        assert_eq!(response.json()[0], shown, "{name}");
    }
    let response = form()
        .file("file", &long, "image/png", png())
        .send(app.post("/form"))
        .await;
    let shown = response.json()[0].as_str().expect("a name").to_owned();
    assert!(shown.len() <= 255 && shown.ends_with("xxx.png"), "{shown}");
    for name in [
        "..",
        "/",
        "a\u{0}.png",
        "a.png\u{0}.php",
        ".png",
        "\u{202e}",
        " ",
    ] {
        let response = form()
            .file("file", name, "image/png", png())
            .send(app.post("/form"))
            .await;
        // A NUL in a header is nothing that can be read at all.
        let expected = if name.contains('\0') { 400 } else { 422 };
        assert_eq!(response.status(), expected, "{name:?}: {}", response.text());
    }
    let names: Vec<_> = folder.files();
    assert_eq!(names.len(), 0, "{names:?}");
}

fn head(more: &str) -> String {
    let kind = content_type();
    format!(
        "POST /form HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {kind}\r\n{more}\r\n"
    )
}

#[actix_web::test]
async fn a_body_without_an_end_is_cut_off() {
    let folder = Folder::new("hostile-endless");
    let server = server(&folder).await;
    let disposition = "Content-Disposition: form-data; name=\"file\"; filename=\"a.txt\"";
    let part = form()
        .part(&[disposition, "Content-Type: text/plain"], "")
        .without_end();
    // What the parts may weigh in all is announced, or not.
    for more in [
        "Content-Length: 100000000\r\n",
        "Content-Length: 99999999999999999999\r\n",
    ] {
        let answer = raw(server.address, head(more)).await;
        assert!(
            answer.contains(" 413 ") || answer.contains(" 400 "),
            "{answer}"
        );
    }
    let chunk = |bytes: &[u8]| {
        let size = format!("{:x}\r\n", bytes.len()).into_bytes();
        [&size[..], bytes, b"\r\n"].concat()
    };
    let mut request = head("Transfer-Encoding: chunked\r\n").into_bytes();
    request.extend(chunk(&part[..part.len() - 2]));
    for _ in 0..10 {
        request.extend(chunk(&[b'x'; 1000]));
    }
    let answer = raw(server.address, request).await;
    assert!(answer.contains(" 413 "), "{answer}");
    assert_eq!(folder.files().len(), 0);
    // Parts without an end, of which none is too large.
    let mut request = head("Transfer-Encoding: chunked\r\n").into_bytes();
    let texts = (0..300).fold(form(), |form, _| form.text("caption", "x"));
    request.extend(chunk(&texts.without_end()));
    let answer = raw(server.address, request).await;
    assert!(answer.contains(" 400 "), "{answer}");
}

#[actix_web::test]
async fn a_sender_that_goes_away_leaves_nothing() {
    let folder = Folder::new("hostile-gone");
    let server = server(&folder).await;
    let address = server.address;
    let content = png();
    let part = form()
        .file("file", "a.png", "image/png", &content)
        .without_end();
    let half = part[..part.len() - content.len() / 2].to_vec();
    let mut request = head("Content-Length: 4000\r\n").into_bytes();
    request.extend(half);
    let stream = actix_web::web::block(move || {
        let mut stream = TcpStream::connect(address).expect("a connection");
        stream.write_all(&request).expect("taken");
        stream
    });
    let stream = stream.await.expect("a thread");
    until("it is written", || folder.files().len() == 1).await;
    actix_web::web::block(move || {
        stream.shutdown(Shutdown::Write).expect("shut");
        let mut answer = Vec::new();
        // Whatever the server still says.
        drop((&stream).read_to_end(&mut answer));
    })
    .await
    .expect("a thread");
    until("it is gone", || folder.files().is_empty()).await;
}

#[actix_web::test]
async fn a_sender_that_waits_is_not_waited_for() {
    let folder = Folder::new("hostile-slow");
    let settings = UploadSettings::new(folder.path());
    let change = |builder: Complete| {
        builder
            .uploads(settings)
            .body_deadline(Duration::from_millis(200))
    };
    let server = Server::start(1, change, list, |_| {}).await;
    let whole = file().end();
    // In the headers of a part, in the file, and before anything.
    for length in [0, 70, whole.len() - 40] {
        let mut request = head("Content-Length: 4000\r\n").into_bytes();
        request.extend(&whole[..length]);
        let answer = raw(server.address, request).await;
        assert!(answer.contains(" 408 "), "{length}: {answer}");
        assert_eq!(folder.files().len(), 0, "{length}");
    }
}

/// Waits for what another thread does.
async fn until(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(20), "{what}");
        actix_rt::task::yield_now().await;
    }
}

#[actix_web::test]
async fn what_one_sends_is_nothing_to_another() {
    let folder = Folder::new("hostile-others");
    let app = app(&folder).await;
    let bad = form()
        .file("file", "a.png", "image/png", b"none".as_slice())
        .end();
    let (kind, good) = (content_type(), file().text("caption", "mine").end());
    let all = futures_util::future::join3(
        sent(&app, &kind, good.clone()),
        sent(&app, &kind, bad),
        sent(&app, &kind, good),
    );
    let (first, second, third) = all.await;
    assert_eq!(second.status(), 422);
    let expected: Value = json!(["a.png", "mine"]);
    assert_eq!((first.json(), third.json()), (expected.clone(), expected));
    assert_eq!(folder.files().len(), 0);
}
