//! Pages of other sites that act in the name of whoever looks at them (G3).

use serde_json::json;

use crate::{
    Accounts, Browser, Site,
    accounts::{ORIGIN, PASSWORD},
};

/// Forms that send themselves, each to what would harm.
const ATTACKS: &[(&str, &str)] = &[
    (
        "/write",
        "<form method=post action=https://app.test/write>
         <input name=title value=Forged><input name=body_html value=forged></form>
         <script>document.forms[0].submit()</script>",
    ),
    (
        "/write-with-a-guess",
        "<form method=post action=https://app.test/write>
         <input name=csrf_token value=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA>
         <input name=title value=Forged><input name=body_html value=forged></form>
         <script>document.forms[0].submit()</script>",
    ),
    (
        "/as-text",
        "<form method=post enctype=text/plain action=https://app.test/articles>
         <input name='{\"title\":\"Forged\",\"body_html\":\"' value='\"}'></form>
         <script>document.forms[0].submit()</script>",
    ),
    (
        "/logout",
        "<form method=post action=https://app.test/logout></form>
         <script>document.forms[0].submit()</script>",
    ),
    (
        "/end-others",
        "<form method=post action=https://app.test/settings/sessions/end-others></form>
         <script>document.forms[0].submit()</script>",
    ),
    (
        "/without-a-referrer",
        "<meta name=referrer content=no-referrer>
         <form method=post action=https://app.test/logout></form>
         <script>document.forms[0].submit()</script>",
    ),
    (
        "/login",
        "<form method=post action=https://app.test/login>
         <input name=email value=mallory@example.com>
         <input name=password value='correct horse battery staple'></form>
         <script>document.forms[0].submit()</script>",
    ),
    ("/fetch", "<!doctype html><title>fetches</title>"),
];

/// Those whose answer may change whom the browser is signed in as.
const SIGNS: [&str; 3] = ["/login", "/logout", "/without-a-referrer"];

/// Another site, and another host of the same site: to that one the browser sends the cookies too.
const OTHERS: [&str; 2] = ["https://evil.test", "https://evil.app.test"];

struct Setting {
    accounts: Accounts,
    browser: Browser,
    _evil: Site,
}

async fn setting() -> Option<Setting> {
    if !Browser::is_there() {
        return None;
    }
    let accounts = Accounts::start();
    let evil = Site::pages(ATTACKS);
    let sites = [
        ("app.test", accounts.address),
        ("evil.test", evil.address),
        ("evil.app.test", evil.address),
    ];
    let browser = Browser::open(&sites).await?;
    for email in ["ada@example.com", "mallory@example.com"] {
        accounts.create_admin(email);
    }
    Some(Setting {
        accounts,
        browser,
        _evil: evil,
    })
}

#[actix_web::test]
async fn a_page_of_another_site_changes_nothing() {
    let Some(setting) = setting().await else {
        return;
    };
    let browser = &setting.browser;
    browser.sign_in("ada@example.com").await;
    let name = who(browser).await;
    for origin in OTHERS {
        for (path, _) in ATTACKS.iter().filter(|(path, _)| *path != "/fetch") {
            browser.visit(&format!("{origin}{path}")).await;
            browser
                .wait_until(&format!(
                    "location.origin === {ORIGIN:?} && document.readyState === 'complete'"
                ))
                .await;
            let status = browser.status().await;
            // To another site the cookie does not come along, so nobody calls; who may be signed in or
            // out by the answer is asked all the same.
            let nobody = origin == OTHERS[0] && !SIGNS[..].contains(path);
            let expected = if nobody { 401 } else { 403 };
            assert_eq!(status, expected, "{origin}{path}");
            // It came from nobody's page, and the way on is the reader's own.
            browser.open_page("/settings").await;
            browser.arrive("/settings").await;
            assert_eq!(who(browser).await, name, "{origin}{path}");
        }
        browser.visit(&format!("{origin}/fetch")).await;
        for (path, kind) in [
            ("/write", "application/x-www-form-urlencoded"),
            ("/articles", "text/plain"),
            ("/articles", "application/json"),
            ("/logout", "text/plain"),
        ] {
            for mode in ["no-cors", "cors"] {
                let options = json!({
                    "method": "POST", "mode": mode, "credentials": "include",
                    "headers": {"Content-Type": kind},
                    "body": match kind {
                        "application/json" | "text/plain" =>
                            "{\"title\":\"Forged\",\"body_html\":\"forged\"}",
                        _ => "title=Forged&body_html=forged",
                    },
                });
                let answer = browser.fetch(&format!("{ORIGIN}{path}"), &options).await;
                let unread = answer == json!("TypeError") || answer == json!([0, ""]);
                assert!(unread, "{origin} {path} {kind} {mode}: {answer}");
            }
        }
        browser.open_page("/").await;
        assert!(browser.is_signed_in().await, "{origin}");
        let text = browser.value("document.body.innerText").await;
        assert!(
            !text.as_str().expect("a text").contains("Forged"),
            "{origin}: {text}"
        );
    }
    // The same form from the site's own page does what it says.
    browser.complaints().await;
    browser.open_page("/write").await;
    let markup = "<script>window.stolen = true</script>";
    browser
        .fill(&[("title", markup), ("body_html", "Mine.")])
        .await;
    browser
        .press("form[action='/write'] button[type=submit]")
        .await;
    browser
        .wait_until("location.pathname.endsWith('/read')")
        .await;
    assert_eq!(browser.value("window.stolen").await, json!(null));
    let heading = browser
        .value("document.querySelector('h1').innerText")
        .await;
    assert_eq!(heading, json!(markup));
    assert_eq!(browser.complaints().await, [""; 0]);
    setting.browser.close().await;
}

/// Nobody is signed in to an account that is not theirs, to write into it what is theirs.
#[actix_web::test]
async fn a_page_of_another_site_signs_nobody_in() {
    let Some(setting) = setting().await else {
        return;
    };
    let browser = &setting.browser;
    for origin in OTHERS {
        browser.visit(&format!("{origin}/login")).await;
        browser
            .wait_until(&format!(
                "location.origin === {ORIGIN:?} && document.readyState === 'complete'"
            ))
            .await;
        assert_eq!(browser.status().await, 403, "{origin}");
        let cookies = browser.cookies(ORIGIN).await;
        let mut names = cookies.iter().filter_map(|cookie| cookie["name"].as_str());
        assert!(
            !names.any(|name| name == "__Host-session"),
            "{origin}: {cookies:?}"
        );
        browser.open_page("/").await;
        assert!(!browser.is_signed_in().await, "{origin}");
    }
    // With what the page had sent one does get in.
    assert!(ATTACKS.iter().any(|(_, page)| page.contains(PASSWORD)));
    browser.sign_in("mallory@example.com").await;
    assert!(setting.accounts.routes().len() > 10);
    setting.browser.close().await;
}

/// The name that the page shows of whoever is signed in.
async fn who(browser: &Browser) -> String {
    let name = browser.value("document.querySelector(\"a[href='/settings']\").innerText");
    name.await.as_str().expect("a name").to_owned()
}
