//! Pictures of the example's pages, for its README: `examples/accounts/screenshots/make.sh`.

use std::{fs, path::Path};

use serde_json::json;

use crate::{Accounts, Browser, every_page::write_article};

const SIZES: [(&str, u32, u32); 2] = [("phone", 390, 844), ("desk", 1280, 800)];
const SCHEMES: [&str; 2] = ["light", "dark"];

const ARTICLES: [(&str, &str); 4] = [
    (
        "The loom and the engine",
        "The Analytical Engine weaves algebraical patterns just as the Jacquard loom weaves \
         flowers and leaves.",
    ),
    (
        "On numbers that are nobody's",
        "A secret is a number that two people know.",
    ),
    (
        "A day without passwords",
        "It began with a key that I had left at home, and a door that knew me anyway. What \
         follows is an account of the hours between the two.\n\nFirst, the morning: nothing \
         asked for anything. Then the library, which asked for everything at once. By noon I had \
         learnt to carry less.\n\nIn the evening the key lay where I had left it.",
    ),
    ("Letters from the archive", "Eleven of them, in no order."),
];

#[actix_web::test]
#[ignore = "writes the pictures of the README"]
async fn screenshots() {
    let accounts = Accounts::start();
    accounts.create_admin("ada@example.com");
    let browser = Browser::open(&[("app.test", accounts.address)]).await;
    let browser = browser.expect("Chromium");
    shoot(&browser, "sign-in", "/login").await;
    let elsewhere = Browser::open(&[("app.test", accounts.address)]).await;
    let elsewhere = elsewhere.expect("Chromium");
    for browser in [&elsewhere, &browser] {
        browser.sign_in("ada@example.com").await;
    }
    browser.open_page("/settings").await;
    browser.fill(&[("username", "Ada Lovelace")]).await;
    let save = "form[action='/settings'] button[type=submit]";
    browser.press(save).await;
    browser
        .wait_until("document.querySelector('[role=status]')")
        .await;
    let mut article = String::new();
    for (title, text) in ARTICLES {
        let path = write_article(&browser, title, text).await;
        if text.len() > 200 {
            article = path;
        }
    }
    shoot(&browser, "home", "/").await;
    shoot(&browser, "article", &format!("{article}/read")).await;
    shoot(&browser, "write", &format!("{article}/edit")).await;
    shoot(&browser, "sessions", "/settings/sessions").await;
    shoot(&browser, "admin", "/admin/events").await;
    browser.close().await;
    elsewhere.close().await;
}

/// A page in each size and in each scheme of colours.
async fn shoot(browser: &Browser, name: &str, path: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/accounts/screenshots");
    for (size, width, height) in SIZES {
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": size == "phone",
        });
        browser
            .devtools("Emulation.setDeviceMetricsOverride", metrics)
            .await;
        let hidden = json!({"hidden": true});
        browser
            .devtools("Emulation.setScrollbarsHidden", hidden)
            .await;
        for scheme in SCHEMES {
            let feature = json!({"name": "prefers-color-scheme", "value": scheme});
            let media = json!({"features": [feature]});
            browser.devtools("Emulation.setEmulatedMedia", media).await;
            browser.open_page(path).await;
            let picture = browser.screenshot_as_png().await.expect("a picture");
            let file = folder.join(format!("{name}-{size}-{scheme}.png"));
            fs::write(file, picture).expect("a file");
        }
    }
    browser
        .devtools("Emulation.clearDeviceMetricsOverride", json!({}))
        .await;
}
