//! Signing in and out, as a browser sees it (G1, G2, F6).

use serde_json::{Value, json};

use crate::{
    Accounts, Browser,
    accounts::{ORIGIN, PASSWORD},
};

const SESSION: &str = "__Host-session";

/// A service, and the browsers of a test.
async fn open<const N: usize>() -> Option<(Accounts, [Browser; N])> {
    if !Browser::is_there() {
        return None;
    }
    let accounts = Accounts::start();
    let mut browsers = Vec::new();
    for _ in 0..N {
        browsers.push(Browser::open(&[("app.test", accounts.address)]).await?);
    }
    Some((accounts, browsers.try_into().ok()?))
}

async fn session(browser: &Browser) -> Option<Value> {
    let cookies = browser.cookies(ORIGIN).await;
    cookies.into_iter().find(|cookie| cookie["name"] == SESSION)
}

#[actix_web::test]
async fn from_a_mail_to_a_session_and_out_of_it() {
    let Some((accounts, [browser])) = open().await else {
        return;
    };
    browser.open_page("/register").await;
    let fields = [("email", "ada@example.com"), ("username", "Ada")];
    browser.fill(&fields).await;
    browser.press("form[action='/register'] button").await;
    let link = accounts
        .mailed_link("ada@example.com", "/verify?token=")
        .await;
    browser.visit(&link).await;
    browser.fill(&[("password", PASSWORD)]).await;
    browser
        .press("form[action='/verify'] button[type=submit]")
        .await;
    browser.arrive("/login").await;
    assert!(session(&browser).await.is_none());

    browser.sign_in("ada@example.com").await;
    let cookies = browser.cookies(ORIGIN).await;
    assert!(
        cookies.iter().any(|cookie| cookie["name"] == SESSION),
        "{cookies:?}"
    );
    for cookie in &cookies {
        let name = cookie["name"].as_str().expect("a name");
        assert!(name.starts_with("__Host-"), "{cookie}");
        for (attribute, value) in [
            ("httpOnly", json!(true)),
            ("secure", json!(true)),
            ("path", json!("/")),
            // Without a dot: for this host and none below it.
            ("domain", json!("app.test")),
        ] {
            assert_eq!(cookie[attribute], value, "{attribute} of {cookie}");
        }
        let same_site = cookie["sameSite"].as_str().unwrap_or_default();
        assert!(["Lax", "Strict"].contains(&same_site), "{cookie}");
    }
    assert_eq!(browser.value("document.cookie").await, json!(""));
    assert_eq!(browser.complaints().await, [""; 0]);

    // A cookie that somebody copied is worth nothing once its owner has signed out.
    let stolen = session(&browser).await.expect("a session");
    browser.sign_out().await;
    assert!(!browser.is_signed_in().await);
    assert!(session(&browser).await.is_none());
    let cookie = json!({
        "url": ORIGIN, "name": SESSION, "value": stolen["value"], "secure": true, "path": "/",
    });
    let set = browser.devtools("Network.setCookie", cookie).await;
    assert_eq!(set["success"], json!(true));
    browser.open_page("/settings").await;
    browser.arrive("/login").await;
    assert!(session(&browser).await.is_none(), "it is taken away again");
    browser.close().await;
}

#[actix_web::test]
async fn after_signing_in_one_is_where_one_wanted_to_be() {
    let Some((accounts, [browser])) = open().await else {
        return;
    };
    accounts.create_admin("ada@example.com");
    browser.open_page("/settings/sessions").await;
    browser.arrive("/login").await;
    let fields = [("email", "ada@example.com"), ("password", "wrong")];
    browser.fill(&fields).await;
    browser.press("main form button[type=submit]").await;
    browser
        .wait_until("document.querySelector('[role=alert]')")
        .await;
    assert!(session(&browser).await.is_none());
    browser.fill(&[("password", PASSWORD)]).await;
    browser.press("main form button[type=submit]").await;
    browser.arrive("/settings/sessions").await;

    // Not elsewhere.
    browser.sign_out().await;
    for next in ["https://evil.test/", "//evil.test/", "/\\evil.test"] {
        let escaped: String = next.bytes().map(|byte| format!("%{byte:02x}")).collect();
        browser.open_page(&format!("/login?next={escaped}")).await;
        let leads = "document.querySelector('main form')?.action ?? location.href";
        let leads = browser.value(leads).await;
        let leads = leads.as_str().expect("an address");
        assert!(
            leads.starts_with(ORIGIN) && !leads.contains("evil"),
            "{next}: {leads}"
        );
    }
    browser.close().await;
}

#[actix_web::test]
async fn signing_out_ends_the_other_tab() {
    let Some((accounts, [browser])) = open().await else {
        return;
    };
    accounts.create_admin("ada@example.com");
    browser.sign_in("ada@example.com").await;
    browser.open_page("/write").await;
    let writing = browser.window().await.expect("a tab");
    browser
        .fill(&[("title", "Lost"), ("body_html", "Never sent.")])
        .await;

    let other = browser.new_tab().await.expect("a tab");
    browser.switch_to_window(other).await.expect("a tab");
    browser.open_page("/").await;
    assert!(browser.is_signed_in().await);
    browser.sign_out().await;

    browser.switch_to_window(writing).await.expect("a tab");
    browser
        .press("form[action='/write'] button[type=submit]")
        .await;
    browser
        .wait_until("!document.querySelector('[name=title]')")
        .await;
    assert!(!browser.is_signed_in().await);
    browser.open_page("/settings").await;
    browser.arrive("/login").await;
    browser.open_page("/").await;
    let text = browser.value("document.body.innerText").await;
    assert!(!text.as_str().expect("a text").contains("Lost"), "{text}");
    browser.close().await;
}

#[actix_web::test]
async fn one_browser_ends_the_session_of_another() {
    let Some((accounts, [here, there])) = open().await else {
        return;
    };
    accounts.create_admin("ada@example.com");
    for browser in [&here, &there] {
        browser.sign_in("ada@example.com").await;
    }
    here.open_page("/settings/sessions").await;
    let listed = "document.querySelectorAll('.cards > li').length";
    assert_eq!(here.value(listed).await, json!(2));
    let marked = "document.querySelectorAll('.cards .here').length";
    assert_eq!(here.value(marked).await, json!(1));
    there.open_page("/settings").await;
    there.arrive("/settings").await;

    here.press("form[action$='/end'] button").await;
    here.wait_until("document.querySelectorAll('.cards > li').length === 1")
        .await;
    there.open_page("/settings").await;
    there.arrive("/login").await;
    here.open_page("/settings").await;
    here.arrive("/settings").await;

    // And all others at once.
    there.sign_in("ada@example.com").await;
    here.open_page("/settings/sessions").await;
    assert_eq!(here.value(listed).await, json!(2));
    here.press("form[action$='/end-others'] button").await;
    here.wait_until("document.querySelectorAll('.cards > li').length === 1")
        .await;
    there.open_page("/settings").await;
    there.arrive("/login").await;
    assert_eq!(here.complaints().await, [""; 0]);
    here.close().await;
    there.close().await;
}
