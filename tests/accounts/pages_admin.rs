//! `/admin` on the web page, and the audit events.

use crate::{PASSWORD, Server, html::Html, server::create_admin};

#[actix_rt::test]
async fn looking_after_accounts() {
    let server = Server::start();
    assert!(
        create_admin(&server.folder, "admin@example.com", PASSWORD)
            .status
            .success()
    );
    let ada = server.browser_of("ada@example.com").await;
    let admin = server.signed_in_browser("admin@example.com").await;
    let list = admin.page("/admin").await;
    assert_eq!(list.all("tr").count(), 3);
    let link = list
        .all("a")
        .find(|link| link.text == "Somebody")
        .expect("hers");
    let path = link.attribute("href").expect("where").to_owned();
    assert_eq!(ada.get(&path).await.status, 403);

    let role = format!("{path}/role");
    let raised = admin.submit(&path, &role, &[("role", "moderator")]).await;
    let page = admin.follow(&raised).await;
    assert!(page.all("dd").any(|one| one.text == "Moderator"));
    // Whoever is promoted stays signed in; whoever is demoted does not.
    ada.page("/settings").await;
    let lowered = admin.submit(&path, &role, &[("role", "user")]).await;
    admin.follow(&lowered).await;
    assert_eq!(ada.get("/settings").await.status, 303);
    let nonsense = admin.submit(&path, &role, &[("role", "emperor")]).await;
    assert_eq!(Html::of(&nonsense).errors(), ["role"]);

    assert_eq!(ada.sign_in("ada@example.com", PASSWORD).await.status, 303);
    let ended = admin
        .submit(&path, &format!("{path}/end-sessions"), &[])
        .await;
    admin.follow(&ended).await;
    assert_eq!(ada.get("/settings").await.status, 303);

    let disabled = admin.submit(&path, &format!("{path}/disable"), &[]).await;
    admin.follow(&disabled).await;
    assert_eq!(ada.sign_in("ada@example.com", PASSWORD).await.status, 422);
    let enabled = admin.submit(&path, &format!("{path}/enable"), &[]).await;
    admin.follow(&enabled).await;
    assert_eq!(ada.sign_in("ada@example.com", PASSWORD).await.status, 303);

    let delete = format!("{path}/delete");
    let wrong = admin
        .submit(&path, &delete, &[("email", "eve@example.com")])
        .await;
    assert_eq!(Html::of(&wrong).errors(), ["email"]);
    let deleted = admin
        .submit(&path, &delete, &[("email", "ADA@example.com")])
        .await;
    assert_eq!(deleted.header("location"), "/admin?done=account-deleted");
    admin.follow(&deleted).await;
    assert_eq!(ada.get("/settings").await.status, 303);
    assert_eq!(admin.get(&path).await.status, 404);
}

#[actix_rt::test]
async fn the_last_admin_stays() {
    let server = Server::start();
    assert!(
        create_admin(&server.folder, "admin@example.com", PASSWORD)
            .status
            .success()
    );
    let admin = server.signed_in_browser("admin@example.com").await;
    let list = admin.page("/admin").await;
    let link = list
        .all("a")
        .find(|link| link.text == "Admin" && link.attribute("href") != Some("/admin"));
    let path = link
        .and_then(|link| link.attribute("href"))
        .expect("its page")
        .to_owned();
    for (end, fields) in [
        ("role", [("role", "user")].as_slice()),
        ("disable", &[]),
        ("delete", &[("email", "admin@example.com")]),
    ] {
        let refused = admin.submit(&path, &format!("{path}/{end}"), fields).await;
        assert_eq!(refused.status, 422, "{end}");
        assert!(Html::of(&refused).errors().is_empty());
        assert!(
            refused.text.contains("This is the last admin."),
            "{}",
            refused.text
        );
    }
    admin.page("/admin").await;
}

#[actix_rt::test]
async fn what_happened_is_kept() {
    let mut server = Server::start();
    let admin = server.admin("admin@example.com").await;
    let ada = server.sign_up("ada@example.com").await;
    let id = server.id_of(&ada).await;
    server.login("ada@example.com", "wrong").await;
    assert_eq!(server.get("/admin/audit").send().await.status, 401);
    assert_eq!(
        server.get("/admin/audit").token(&ada).send().await.status,
        403
    );

    // It is on the disk when the service has ended, and there after the next start.
    server.terminate();
    assert!(server.wait());
    server.restart(&[]);
    let answer = server.get("/admin/audit").token(&admin).send().await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let list = answer.json();
    let items = list["items"].as_array().expect("events");
    let events: Vec<_> = items
        .iter()
        .map(|item| item["event"].as_str().expect("a name"))
        .collect();
    assert_eq!(events[0], "authn_login_fail", "{events:?}");
    for event in ["user_created", "authn_login_success", "authn_token_created"] {
        assert!(events.contains(&event), "{events:?}");
    }
    let failed = &items[0];
    assert_eq!(failed["subject"], id.as_str());
    assert_eq!(failed["address"], "127.0.0.1");
    assert!(failed["request_id"].is_string());
    assert!(!answer.text.contains(PASSWORD) && !answer.text.contains(&ada));

    let browser = server.signed_in_browser("admin@example.com").await;
    let page = browser.page("/admin/events").await;
    assert!(
        page.all("th")
            .any(|cell| cell.text.contains("authn_login_fail"))
    );
    assert!(page.all("td").any(|cell| cell.text.contains("127.0.0.1")));
}
