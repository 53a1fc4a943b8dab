//! What a newcomer reads at the first start, and pastes.

use std::process::Command;

use crate::{
    Server,
    server::{binary, run},
};

#[actix_rt::test]
async fn what_there_is_to_paste_works() {
    let server = Server::start();
    let greeting = server.greeting("/auth/logout").await;
    let pasted: String = greeting
        .lines()
        .filter_map(|line| line.strip_prefix("   "))
        .map(|line| format!("{line}\n"))
        .collect();
    assert!(pasted.contains("cargo run -q -p accounts --"));
    let binary = binary().display().to_string();
    let pasted = pasted.replace("cargo run -q -p accounts --", &binary);

    let output = run(Command::new("bash")
        .args(["-euc", &pasted])
        .current_dir(&server.folder));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(output.status.success(), "{text}");
    let done = text.matches("HTTP/1.1 204 No Content").count();
    assert_eq!(done, 2, "{text}");
    for says in [
        "admin@example.com is an admin now",
        "a mail with a link is on its way",
        "HTTP/1.1 200 OK",
        "HTTP/1.1 201 Created",
        "\"email\":\"ada@example.com\"",
    ] {
        assert!(text.contains(says), "`{says}` is missing: {text}");
    }
}
