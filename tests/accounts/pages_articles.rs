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
    let typed = "a <b onclick=x>bold</b> text";
    let fields = [("title", ""), ("body_html", typed), ("draft", "true")];
    let refused = browser.submit("/write", "/write", &fields).await;
    assert_eq!(refused.status, 422);
    let page = Html::of(&refused);
    assert_eq!(page.errors(), ["title"]);
    let error = page.error_at("title");
    assert_eq!(error, Some("Title must have a length between 1 and 200."));
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
    assert_eq!(value("body_html").as_deref(), Some(typed));
    assert_eq!(value("draft").as_deref(), Some("true"));
    assert_eq!(page.all("b").count(), 0);

    let deep = "<blockquote>".repeat(100);
    let fields = [("title", "T"), ("body_html", deep.as_str())];
    let refused = browser.submit("/write", "/write", &fields).await;
    let page = Html::of(&refused);
    assert!(
        page.error_at("body_html")
            .is_some_and(|error| error.starts_with("Text must be at most 64 KiB of HTML"))
    );
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
    let text = "&lt;script&gt;alert(2)&lt;/script&gt; \" onmouseover=\"x\
        <script>alert(3)</script><b onclick=x>!</b><img src=x onerror=alert(4)></div></main>";
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
    // Nothing is decoded twice, and of markup only what is harmless is left.
    let shown = "<script>alert(2)</script> \" onmouseover=\"x!";
    assert!(
        page.elements
            .iter()
            .any(|one| one.name == "div" && one.text == shown)
    );
    assert_eq!(page.text_of("b"), "!");
    let found = browser.page(&search).await;
    assert!(found.text_of("h1").contains("<script>alert(1)</script>"));
}

/// What is formatted is shown so, and the editor holds its source.
#[actix_rt::test]
async fn formatted_text() {
    let server = Server::start();
    let browser = server.browser_of("ada@example.com").await;
    let text = "<h2>Part</h2><p>A <a href=\"https://example.com\">link</a> &amp; <em>more</em></p>";
    let path = write(&browser, "Formatted", &[("body_html", text)]).await;
    let page = browser.page(&path).await;
    assert!(page.all("h2").any(|heading| heading.text == "Part"));
    assert_eq!(page.text_of("em"), "more");
    let link = page
        .all("a")
        .find(|link| link.text == "link")
        .expect("a link");
    assert_eq!(link.attribute("href"), Some("https://example.com"));
    assert_eq!(link.attribute("rel"), Some("noopener noreferrer nofollow"));
    let editor = browser.page(&path.replace("/read", "/edit")).await;
    let source = editor.text_of("textarea").trim_start();
    assert!(
        source.starts_with("<h2>Part</h2><p>A <a href=\"https"),
        "{source}"
    );
    assert!(source.contains("&amp; <em>more</em></p>"), "{source}");
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
    let text = more.iter().all(|(name, _)| *name != "body_html");
    let text = text.then_some(("body_html", "Text."));
    let fields: Vec<_> = [("title", title)]
        .into_iter()
        .chain(text)
        .chain(more.iter().copied())
        .collect();
    let written = browser.submit("/write", "/write", &fields).await;
    assert_eq!(written.status, 303, "{written:?}");
    read_path(written.header("location"))
}

fn read_path(location: &str) -> String {
    location.split('?').next().unwrap_or_default().to_owned()
}
