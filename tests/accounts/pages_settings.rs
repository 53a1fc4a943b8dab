//! `/settings`

use crate::{PASSWORD, Server, html::Html, pages::link_in};

const NEW: &str = "a tangerine lighthouse in winter";

#[actix_rt::test]
async fn a_name_and_an_address() {
    let server = Server::start();
    let browser = server.browser_of("ada@example.com").await;
    let long = "x".repeat(51);
    let refused = browser
        .submit("/settings", "/settings", &[("username", &long)])
        .await;
    assert_eq!(refused.status, 422);
    assert_eq!(Html::of(&refused).errors(), ["username"]);
    let saved = browser
        .submit("/settings", "/settings", &[("username", "Ada L.")])
        .await;
    let page = browser.follow(&saved).await;
    assert!(page.all("a").any(|link| link.text == "Ada L., settings"));

    let path = "/settings/address";
    let wrong = [("email", "no address"), ("current_password", PASSWORD)];
    let refused = browser.submit(path, path, &wrong).await;
    assert_eq!(Html::of(&refused).errors(), ["email"]);
    let wrong = [("email", "ada@example.org"), ("current_password", "wrong")];
    let refused = browser.submit(path, path, &wrong).await;
    let page = Html::of(&refused);
    assert_eq!(
        page.error_at("current_password"),
        Some("Password is not your password.")
    );
    let right = [("current_password", PASSWORD)];
    let asked = browser.send_form(&page, path, &right).await;
    assert_eq!(
        asked.header("location"),
        "/settings/address?done=link-mailed"
    );
    browser.follow(&asked).await;
    let link = link_in(&server, "ada@example.org", "/confirm-email?token=").await;
    let confirmed = browser.submit(&link, "/confirm-email", &[]).await;
    assert_eq!(
        confirmed.header("location"),
        "/login?done=address-confirmed"
    );
    assert_eq!(
        server
            .browser()
            .sign_in("ada@example.org", PASSWORD)
            .await
            .status,
        303
    );
}

#[actix_rt::test]
async fn a_password() {
    let server = Server::start();
    let browser = server.browser_of("ada@example.com").await;
    let other = server.signed_in_browser("ada@example.com").await;
    let tokens = server.tokens("ada@example.com").await;
    let path = "/settings/password";
    for (current, new, at) in [
        ("wrong", NEW, "current_password"),
        (PASSWORD, "short", "new_password"),
    ] {
        let fields = [("current_password", current), ("new_password", new)];
        let refused = browser.submit(path, path, &fields).await;
        assert_eq!(refused.status, 422);
        assert_eq!(Html::of(&refused).errors(), [at]);
        assert!(!refused.text.contains(PASSWORD) && !refused.text.contains(NEW));
    }
    let fields = [("current_password", PASSWORD), ("new_password", NEW)];
    let changed = browser.submit(path, path, &fields).await;
    browser.follow(&changed).await;
    assert_eq!(other.get("/settings").await.status, 303);
    assert_eq!(server.status_of(&tokens.access).await, 401);
    assert_eq!(
        server
            .browser()
            .sign_in("ada@example.com", NEW)
            .await
            .status,
        303
    );
}

#[actix_rt::test]
async fn sessions_one_by_one_and_all() {
    let server = Server::start();
    let browser = server.browser_of("ada@example.com").await;
    let (second, third) = (
        server.signed_in_browser("ada@example.com").await,
        server.signed_in_browser("ada@example.com").await,
    );
    let tokens = server.tokens("ada@example.com").await;
    let path = "/settings/sessions";
    let page = browser.page(path).await;
    // Signing up has signed in with tokens, too.
    assert_eq!(
        page.all("strong")
            .filter(|name| name.text == "Firefox on Linux")
            .count(),
        3
    );
    assert_eq!(
        page.all("strong")
            .filter(|name| name.text.starts_with("A program"))
            .count(),
        2
    );
    assert_eq!(
        page.all("span")
            .filter(|tag| tag.text == "This one")
            .count(),
        1
    );
    let answer = server
        .get("/me/sessions")
        .token(&tokens.access)
        .send()
        .await;
    let listed = answer.json()["items"].as_array().expect("a list").clone();
    assert_eq!(listed.len(), 5);
    let agents = listed.iter().filter(|one| one["user_agent"].is_string());
    assert_eq!(agents.count(), 3);
    assert_eq!(
        listed.iter().filter(|one| one["current"] == true).count(),
        1
    );

    // No other page lists it as the present one, so its own has no button there.
    let own = |page: &Html| {
        page.forms()
            .iter()
            .map(|form| form.action.clone())
            .filter(|action| action.ends_with("/end"))
            .collect::<Vec<_>>()
    };
    let (mine, hers) = (own(&page), own(&second.page(path).await));
    assert_eq!((mine.len(), hers.len()), (4, 4));
    let of_second = mine
        .iter()
        .find(|action| !hers.contains(action))
        .expect("that of the second");
    let ended = browser.send_form(&page, of_second, &[]).await;
    browser.follow(&ended).await;
    assert_eq!(second.get("/settings").await.status, 303);
    third.page("/settings").await;

    // Nobody ends what is somebody else's.
    let eve = server.browser_of("eve@example.com").await;
    let mut page = eve.page(path).await;
    let of_first = hers
        .iter()
        .find(|action| !mine.contains(action))
        .expect("that of the first");
    page.retarget(of_first);
    assert_eq!(eve.send_form(&page, of_first, &[]).await.status, 404);

    let ended = browser
        .submit(path, "/settings/sessions/end-others", &[])
        .await;
    browser.follow(&ended).await;
    assert_eq!(third.get("/settings").await.status, 303);
    assert_eq!(server.status_of(&tokens.access).await, 401);
}

#[actix_rt::test]
async fn keys_are_shown_once() {
    let server = Server::start();
    let browser = server.browser_of("ada@example.com").await;
    let path = "/settings/keys";
    let refused = browser
        .submit(path, path, &[("name", ""), ("allowed_addresses", "")])
        .await;
    assert_eq!(Html::of(&refused).errors(), ["name"]);
    let fields = [
        ("name", "ci"),
        ("allowed_addresses", "127.0.0.0/8\r\nnowhere\r\n"),
    ];
    let refused = browser.submit(path, path, &fields).await;
    let page = Html::of(&refused);
    assert_eq!(page.errors(), ["allowed_addresses"]);
    let fields = [("allowed_addresses", "127.0.0.0/8\r\n"), ("lifetime", "30")];
    let made = browser.send_form(&page, path, &fields).await;
    assert_eq!(made.status, 200, "{made:?}");
    assert_eq!(made.header("cache-control"), "no-store");
    let key = shown(&Html::of(&made));
    assert!(key.starts_with("acct_"), "{key}");
    assert_eq!(use_key(&server, &key).await, 201);

    let page = browser.page(path).await;
    assert!(!browser.get(path).await.text.contains(&key));
    let action = |page: &Html, end: &str| {
        let forms = page.forms();
        let form = forms.into_iter().find(|form| form.action.ends_with(end));
        form.expect("a form").action
    };
    let rotated = browser
        .send_form(&page, &action(&page, "/rotate"), &[])
        .await;
    let newer = shown(&Html::of(&rotated));
    assert_ne!(newer, key);
    assert_eq!(use_key(&server, &newer).await, 201);
    let revoked = browser
        .send_form(&page, &action(&page, "/revoke"), &[])
        .await;
    let page = browser.follow(&revoked).await;
    assert!(
        page.elements
            .iter()
            .any(|one| one.text.contains("You have no key."))
    );
    assert_eq!(use_key(&server, &newer).await, 401);
}

/// The key that a page shows.
fn shown(page: &Html) -> String {
    let code = page
        .all("code")
        .find(|code| code.attribute("data-copy").is_some());
    code.expect("a key").text.clone()
}

async fn use_key(server: &Server, key: &str) -> u16 {
    let body = serde_json::json!({ "title": "By a program", "body_html": "" });
    let call = server.post("/articles").header("X-API-Key", key);
    call.json(&body).send().await.status.as_u16()
}
