//! Every page of the example: shown without a complaint of the browser (F2).

use serde_json::json;

use crate::{Accounts, Browser};

/// Writes an article, and says its path.
pub(crate) async fn write_article(browser: &Browser, title: &str, text: &str) -> String {
    browser.open_page("/write").await;
    browser.fill(&[("title", title), ("body_html", text)]).await;
    browser
        .press("form[action='/write'] button[type=submit]")
        .await;
    browser
        .wait_until("location.pathname.endsWith('/read')")
        .await;
    let path = browser
        .value("location.pathname.replace('/read', '')")
        .await;
    path.as_str().expect("a path").to_owned()
}

#[actix_web::test]
async fn no_page_makes_the_browser_complain() {
    if !Browser::is_there() {
        return;
    }
    let accounts = Accounts::start();
    accounts.create_admin("ada@example.com");
    let Some(browser) = Browser::open(&[("app.test", accounts.address)]).await else {
        return;
    };
    browser.sign_in("ada@example.com").await;
    let article = write_article(&browser, "On engines", "They weave.").await;
    browser.open_page("/admin").await;
    let account = browser
        .value("document.querySelector('table a').pathname")
        .await;
    let account = account.as_str().expect("a path").to_owned();

    // As the route table has them, so that a new page is not forgotten.
    let routes = accounts.routes();
    let pages = routes.iter().filter(|route| {
        let handler = route["handler"].as_str().unwrap_or_default();
        route["method"] == "GET"
            && handler.starts_with("accounts::pages::")
            && !handler.contains("assets")
    });
    let paths: Vec<String> = pages
        .map(|route| {
            let pattern = route["path"].as_str().expect("a path");
            pattern
                .replace("/articles/{id}", &article)
                .replace("/admin/accounts/{id}", &account)
        })
        .collect();
    assert!(paths.len() >= 18, "{paths:?}");
    let known = paths.iter().find(|path| path.contains('{'));
    assert!(
        known.is_none(),
        "what stands for the parameter in {known:?}?"
    );
    for signed_in in [true, false] {
        if !signed_in {
            browser.sign_out().await;
        }
        for path in &paths {
            browser.open_page(path).await;
            assert_eq!(browser.status().await, 200, "{path}, {signed_in}");
            assert_eq!(browser.is_signed_in().await, signed_in, "{path}");
            assert_eq!(browser.complaints().await, [""; 0], "{path}, {signed_in}");
            // It is dressed, and everything that it names is there.
            let sheets =
                browser.value("[...document.styleSheets].map(it => it.cssRules.length > 9)");
            assert_eq!(sheets.await, json!([true]), "{path}");
            let wide = "document.documentElement.scrollWidth > innerWidth";
            assert_eq!(browser.value(wide).await, json!(false), "{path}");
        }
    }
    // What is not there is a page too, and the browser says no more than that.
    browser.open_page("/nothing").await;
    assert_eq!(browser.status().await, 404);
    let complaints = browser.complaints().await;
    assert!(
        complaints.iter().all(|it| it.contains("404")),
        "{complaints:?}"
    );
    browser.close().await;
}
