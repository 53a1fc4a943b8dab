//! What a key opens: routes that take keys, by its scopes and by what its owner is (K3, D7).

use secure_runtime::token::Grant;

use crate::support::{Keys, all, asking, new_key, problem, seen};

#[actix_web::test]
async fn a_key_needs_the_scope_of_the_route() {
    let keys = Keys::new().await;
    let writing = keys.key(&["notes:write"]).await;
    let refused = keys.get("/read", writing.key.expose()).await;
    assert_eq!(seen(&refused), (403, problem(403, "Forbidden")));
    let challenge = "Bearer realm=\"api\", error=\"insufficient_scope\", scope=\"notes:read\"";
    assert_eq!(all(&refused, "www-authenticate"), [challenge]);
    let both = keys.key(&["notes:write", "notes:read"]).await;
    assert_eq!(keys.status(&both).await, 200);
}

#[actix_web::test]
async fn a_key_has_the_roles_of_its_owner() {
    let keys = Keys::new().await;
    let key = keys.key(&["notes:read"]).await;
    assert_eq!(keys.get("/edit", key.key.expose()).await.status(), 403);
    keys.owners.set("ada", asking("ada").with_roles(["admin"]));
    keys.pass(std::time::Duration::from_secs(1));
    assert_eq!(keys.get("/edit", key.key.expose()).await.status(), 200);
    // The role alone is not enough: the key does not have every scope of its owner.
    let writing = keys.key(&["notes:write"]).await;
    assert_eq!(keys.get("/edit", writing.key.expose()).await.status(), 403);
}

#[actix_web::test]
async fn a_key_is_its_owner_where_one_is_asked_for() {
    let keys = Keys::new().await;
    let key = keys.key(&["notes:read"]).await;
    assert_eq!(keys.get("/users/ada", key.key.expose()).await.status(), 200);
    assert_eq!(keys.get("/users/eve", key.key.expose()).await.status(), 403);
}

#[actix_web::test]
async fn two_owners_do_not_meet() {
    let keys = Keys::new().await;
    keys.owners.set("eve", asking("eve"));
    let ada = keys.key(&["notes:read"]).await;
    let api_keys = keys.app.security().api_keys();
    let eve = api_keys
        .create(&asking("eve"), new_key(&["notes:read"]))
        .await;
    let eve = eve.expect("a key");
    for (key, subject) in [(&ada, "ada"), (&eve, "eve")] {
        let answer = keys.get("/read", key.key.expose()).await.json();
        assert_eq!(answer["subject"], subject);
    }
    assert!(
        !api_keys
            .revoke("ada", &eve.info.id)
            .await
            .expect("an answer")
    );
    let overlap = std::time::Duration::ZERO;
    let rotated = api_keys.rotate("ada", &eve.info.id, overlap).await;
    assert!(rotated.expect("an answer").is_none());
    assert_eq!(keys.status(&eve).await, 200);
    assert_eq!(api_keys.revoke_all("ada").await.expect("an answer"), 1);
    assert_eq!(
        (keys.status(&ada).await, keys.status(&eve).await),
        (401, 200)
    );
}

/// Such as one that a federation has named.
#[actix_web::test]
async fn a_subject_may_be_anything() {
    for subject in ["a".repeat(300), "a\0b".to_owned(), "ключ".to_owned()] {
        let keys = Keys::new().await;
        let owner = Grant::new(&subject).with_scopes(["notes:read"]);
        keys.owners.set(&subject, owner.clone());
        let api_keys = keys.app.security().api_keys();
        let key = api_keys.create(&owner, new_key(&["notes:read"])).await;
        let key = key.expect("a key");
        assert_eq!(keys.status(&key).await, 200);
        let listed = api_keys.list(&subject).await.expect("a list");
        assert_eq!(listed.len(), 1);
        assert!(
            api_keys
                .revoke(&subject, &key.info.id)
                .await
                .expect("an answer")
        );
        assert_eq!(keys.status(&key).await, 401);
    }
}
