//! What a session may do changes with its account, and its secret with that (G2).

use std::{collections::HashSet, time::Duration};

use futures_util::future::join_all;
use secure_runtime::{audit::AuditKind, test::TestSession, token::Grant};

use crate::support::{Browsers, Operation, all};

const BOUND: Duration = Duration::from_secs(1);
const GRACE: Duration = Duration::from_secs(10);
const MOMENT: Duration = Duration::from_millis(1);

fn id(session: &TestSession) -> &str {
    let (_, value) = session.cookie().split_once('=').expect("a pair");
    value.split_once('.').expect("two parts").0
}

fn promote(browsers: &Browsers) {
    let grant = Grant::new("ada").with_roles(["user", "admin"]);
    browsers.owners.change("ada", |ada| {
        ada.grant = grant.with_scopes(["notes:read", "notes:write"]);
    });
}

#[actix_web::test]
async fn a_change_of_role_gives_the_session_another_secret() {
    let browsers = Browsers::new().await;
    let old = browsers.sign_in("ada").await;
    assert_eq!(browsers.get(&old, "/admin").await.status(), 403);
    browsers.audit.kinds();
    promote(&browsers);
    browsers.pass(BOUND);
    let answer = browsers.get(&old, "/admin").await;
    assert_eq!(answer.status(), 200);
    let new = answer.session().expect("another secret");
    assert_eq!(id(&new), id(&old), "it is the same session");
    assert_ne!(new.cookie(), old.cookie());
    assert_eq!(answer.header("clear-site-data"), None);
    assert_eq!(browsers.audit.kinds(), [AuditKind::SessionRenewed]);
    let answer = browsers.get(&new, "/admin").await;
    assert_eq!((answer.status(), answer.session()), (200, None), "once");
    assert_eq!(browsers.list("ada").await.len(), 1);
}

#[actix_web::test]
async fn the_secret_before_is_good_for_ten_seconds() {
    let browsers = Browsers::new().await;
    let old = browsers.sign_in("ada").await;
    promote(&browsers);
    browsers.pass(BOUND);
    let new = browsers.get(&old, "/me").await.session().expect("a secret");
    browsers.pass(GRACE - MOMENT);
    let answer = browsers.get(&old, "/me").await;
    assert_eq!((answer.status(), answer.session()), (200, None));
    browsers.pass(MOMENT);
    assert_eq!(browsers.status(&old).await, 401);
    assert_eq!(browsers.status(&new).await, 200);
}

/// Who has stolen the cookie of a user does not get that of an admin.
#[actix_web::test]
async fn within_the_grace_the_secret_before_gets_no_other() {
    let browsers = Browsers::new().await;
    let old = browsers.sign_in("ada").await;
    promote(&browsers);
    browsers.pass(BOUND);
    let new = browsers.get(&old, "/me").await.session().expect("a secret");
    browsers.owners.change("ada", |ada| {
        ada.grant = Grant::new("ada").with_roles(["auditor"]);
    });
    browsers.pass(BOUND);
    let answer = browsers.get(&old, "/me").await;
    assert_eq!((answer.status(), answer.session()), (200, None));
    assert_eq!(
        browsers.get(&old, "/admin").await.status(),
        403,
        "what it may do is asked all the same"
    );
    browsers.pass(BOUND);
    let newest = browsers.get(&new, "/me").await.session();
    assert!(newest.is_some());
    assert_eq!(browsers.status(&old).await, 401, "two changes ago");
}

#[actix_web::test]
async fn fewer_scopes_are_a_change_and_another_order_is_none() {
    let browsers = Browsers::new().await;
    let session = browsers.sign_in("ada").await;
    let grant = Grant::new("ada").with_roles(["user"]);
    browsers.owners.change("ada", |ada| {
        ada.grant = grant.clone().with_scopes(["notes:write", "notes:read"]);
    });
    browsers.pass(BOUND);
    let answer = browsers.get(&session, "/notes").await;
    assert_eq!((answer.status(), answer.session()), (200, None));
    browsers.owners.change("ada", |ada| {
        ada.grant = grant.with_scopes(["notes:write"]);
    });
    browsers.pass(BOUND);
    let answer = browsers.get(&session, "/notes").await;
    assert_eq!(answer.status(), 403);
    assert!(answer.session().is_some(), "on a refusal too");
}

/// One of them gets the new secret, and none is signed out.
#[actix_web::test]
async fn many_at_once_during_a_change_all_pass() {
    let browsers = Browsers::new().await;
    let session = browsers.sign_in("ada").await;
    assert_eq!(browsers.status(&session).await, 200);
    promote(&browsers);
    browsers.pass(BOUND);
    let answers = join_all((0..50).map(|_| browsers.get(&session, "/admin"))).await;
    let statuses: Vec<_> = answers.iter().map(|answer| answer.status()).collect();
    assert_eq!(statuses, [200; 50]);
    let new: Vec<_> = answers
        .iter()
        .filter_map(|answer| answer.session())
        .collect();
    assert_eq!(new.len(), 1, "one new secret");
    assert_eq!(browsers.status(&new[0]).await, 200);
}

/// The same on two instances, which know nothing of each other but by the store.
#[actix_web::test]
async fn many_at_once_on_two_instances_all_pass() {
    let (here, there) = Browsers::two().await;
    let session = here.sign_in("ada").await;
    for round in 0..5 {
        let role = if round % 2 == 0 { "admin" } else { "auditor" };
        here.owners.change("ada", |ada| {
            ada.grant = Grant::new("ada").with_roles(["admin", role, "user"]);
        });
    }
    here.pass(BOUND);
    let calls = (0..50).map(|number| {
        let browsers = if number % 2 == 0 { &here } else { &there };
        browsers.get(&session, "/me")
    });
    let answers = join_all(calls).await;
    assert!(answers.iter().all(|answer| answer.status() == 200));
    let new: HashSet<_> = answers
        .iter()
        .filter_map(|answer| Some(answer.session()?.cookie().to_owned()))
        .collect();
    assert_eq!(new.len(), 1, "one new secret");
    here.pass(GRACE);
    assert_eq!(here.status(&session).await, 401);
    assert_eq!(there.status(&session).await, 401);
    let kinds = [here.audit.kinds(), there.audit.kinds()].concat();
    let renewed = kinds
        .iter()
        .filter(|kind| **kind == AuditKind::SessionRenewed);
    assert_eq!(renewed.count(), 1);
}

#[actix_web::test]
async fn what_cannot_be_written_down_is_not_granted() {
    let browsers = Browsers::new().await;
    let session = browsers.sign_in("ada").await;
    promote(&browsers);
    browsers.pass(BOUND);
    browsers.store.fails_to(&[Operation::Swap]);
    let answer = browsers.get(&session, "/admin").await;
    assert_eq!((answer.status(), answer.session()), (503, None));
    browsers.store.works();
    let answer = browsers.get(&session, "/admin").await;
    assert_eq!(answer.status(), 200);
    assert!(answer.session().is_some());
}

#[actix_web::test]
async fn whose_account_is_disabled_or_gone_is_signed_out() {
    for gone in [false, true] {
        let browsers = Browsers::new().await;
        let session = browsers.sign_in("ada").await;
        assert_eq!(browsers.status(&session).await, 200);
        browsers.audit.kinds();
        match gone {
            true => browsers.owners.remove("ada"),
            false => browsers.owners.change("ada", |ada| ada.disabled = true),
        }
        browsers.pass(BOUND);
        let answer = browsers.get(&session, "/me").await;
        assert_eq!(answer.status(), 401);
        assert_eq!(all(&answer, "set-cookie").len(), 1);
        assert_eq!(browsers.audit.kinds(), [AuditKind::SessionEnded]);
        assert!(browsers.list("ada").await.is_empty());
        if !gone {
            browsers.owners.change("ada", |ada| ada.disabled = false);
            browsers.pass(BOUND);
            assert_eq!(browsers.status(&session).await, 401, "it has ended");
        }
    }
}

#[actix_web::test]
async fn accounts_that_cannot_say_sign_nobody_out() {
    let browsers = Browsers::new().await;
    let session = browsers.sign_in("ada").await;
    browsers.pass(BOUND);
    browsers.owners.is_down(true);
    for path in ["/me", "/who"] {
        let answer = browsers.get(&session, path).await;
        assert_eq!(answer.status(), 500, "{path}");
        assert_eq!(all(&answer, "set-cookie"), [""; 0], "{path}");
    }
    browsers.owners.is_down(false);
    assert_eq!(browsers.status(&session).await, 200);
}
