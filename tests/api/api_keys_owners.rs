//! What becomes of a key when its owner changes: within the bound, whatever the key says (K3).

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use secure_runtime::{Problem, oauth::ResourceOwners, token::Grant};

use crate::support::{INVALID_TOKEN, Keys, all, asking};

const BOUND: Duration = Duration::from_secs(1);
const MOMENT: Duration = Duration::from_millis(1);

#[actix_web::test]
async fn a_scope_that_the_owner_loses_the_key_loses_too() {
    let keys = Keys::new().await;
    let key = keys.key(&["notes:read", "notes:write"]).await;
    assert_eq!(keys.status(&key).await, 200);
    keys.owners
        .set("ada", Grant::new("ada").with_scopes(["notes:write"]));
    keys.pass(BOUND - MOMENT);
    assert_eq!(keys.status(&key).await, 200, "within the bound");
    keys.pass(MOMENT);
    assert_eq!(keys.status(&key).await, 403);
    let write = keys
        .app
        .post("/write")
        .header("x-api-key", key.key.expose());
    assert_eq!(write.send().await.status(), 200);
    // What the owner gets, the key has only if it was made with it.
    keys.owners
        .set("ada", asking("ada").with_scopes(["notes:erase"]));
    keys.pass(BOUND);
    assert_eq!(keys.status(&key).await, 200);
}

#[actix_web::test]
async fn a_scope_that_the_owner_gets_the_key_does_not() {
    let keys = Keys::new().await;
    let key = keys.key(&["notes:read"]).await;
    let write = async || {
        let write = keys
            .app
            .post("/write")
            .header("x-api-key", key.key.expose());
        write.send().await.status()
    };
    assert_eq!(write().await, 403);
    keys.owners.set("ada", asking("ada").with_roles(["admin"]));
    keys.pass(BOUND);
    assert_eq!(write().await, 403);
}

#[actix_web::test]
async fn a_role_that_the_owner_loses_the_key_loses_too() {
    let keys = Keys::new().await;
    keys.owners.set("ada", asking("ada").with_roles(["editor"]));
    let key = keys.key(&["notes:read"]).await;
    assert_eq!(keys.get("/edit", key.key.expose()).await.status(), 200);
    keys.owners.set("ada", asking("ada").with_roles(["user"]));
    keys.pass(BOUND);
    assert_eq!(keys.get("/edit", key.key.expose()).await.status(), 403);
}

#[actix_web::test]
async fn a_key_without_an_owner_is_worth_nothing() {
    let keys = Keys::new().await;
    let key = keys.key(&["notes:read"]).await;
    assert_eq!(keys.status(&key).await, 200);
    keys.owners.remove("ada");
    keys.pass(BOUND);
    let refused = keys.get("/read", key.key.expose()).await;
    assert_eq!(refused.status(), 401);
    assert_eq!(all(&refused, "www-authenticate"), [INVALID_TOKEN]);
    // Who keeps on asking does not ask the accounts each time.
    keys.owners.asked();
    for _ in 0..20 {
        assert_eq!(keys.status(&key).await, 401);
    }
    assert_eq!(keys.owners.asked(), 0);
    // A disabled account that is enabled again.
    keys.owners.set("ada", asking("ada"));
    keys.pass(BOUND);
    assert_eq!(keys.status(&key).await, 200);
}

#[actix_web::test]
async fn where_nobody_can_say_what_the_owner_may_nobody_gets_in() {
    let keys = Keys::new().await;
    let key = keys.key(&["notes:read"]).await;
    keys.owners.is_down(true);
    assert_eq!(keys.status(&key).await, 500, "as the accounts answer");
    keys.owners.is_down(false);
    assert_eq!(keys.status(&key).await, 200);
    keys.owners.is_down(true);
    assert_eq!(keys.status(&key).await, 200, "within the bound");
    keys.pass(BOUND);
    assert_eq!(keys.status(&key).await, 500);
}

/// Accounts that mix people up from some moment on.
#[derive(Clone, Default)]
struct MixedUp(Arc<AtomicBool>);

impl ResourceOwners for MixedUp {
    async fn renew(&self, subject: &str) -> Result<Option<Grant>, Problem> {
        Ok(Some(match self.0.load(Ordering::Relaxed) {
            true => asking("eve").with_roles(["admin"]),
            false => asking(subject),
        }))
    }
}

#[actix_web::test]
async fn a_grant_of_somebody_else_is_none() {
    let owners = MixedUp::default();
    let keys = Keys::with(|settings| settings.resource_owners(owners.clone())).await;
    let key = keys.key(&["notes:read"]).await;
    assert_eq!(keys.status(&key).await, 200);
    owners.0.store(true, Ordering::Relaxed);
    keys.pass(BOUND);
    assert_eq!(keys.status(&key).await, 500);
}
