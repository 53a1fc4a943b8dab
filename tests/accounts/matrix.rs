//! Every route as a whole.

use std::{fs, path::Path};

use reqwest::Method;
use serde_json::Value;

use crate::{
    Server,
    server::{command, fresh_folder},
};

#[test]
fn who_may_call_what() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/accounts/routes.txt");
    let found = routes(&[]);
    if std::env::var_os("SECURE_TEST_UPDATE").is_some() {
        fs::write(&golden, &found).expect("the golden");
    }
    let expected = fs::read_to_string(&golden).expect("the golden");
    assert_eq!(
        found,
        expected,
        "SECURE_TEST_UPDATE=1 writes {}",
        golden.display()
    );
    assert!(routes(&["--format", "markdown"]).starts_with("| method | path |"));
}

#[actix_rt::test]
async fn the_wrong_method_is_405() {
    let server = Server::start();
    let all = ["GET", "POST", "PUT", "PATCH", "DELETE"];
    let rows = rows();
    for row in &rows {
        let path = concrete(row);
        let known: Vec<_> = rows
            .iter()
            .filter(|other| other["path"] == row["path"])
            .filter_map(|other| other["method"].as_str())
            .collect();
        for method in all.iter().filter(|method| !known.contains(method)) {
            let answer = server
                .call(method.parse().expect("a method"), &path)
                .send()
                .await;
            assert_eq!(answer.status, 405, "{method} {path}");
            assert_eq!(answer.header("allow"), sorted(&known).join(", "));
        }
    }
}

#[actix_rt::test]
async fn who_is_not_signed_in_gets_no_further() {
    let server = Server::start();
    for row in rows().iter().filter(|row| row["access"] == "protected") {
        let method: Method = row["method"]
            .as_str()
            .expect("a method")
            .parse()
            .expect("one");
        let path = concrete(row);
        let answer = server
            .call(method.clone(), &path)
            .body("text/plain", "{")
            .send()
            .await;
        assert_eq!(answer.status, 401, "{method} {path}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

/// Each handler has to ask for the account: the token alone would let this caller everywhere.
#[actix_rt::test]
async fn whose_account_is_gone_gets_no_further_anywhere() {
    let server = Server::start();
    let admin = server.admin("admin@example.com").await;
    let gone = server.admin("gone@example.com").await;
    let id = server.id_of(&gone).await;
    let path = format!("/admin/users/{id}");
    let deleted = server.delete(&path).token(&admin).send().await;
    assert_eq!(deleted.status, 204);
    for row in rows().iter().filter(|row| row["access"] == "protected") {
        let method: Method = row["method"]
            .as_str()
            .expect("a method")
            .parse()
            .expect("one");
        let path = concrete(row);
        let call = server.call(method.clone(), &path).token(&gone);
        let answer = call.body("text/plain", "{").send().await;
        assert_eq!(answer.status, 401, "{method} {path}");
        assert!(
            answer
                .header("www-authenticate")
                .ends_with("error=\"invalid_token\"")
        );
    }
}

#[actix_rt::test]
async fn what_the_public_sees() {
    let server = Server::start();
    assert_eq!(server.get("/healthz").send().await.text, "ok");
    assert_eq!(server.get("/readyz").send().await.status, 200);
    let nothing = server.get("/nothing").send().await;
    assert_eq!(nothing.status, 404);
    assert_eq!(nothing.header("x-content-type-options"), "nosniff");
    assert!(!nothing.header("x-request-id").is_empty());
}

fn routes(arguments: &[&str]) -> String {
    let output = command(&fresh_folder())
        .arg("routes")
        .args(arguments)
        .output()
        .expect("routes");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn rows() -> Vec<Value> {
    let report: Value = serde_json::from_str(&routes(&["--format", "json"])).expect("JSON");
    report["routes"].as_array().expect("rows").clone()
}

fn concrete(row: &Value) -> String {
    let path = row["path"].as_str().expect("a path");
    path.replace("{id}", "01900000-0000-7000-8000-000000000000")
}

fn sorted<'a>(methods: &[&'a str]) -> Vec<&'a str> {
    let mut methods = methods.to_vec();
    methods.sort_unstable();
    methods
}
