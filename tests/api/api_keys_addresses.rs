//! From where a key may be used (K3).

use secure_runtime::{api_key::NewApiKey, audit::AuditKind};

use crate::support::{INVALID_TOKEN, Keys, all, new_key, problem, seen};

fn only_from(addresses: &[&str]) -> NewApiKey {
    NewApiKey {
        allowed_addresses: addresses.iter().map(|text| (*text).to_owned()).collect(),
        ..new_key(&["notes:read"])
    }
}

#[actix_web::test]
async fn only_from_the_addresses_that_were_named() {
    let keys = Keys::new().await;
    let key = keys
        .make(only_from(&[
            "192.0.2.0/28",
            "2001:db8:1::/48",
            "198.51.100.7",
        ]))
        .await;
    for (address, status) in [
        ("192.0.2.1", 200),
        ("192.0.2.15", 200),
        ("192.0.2.16", 401),
        ("198.51.100.7", 200),
        ("198.51.100.8", 401),
        ("2001:db8:1:7::9", 200),
        ("2001:db8:2::9", 401),
        ("::ffff:192.0.2.1", 200),
        ("::ffff:192.0.2.16", 401),
        ("127.0.0.1", 401),
    ] {
        let request = keys.app.get("/read").header("x-api-key", key.key.expose());
        let response = request.from_address(address).send().await;
        assert_eq!(response.status(), status, "{address}");
        if status == 401 {
            // What a thief reads is what a bad key gets.
            assert_eq!(seen(&response), (401, problem(401, "Unauthorized")));
            assert_eq!(all(&response, "www-authenticate"), [INVALID_TOKEN]);
        }
    }
}

#[actix_web::test]
async fn what_a_client_says_about_its_address_is_nothing() {
    let keys = Keys::new().await;
    let key = keys.make(only_from(&["198.51.100.7"])).await;
    for header in ["x-forwarded-for", "x-real-ip", "forwarded"] {
        let request = keys.app.get("/read").header("x-api-key", key.key.expose());
        let response = request.header(header, "198.51.100.7").send().await;
        assert_eq!(response.status(), 401, "{header}");
    }
}

#[actix_web::test]
async fn a_proxy_that_is_trusted_says_who_the_client_is() {
    let keys = Keys::with(|settings| settings.trusted_proxies(["192.0.2.1"])).await;
    let key = keys.make(only_from(&["198.51.100.7"])).await;
    for (client, status) in [("198.51.100.7", 200), ("198.51.100.8", 401)] {
        let request = keys.app.get("/read").header("x-api-key", key.key.expose());
        let response = request.header("x-forwarded-for", client).send().await;
        assert_eq!(response.status(), status, "{client}");
    }
    // The proxy itself is not on the list.
    assert_eq!(keys.status(&key).await, 401);
}

#[actix_web::test]
async fn a_key_from_elsewhere_is_on_the_record() {
    let keys = Keys::new().await;
    let key = keys.make(only_from(&["198.51.100.7"])).await;
    keys.audit.events();
    // Asked for, and then remembered.
    for _ in 0..2 {
        let response = keys.get("/read", key.key.expose()).await;
        assert_eq!(response.status(), 401);
        let [event] = &keys.audit.events()[..] else {
            panic!("one event")
        };
        assert_eq!(event.kind, AuditKind::ApiKeyRefused);
        assert!(event.kind.is_alarming());
        assert_eq!(event.subject.as_deref(), Some("ada"));
        assert_eq!(event.api_key.as_deref(), Some(key.info.id.as_str()));
        assert_eq!(event.address, Some([192, 0, 2, 1].into()));
        assert_eq!(event.request_id.as_deref(), response.header("x-request-id"));
    }
    // It was not used.
    let listed = keys.app.security().api_keys().list("ada").await;
    assert_eq!(listed.expect("a list")[0].uses, 0);
}
