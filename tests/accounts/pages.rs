//! The web page: signing up and in, and what visitors see.

use reqwest::Method;

use crate::{PASSWORD, Server, html::Html};

#[actix_rt::test]
async fn from_a_mail_to_a_session() {
    let server = Server::start();
    let browser = server.browser();
    let fields = [("email", "ada@example.com"), ("username", "Ada")];
    let asked = browser.submit("/register", "/register", &fields).await;
    let told = browser.follow(&asked).await;
    assert!(
        told.elements
            .iter()
            .any(|one| one.text.contains("a mail with a link is on its way"))
    );

    // The link of the mail, with the token in the form. Looking at it twice uses nothing up.
    let link = link_in(&server, "ada@example.com", "/verify?token=").await;
    browser.page(&link).await;
    let weak = browser
        .submit(&link, "/verify", &[("password", "14 characters!")])
        .await;
    assert_eq!(weak.status, 422);
    let page = Html::of(&weak);
    assert_eq!(page.errors(), ["password"]);
    let error = page.error_at("password");
    assert_eq!(error, Some("Password has fewer than 15 characters."));
    assert!(!weak.text.contains("14 characters!"));
    // The form still has the token.
    let made = browser
        .send_form(&page, "/verify", &[("password", PASSWORD)])
        .await;
    assert_eq!(made.header("location"), "/login?done=account-made");
    browser.follow(&made).await;

    let again = browser
        .submit(&link, "/verify", &[("password", PASSWORD)])
        .await;
    assert_eq!(again.status, 422);
    assert!(
        again.text.contains("This link is not valid"),
        "{}",
        again.text
    );

    let wrong = browser
        .sign_in("ada@example.com", "another phrase altogether")
        .await;
    assert_eq!(wrong.status, 422);
    assert!(Html::of(&wrong).errors().is_empty());
    assert!(wrong.text.contains("The address or the password is wrong."));
    assert!(wrong.text.contains("value=\"ada@example.com\"") && !wrong.text.contains("altogether"));
    assert!(!browser.cookies.borrow().contains_key("session"));

    let signed_in = browser.sign_in("Ada@Example.com", PASSWORD).await;
    assert_eq!(
        (signed_in.status.as_u16(), signed_in.header("location")),
        (303, "/")
    );
    let home = browser.follow(&signed_in).await;
    assert!(home.all("a").any(|link| link.text == "Ada, settings"));
    assert!(
        home.all("a")
            .all(|link| link.attribute("href") != Some("/login"))
    );

    // The same cookie opens the routes that programs call.
    let me = browser
        .send(
            browser
                .request(Method::GET, "/me")
                .header("Accept", "application/json"),
        )
        .await;
    assert_eq!(me.status, 200, "{me:?}");
}

#[actix_rt::test]
async fn out_again_and_the_cookie_is_dead() {
    let server = Server::start();
    let browser = server.browser_of("ada@example.com").await;
    let other = server.signed_in_browser("ada@example.com").await;
    let stolen = browser.cookies.borrow()["session"].clone();
    let left = browser.submit("/", "/logout", &[]).await;
    assert_eq!(left.header("location"), "/?done=signed-out");
    assert_eq!(left.header("clear-site-data"), "\"cache\", \"storage\"");
    assert!(!browser.cookies.borrow().contains_key("session"));
    let home = browser.follow(&left).await;
    assert!(home.all("a").any(|link| link.text == "Sign in"));

    browser
        .cookies
        .borrow_mut()
        .insert("session".to_owned(), stolen);
    assert_eq!(
        browser.get("/settings").await.header("location"),
        "/login?next=/settings"
    );
    other.page("/settings").await;
}

#[actix_rt::test]
async fn visitors_are_sent_to_sign_in_and_back() {
    let server = Server::start();
    server.sign_up("ada@example.com").await;
    let browser = server.browser();
    for path in ["/settings", "/settings/keys", "/write", "/admin"] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, 303, "{path}: {answer:?}");
        assert_eq!(answer.header("location"), format!("/login?next={path}"));
    }
    let sign_in = browser.page("/login?next=/settings/keys").await;
    let fields = [("email", "ada@example.com"), ("password", PASSWORD)];
    let wrong = [("email", "ada@example.com"), ("password", "x")];
    let action = "/login?next=%2Fsettings%2Fkeys";
    let wrong = browser.send_form(&sign_in, action, &wrong).await;
    let back = browser.send_form(&Html::of(&wrong), action, &fields).await;
    assert_eq!(back.header("location"), "/settings/keys");
    browser.follow(&back).await;
}

/// CWE-601: nobody is sent to another site by a link to this one.
#[actix_rt::test]
async fn nobody_is_sent_elsewhere() {
    let server = Server::start();
    server.sign_up("ada@example.com").await;
    let browser = server.browser();
    for next in [
        "https://evil.example",
        "//evil.example",
        "/%5Cevil.example",
        "/%0d%0aSet-Cookie:a=b",
    ] {
        let answer = browser.get(&format!("/login?next={next}")).await;
        assert_eq!(answer.status, 422, "{next}");
        assert!(!answer.text.contains("evil"), "{}", answer.text);
    }
    // Words of others are not shown as ours, either.
    let page = browser.get("/login?done=Your+account+was+closed").await;
    assert!(!page.text.contains("closed"));
}

#[actix_rt::test]
async fn a_page_of_another_site_signs_nobody_in_or_out() {
    let server = Server::start();
    let browser = server.browser_of("ada@example.com").await;
    let home = browser.page("/").await;
    let token = &home.forms()[0].fields[0].1;
    let body = format!("csrf_token={token}&username=Eve");
    for path in ["/logout", "/settings"] {
        for (name, value) in [
            ("Origin", "https://evil.example"),
            ("Sec-Fetch-Site", "cross-site"),
        ] {
            let call = browser.request(Method::POST, path).header(name, value);
            let refused = browser.send(call.form(&body)).await;
            assert_eq!(refused.status, 403, "{path} {name}");
            let page = Html::of(&refused);
            assert_eq!(page.text_of("h1"), "Forbidden");
        }
    }
    assert!(!browser.get("/settings").await.text.contains("Eve,"));

    // To be signed in to the attacker's account is no better.
    let victim = server.browser();
    let sign_in = victim
        .request(Method::POST, "/login")
        .header("Origin", "https://evil.example");
    let credentials = format!(
        "email=ada%40example.com&password={}",
        PASSWORD.replace(' ', "+")
    );
    assert_eq!(victim.send(sign_in.form(&credentials)).await.status, 403);
    assert!(victim.cookies.borrow().is_empty());
}

/// An old browser says nothing about where a form comes from: what the form holds counts.
#[actix_rt::test]
async fn without_origin_the_form_counts() {
    let server = Server::start();
    let browser = server.browser_of("ada@example.com").await;
    let page = browser.page("/settings").await;
    let forms = page.forms();
    let form = forms
        .iter()
        .find(|form| form.action == "/settings")
        .expect("the form");
    let token = &form.fields[0].1;
    for (body, status) in [
        ("username=Eve".to_owned(), 403),
        ("username=Eve&csrf_token=x".to_owned(), 403),
        (format!("username=Eve&csrf_token={token}"), 303),
    ] {
        let call = browser.request(Method::POST, "/settings").form(&body);
        assert_eq!(browser.send(call).await.status, status, "{body}");
    }
}

#[actix_rt::test]
async fn a_forgotten_password() {
    let server = Server::start();
    let browser = server.browser_of("ada@example.com").await;
    let visitor = server.browser();
    let asked = visitor
        .submit("/forgot", "/forgot", &[("email", "ada@example.com")])
        .await;
    let unknown = visitor
        .submit("/forgot", "/forgot", &[("email", "eve@example.com")])
        .await;
    assert_eq!(asked.header("location"), unknown.header("location"));
    visitor.follow(&asked).await;

    let link = link_in(&server, "ada@example.com", "/reset?token=").await;
    let new = "a tangerine lighthouse in winter";
    let weak = visitor
        .submit(
            &link,
            "/reset",
            &[("new_password", "short"), ("revoke_api_keys", "true")],
        )
        .await;
    let page = Html::of(&weak);
    assert_eq!(page.errors(), ["new_password"]);
    // What was ticked is still ticked.
    let set = visitor
        .send_form(&page, "/reset", &[("new_password", new)])
        .await;
    assert_eq!(set.header("location"), "/login?done=password-set");
    assert_eq!(browser.get("/settings").await.status, 303);
    assert_eq!(
        visitor.sign_in("ada@example.com", PASSWORD).await.status,
        422
    );
    assert_eq!(visitor.sign_in("ada@example.com", new).await.status, 303);
}

#[actix_rt::test]
async fn forms_without_a_link_ask_for_the_token() {
    let server = Server::start();
    let browser = server.browser();
    let token = ("token", "AAAA");
    for (path, fields) in [
        ("/verify", &[token, ("password", PASSWORD)][..]),
        ("/reset", &[token, ("new_password", PASSWORD)]),
        ("/confirm-email", &[token]),
    ] {
        let page = browser.page(path).await;
        let mut inputs = page.all("input");
        assert!(inputs.any(|input| input.attribute("id") == Some("token")));
        let answer = browser.send_form(&page, path, fields).await;
        assert_eq!(answer.status, 422, "{path}");
        assert!(answer.text.contains("This link is not valid"), "{answer:?}");
        Html::of(&answer);
    }
}

#[actix_rt::test]
async fn what_does_not_go_is_a_page_too() {
    let server = Server::start();
    let browser = server.browser_of("ada@example.com").await;
    let id = "01900000-0000-7000-8000-000000000000";
    for (path, status, heading) in [
        ("/nothing".to_owned(), 404, "Not Found"),
        (format!("/articles/{id}/read"), 404, "Not Found"),
        (format!("/articles/{id}/edit"), 404, "Not Found"),
        ("/admin".to_owned(), 403, "Forbidden"),
        ("/?page=0".to_owned(), 422, "Unprocessable Entity"),
        ("/logout".to_owned(), 405, "Method Not Allowed"),
    ] {
        let answer = browser.get(&path).await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(Html::of(&answer).text_of("h1"), heading, "{path}");
    }
    // Programs get what they can read.
    let program = server.get("/nothing").send().await;
    assert_eq!(program.header("content-type"), "application/problem+json");
}

#[actix_rt::test]
async fn assets_are_kept_for_ever_and_change_their_names() {
    let server = Server::start();
    let page = server.browser().page("/").await;
    let links = page.all("link").filter_map(|link| link.attribute("href"));
    let scripts = page
        .all("script")
        .filter_map(|script| script.attribute("src"));
    let paths: Vec<_> = links.chain(scripts).map(str::to_owned).collect();
    let types = [
        "image/svg+xml",
        "text/css; charset=utf-8",
        "text/javascript; charset=utf-8",
    ];
    assert_eq!(paths.len(), types.len());
    for (path, content_type) in paths.iter().zip(types) {
        let asset = server.get(path).send().await;
        assert_eq!(asset.status, 200, "{path}");
        assert_eq!(asset.header("content-type"), content_type);
        assert_eq!(
            asset.header("cache-control"),
            "public, max-age=31536000, immutable"
        );
        assert_eq!(asset.header("x-content-type-options"), "nosniff");
        assert!(asset.headers.get("set-cookie").is_none());
        assert!(!asset.text.is_empty());
    }
    for path in [
        "/assets/style.css",
        "/assets/style-000000000000.css",
        "/assets/..%2f..%2fCargo.toml",
        "/assets/",
    ] {
        assert_eq!(server.get(path).send().await.status, 404, "{path}");
    }
    // Nothing in them comes from elsewhere.
    let style = server.get(&paths[1]).send().await.text;
    assert!(!style.contains("url(") && !style.contains("@import"));
}

/// The link in the mail to somebody, without the host.
pub(crate) async fn link_in(server: &Server, email: &str, path: &str) -> String {
    let mail = server.mail_about(email, path).await;
    let line = mail
        .lines()
        .find(|line| line.contains(path))
        .expect("a link");
    let at = line.find(path).expect("its path");
    line[at..].trim().to_owned()
}
