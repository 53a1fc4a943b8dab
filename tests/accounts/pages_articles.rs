//! Articles on the web page.

use crate::{Server, html::Html, server::Browser};

#[actix_rt::test]
async fn written_edited_and_deleted() {
    let server = Server::start();
    let browser = server.browser_of("ada@example.com").await;
    let fields = [("title", "On notes"), ("body_html", "One.\r\n\r\nTwo.")];
    let written = browser.submit("/write", "/write", &fields).await;
    let article = browser.follow(&written).await;
    assert_eq!(article.text_of("h1"), "On notes");
    let path = read_path(written.header("location"));
    let (edit, delete) = (
        path.replace("/read", "/edit"),
        path.replace("/read", "/delete"),
    );

    let listed = browser.page("/").await;
    let link = listed.all("a").find(|link| link.text == "On notes");
    assert_eq!(
        link.and_then(|link| link.attribute("href")),
        Some(path.as_str())
    );

    // The form holds what is there.
    let edited = browser
        .submit(&edit, &edit, &[("title", "On more notes")])
        .await;
    let article = browser.follow(&edited).await;
    assert_eq!(article.text_of("h1"), "On more notes");
    assert!(
        article
            .elements
            .iter()
            .any(|one| one.text.contains("One.") && one.text.contains("Two."))
    );

    let asked = browser.page(&delete).await;
    let deleted = browser.send_form(&asked, &delete, &[]).await;
    assert_eq!(deleted.header("location"), "/?done=article-deleted");
    browser.follow(&deleted).await;
    assert_eq!(browser.get(&path).await.status, 404);
}

#[actix_rt::test]
async fn errors_stand_at_their_fields() {
    let server = Server::start();
    let browser = server.browser_of("ada@example.com").await;
    let fields = [
        ("title", ""),
        ("body_html", "a <b>bold</b> text"),
        ("draft", "true"),
    ];
    let refused = browser.submit("/write", "/write", &fields).await;
    assert_eq!(refused.status, 422);
    let page = Html::of(&refused);
    assert_eq!(page.errors(), ["title", "body_html"]);
    let error = page.error_at("title");
    assert_eq!(error, Some("Title must have a length between 1 and 200."));
    assert!(
        page.error_at("body_html")
            .is_some_and(|error| error.starts_with("Text takes no tags yet"))
    );
    // Nothing that was typed is lost, and nothing of it is markup.
    let form = page
        .forms()
        .into_iter()
        .find(|form| form.action == "/write")
        .expect("the form");
    let value = |name: &str| {
        form.fields
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.clone())
    };
    assert_eq!(value("body_html").as_deref(), Some("a <b>bold</b> text"));
    assert_eq!(value("draft").as_deref(), Some("true"));
    assert_eq!(page.all("b").count(), 0);
}

/// Whatever people call themselves and their articles, it is text.
#[actix_rt::test]
async fn markup_of_people_is_text() {
    let server = Server::start();
    let browser = server.browser_of("ada@example.com").await;
    let evil = "\"><img src=x onerror=alert(1)>'<script>alert(1)</script>";
    let name = "</title><script>x</script>";
    let named = browser
        .submit("/settings", "/settings", &[("username", name)])
        .await;
    browser.follow(&named).await;
    let text = "&lt;script&gt;alert(2)&lt;/script&gt; \" onmouseover=\"x";
    let written = browser
        .submit("/write", "/write", &[("title", evil), ("body_html", text)])
        .await;
    let path = read_path(written.header("location"));
    let search = format!("/?q={}", "%22%3E%3Cscript%3Ealert%281%29%3C%2Fscript%3E");
    for path in [
        "/",
        &path,
        &path.replace("/read", "/edit"),
        &path.replace("/read", "/delete"),
        &search,
        "/settings",
        "/settings/sessions",
    ] {
        // `Html::of` lets no attribute `on…` and no script but ours pass.
        let page = browser.page(path).await;
        assert_eq!(page.all("img").count(), 0, "{path}");
        assert_eq!(page.all("script").count(), 1, "{path}");
    }
    let page = browser.page(&path).await;
    assert_eq!(page.text_of("h1"), evil);
    // The text as it was sent: nothing is decoded twice.
    assert!(
        page.elements
            .iter()
            .any(|one| one.name == "div" && one.text == text)
    );
    let found = browser.page(&search).await;
    assert!(found.text_of("h1").contains("<script>alert(1)</script>"));
}

#[actix_rt::test]
async fn drafts_and_articles_of_others() {
    let server = Server::start();
    let ada = server.browser_of("ada@example.com").await;
    let eve = server.browser_of("eve@example.com").await;
    let draft = write(&ada, "Not yet", &[("draft", "true")]).await;
    let article = write(&ada, "Here it is", &[]).await;
    ada.page(&draft).await;
    assert!(ada.get("/").await.text.contains("Not yet"));
    for browser in [&eve, &server.browser()] {
        assert_eq!(browser.get(&draft).await.status, 404);
        let home = browser.get("/").await;
        assert!(!home.text.contains("Not yet") && home.text.contains("Here it is"));
        let page = browser.page(&article).await;
        assert!(page.all("a").all(|link| link.text != "Edit"));
    }
    // Her own form, sent elsewhere: the annotation and the domain decide, not the page.
    let mut page = eve.page("/write").await;
    let edit = article.replace("/read", "/edit");
    page.retarget(&edit);
    assert_eq!(eve.get(&edit).await.status, 403);
    assert_eq!(
        eve.send_form(&page, &edit, &[("title", "Hers")])
            .await
            .status,
        403
    );
    assert!(!eve.get(&article).await.text.contains("Hers"));
}

#[actix_rt::test]
async fn found_and_turned_over() {
    let server = Server::start();
    let token = server.sign_up("ada@example.com").await;
    for number in 0..21 {
        server
            .write(&token, &format!("Note & {number}"), false)
            .await;
    }
    let browser = server.browser();
    let first = browser.page("/?q=Note+%26").await;
    assert_eq!(
        first
            .all("li")
            .filter(|one| one.text.contains("Note &"))
            .count(),
        20
    );
    let next = first
        .all("a")
        .find(|link| link.attribute("rel") == Some("next"))
        .expect("more");
    let second = browser.page(next.attribute("href").expect("where")).await;
    assert!(second.all("a").any(|link| link.text == "Note & 0"));
    assert!(
        second
            .all("a")
            .all(|link| link.attribute("rel") != Some("next"))
    );
    let none = browser.page("/?q=%25").await;
    assert!(
        none.elements
            .iter()
            .any(|one| one.text.contains("Nothing was found"))
    );
}

async fn write(browser: &Browser<'_>, title: &str, more: &[(&str, &str)]) -> String {
    let fields: Vec<_> = [("title", title), ("body_html", "Text.")]
        .into_iter()
        .chain(more.iter().copied())
        .collect();
    let written = browser.submit("/write", "/write", &fields).await;
    assert_eq!(written.status, 303, "{written:?}");
    read_path(written.header("location"))
}

fn read_path(location: &str) -> String {
    location.split('?').next().unwrap_or_default().to_owned()
}
