//! Refresh tokens and revocations on each backend, through two instances of an app where there can be
//! two.

use std::{collections::HashSet, sync::Arc, time::Duration};

use futures_util::future::join_all;
use secure_runtime::{
    Security, ServerSecret,
    store::Store,
    test::TestClock,
    token::{Family, Grant, Hs256Key, IssuedTokens, Refresh, RefreshError, Token},
};

use crate::backend::{At, Place};

/// Two instances of one app. In memory both are the same one.
async fn instances(at: &At) -> [Security; 2] {
    let (key, secret) = (Hs256Key::random(), ServerSecret::random());
    let instance = |store: Arc<dyn Store>, clock: &TestClock| {
        let settings = Security::builder()
            .issuer("https://auth.test")
            .audience("https://api.test")
            .signing_key(key.clone())
            .secret(secret.clone())
            .store(store)
            .clock(clock.clone());
        settings.build().expect("settings")
    };
    let first = instance(Arc::clone(&at.store), &at.clock);
    let second = match at.place {
        Place::Memory => first.clone(),
        _ => instance(at.place.open(&at.clock).await, &at.clock),
    };
    [first, second]
}

async fn refresh(
    security: &Security,
    token: &Token<Refresh>,
) -> Result<IssuedTokens, RefreshError> {
    let renew = async |family: &Family| Ok(Some(Grant::new(&family.subject)));
    security.tokens().refresh(token, None, None, renew).await
}

pub(crate) async fn a_hundred_at_once_get_the_one_successor(at: &At) {
    let instances = instances(at).await;
    let issued = instances[0].tokens().sign_in(&Grant::new("ada")).await;
    let issued = issued.expect("tokens");
    let refreshes = (0..100).map(|number| refresh(&instances[number % 2], issued.refresh()));
    let answers = join_all(refreshes).await;
    let answers: Vec<_> = answers
        .into_iter()
        .map(|one| one.expect("tokens"))
        .collect();
    let successors: HashSet<_> = answers.iter().map(|one| one.refresh().expose()).collect();
    assert_eq!(successors.len(), 1);
    let next = refresh(&instances[1], answers[0].refresh())
        .await
        .expect("tokens");
    // Its use has ended the grace of the first.
    let refused = refresh(&instances[0], issued.refresh()).await;
    assert!(matches!(refused, Err(RefreshError::Invalid)), "{refused:?}");
    let refused = refresh(&instances[1], next.refresh()).await;
    assert!(matches!(refused, Err(RefreshError::Invalid)), "{refused:?}");
}

pub(crate) async fn what_is_revoked_here_is_refused_there(at: &At) {
    let [here, there] = instances(at).await;
    let [ada, eve] = ["ada", "eve"].map(Grant::new);
    let issued = here.tokens().sign_in(&ada).await.expect("tokens");
    let other = here.tokens().sign_in(&eve).await.expect("tokens");
    for issued in [&issued, &other] {
        let verified = there.access_tokens().verify(issued.access()).await;
        assert!(verified.is_ok(), "{verified:?}");
    }
    at.clock.advance(Duration::from_millis(1));
    let ended = here.tokens().sign_out_everywhere("ada").await;
    ended.expect("done");
    at.clock.advance(Duration::from_secs(1));
    assert!(there.access_tokens().verify(issued.access()).await.is_err());
    assert!(there.access_tokens().verify(other.access()).await.is_ok());
    let refused = refresh(&there, issued.refresh()).await;
    assert!(matches!(refused, Err(RefreshError::Invalid)), "{refused:?}");
    let left = there.tokens().sign_ins("ada").await.expect("a list");
    assert_eq!(left, []);
    assert_eq!(
        there.tokens().sign_ins("eve").await.expect("a list").len(),
        1
    );
}
