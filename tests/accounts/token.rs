//! `/auth/token`, as OAuth clients speak to it.

use crate::Server;

const GRANT: &str =
    "grant_type=password&username=ada%40example.com&password=correct+horse+battery+staple";

#[actix_rt::test]
async fn the_password_grant() {
    let server = Server::start();
    server.sign_up("ada@example.com").await;

    let answer = server.post("/auth/token").form(GRANT).send().await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.json()["token_type"], "bearer");
    assert_eq!(answer.header("cache-control"), "no-store");

    // A narrower token is narrower.
    let narrow = format!("{GRANT}&scope=profile:read");
    let answer = server.post("/auth/token").form(&narrow).send().await;
    assert_eq!(answer.json()["scope"], "profile:read");
    let token = answer.json()["access_token"]
        .as_str()
        .expect("a token")
        .to_owned();
    assert_eq!(server.get("/me").token(&token).send().await.status, 200);
    let refused = server
        .post("/articles")
        .token(&token)
        .json(&"".into())
        .send()
        .await;
    assert_eq!(refused.status, 403);
    assert_eq!(
        refused.header("www-authenticate"),
        "Bearer realm=\"api\", error=\"insufficient_scope\", scope=\"articles:write\""
    );

    let errors = [
        (format!("{GRANT}&scope=admin:users"), "invalid_scope"),
        (format!("{GRANT}&scope=nonsense"), "invalid_scope"),
        (format!("{GRANT}&password=again"), "invalid_request"),
        (GRANT.replace("staple", "stable"), "invalid_grant"),
        (GRANT.replace("ada", "nobody"), "invalid_grant"),
        (
            GRANT.replace("=password&", "=authorization_code&"),
            "unsupported_grant_type",
        ),
    ];
    for (form, error) in errors {
        let answer = server.post("/auth/token").form(&form).send().await;
        assert_eq!(answer.status, 400, "{form}");
        assert_eq!(answer.text, format!("{{\"error\":\"{error}\"}}"), "{form}");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

#[actix_rt::test]
async fn requests_that_are_none() {
    let server = Server::start();
    let forms = [
        "",
        "grant_type=password",
        "grant_type=password&username=a",
        "username=a&password=b",
        &format!(
            "grant_type=password&username=a&password={}",
            "b".repeat(1025)
        ),
        &format!(
            "grant_type=password&username={}&password=b",
            "a".repeat(9000)
        ),
        "grant_type=password&username=%ff&password=b",
    ];
    for form in forms {
        let answer = server.post("/auth/token").form(form).send().await;
        assert_eq!(answer.status, 400, "{form}");
        let error = answer.json()["error"].clone();
        // Bytes that are no text are a name that nobody has.
        assert!(
            error == "invalid_request" || error == "invalid_grant",
            "{form}: {error}"
        );
    }
    let answer = server
        .post("/auth/token")
        .body("application/json", "{}")
        .send()
        .await;
    assert_eq!(answer.text, "{\"error\":\"invalid_request\"}");
}
