//! Redis over TLS: a certificate that the machine trusts, and one that it does not.

use std::{
    env,
    path::Path,
    process::{Command, Stdio},
};

use secure_runtime::store::{RedisStore, StoreError};

use crate::{
    patience::assert_works,
    services::{Folder, Redis, find_program},
};

/// Where the child process finds its server.
const ADDRESS: &str = "STORES_TLS_ADDRESS";

/// Makes a certificate for `localhost` that nobody has signed but itself.
fn certificate(openssl: &Path, folder: &Folder) {
    let made = Command::new(openssl)
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes"])
        .args(["-keyout", "key.pem", "-out", "certificate.pem"])
        .args(["-days", "2", "-subj", "/CN=localhost"])
        .args(["-addext", "subjectAltName=DNS:localhost"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .current_dir(folder.path())
        .stderr(Stdio::null())
        .status();
    assert!(made.expect("openssl").success());
}

#[tokio::test]
async fn a_certificate_is_trusted_only_if_the_machine_trusts_it() {
    let Some(openssl) = find_program("openssl", "openssl") else {
        return;
    };
    let folder = Folder::new("tls");
    certificate(&openssl, &folder);
    let file = folder.path().join("certificate.pem");
    let server = Redis::start_with_tls(&file, &folder.path().join("key.pem"));
    let Some((_server, port)) = server else {
        return;
    };
    let url = format!("rediss://localhost:{port}");
    let error = RedisStore::connect(&url).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    // No part of the address turns the check off.
    let insecure = format!("{url}/#insecure");
    assert!(RedisStore::connect(&insecure).await.is_err());
    // The certificates are read from a variable, and a process cannot change its own.
    let trusting = Command::new(env::current_exe().unwrap())
        .args(["--exact", "tls::in_a_process_that_trusts_it", "--ignored"])
        .env("SSL_CERT_FILE", &file)
        .env(ADDRESS, &url)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&trusting.stdout);
    assert!(trusting.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
}

#[tokio::test]
#[ignore = "the child process of the test above"]
async fn in_a_process_that_trusts_it() {
    let url = env::var(ADDRESS).expect("the test above starts it");
    let store = RedisStore::connect(&url).await.expect("a trusted server");
    assert_works(&store).await;
}

#[tokio::test]
async fn a_server_without_tls_is_no_server_with_it() {
    let Some(server) = Redis::shared() else {
        return;
    };
    let url = server.url().replace("redis://", "rediss://");
    let error = RedisStore::connect(&url).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
}
