//! What keeps the service from starting is one line, and a second start finds everything again.

use std::{fs, net::TcpListener, os::unix::fs::PermissionsExt as _, path::Path};

use crate::{
    Server,
    server::{command, fresh_folder, run},
};

#[actix_rt::test]
async fn a_second_start_on_the_same_data() {
    let mut server = Server::start();
    let token = server.sign_up("ada@example.com").await;
    let article = server.write(&token, "Notes", false).await;
    server.terminate();
    assert!(server.wait());

    for (path, mode) in [("data", 0o700), ("data/dev-keys", 0o600)] {
        let found = fs::metadata(server.folder.join(path)).expect("it is there");
        assert_eq!(found.permissions().mode() & 0o777, mode, "{path}");
    }

    // In development the keys are kept, so that nobody is signed out.
    server.restart(&[]);
    assert_eq!(server.get("/me").token(&token).send().await.status, 200);
    assert_eq!(
        server
            .get(&format!("/articles/{article}"))
            .send()
            .await
            .status,
        200
    );
}

#[test]
fn settings_that_are_wrong() {
    for (variable, value, says) in [
        ("PORT", "http", "`PORT`: `http` is not a port"),
        ("PORT", "65536", "`PORT`: `65536` is not a port"),
        ("HOST", "nowhere", "`HOST`: `nowhere` is not an IP address"),
        ("DATABASE_URL", "mysql://root:secret@db/x", "`DATABASE_URL`"),
        ("DATABASE_URL", "sqlite::memory:", "`DATABASE_URL`"),
        ("DATABASE_URL", "sqlite:./a.db?mode=odd", "a.db"),
        (
            "MAIL_URL",
            "smpt://post:secret@mail.example.com",
            "`MAIL_URL`",
        ),
        ("MAIL_URL", "/proc/outbox", "/proc/outbox"),
        (
            "SECURE_ISUER",
            "https://example.com",
            "did you mean `SECURE_ISSUER`?",
        ),
        ("SECURE_PROFILE", "prod", "`prod` is no profile"),
        ("SECURE_PROFILE", "production", "`SECURE_SECRET`"),
        ("SECURE_SECRET", "changeme", "`SECURE_SECRET`"),
        ("SECURE_BODY_LIMIT", "1 MB!", "`SECURE_BODY_LIMIT`"),
        ("SECURE_KEYS_FILE", "/nowhere", "`SECURE_KEYS_FILE`"),
        (
            "SECURE_ISSUER",
            "urn:accounts",
            "needs an issuer that is a URL",
        ),
        ("REDIS_URL", "redis://:secret@127.0.0.1:1", "`REDIS_URL`"),
        ("REDIS_URL", "http://root:secret@db", "`REDIS_URL`"),
    ] {
        let text = refusal(&fresh_folder(), &[(variable, value)]);
        assert!(text.contains(says), "{variable}={value}: {text}");
        assert!(!text.contains(":secret"), "{text}");
    }
}

#[actix_rt::test]
async fn production_with_all_that_it_needs() {
    let folder = fresh_folder();
    let mut variables = vec![
        ("SECURE_PROFILE", "production"),
        (
            "SECURE_SECRET",
            "q83vEjRWeJC6mHZUMhDerb7v/+7dzLuqmYh3ZlVEMyI=",
        ),
        ("SECURE_ISSUER", "https://auth.example.com"),
        ("SECURE_AUDIENCE", "https://api.example.com"),
    ];
    let text = refusal(&folder, &variables);
    assert!(text.contains("`SECURE_PUBLIC_ORIGIN`"), "{text}");

    variables.push(("SECURE_PUBLIC_ORIGIN", "https://accounts.example.com"));
    // Links do not lie about in a folder unless somebody says so.
    let text = refusal(&folder, &variables);
    assert!(text.contains("`MAIL_URL`"), "{text}");

    variables.push(("MAIL_URL", "./data/outbox"));
    // What is for development only is not read.
    fs::write(folder.join(".env"), "SECURE_PROFILE=development\nPORT=x\n").expect("a file");
    let server = Server::start_with(&folder, &variables);
    let answer = server.get("/healthz").send().await;
    assert!(
        answer
            .header("strict-transport-security")
            .starts_with("max-age=")
    );
    server.register("ada@example.com").await;
    let mail = server.mails("ada@example.com", 1).await.remove(0);
    assert!(
        mail.contains("\r\nhttps://accounts.example.com/verify?token="),
        "{mail}"
    );
    assert!(!folder.join("data/dev-keys").exists());
}

#[test]
fn a_port_in_use() {
    let other = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = other.local_addr().expect("its address").port().to_string();
    let text = refusal(&fresh_folder(), &[("PORT", &port)]);
    assert!(
        text.contains(&format!("cannot listen on 127.0.0.1:{port}")),
        "{text}"
    );
}

#[actix_rt::test]
async fn a_database_that_cannot_be_written() {
    let mut server = Server::start();
    server.terminate();
    assert!(server.wait());
    let folder = server.folder.clone();

    let text = refusal(
        &folder,
        &[("DATABASE_URL", "sqlite:./data/accounts.db?mode=ro")],
    );
    assert!(text.contains("readonly"), "{text}");

    fs::write(
        folder.join("data/odd.db"),
        "this is no database, whatever its name says",
    )
    .expect("a file");
    let text = refusal(&folder, &[("DATABASE_URL", "sqlite:./data/odd.db")]);
    assert!(text.contains("not a database"), "{text}");
}

#[test]
fn development_keys_that_are_none() {
    let folder = fresh_folder();
    fs::create_dir(folder.join("data")).expect("a folder");
    fs::write(folder.join("data/dev-keys"), "").expect("a file");
    let text = refusal(&folder, &[]);
    assert!(
        text.contains("data/dev-keys: the secret is empty"),
        "{text}"
    );
}

/// The line that a start in `folder` fails with.
fn refusal(folder: &Path, variables: &[(&str, &str)]) -> String {
    let output = run(command(folder).envs(variables.iter().copied()));
    let text = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.starts_with("accounts: "), "{text}");
    text
}
