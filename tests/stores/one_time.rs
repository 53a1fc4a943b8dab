//! One-time tokens on every backend, redeemed by many at once, through two instances of an app where there
//! can be two.

use std::time::Duration;

use secure_runtime::{
    Security,
    token::{OneTime, Redeemed, Reset, ResetClaims, Token, VerifyEmail, VerifyEmailClaims},
};
use serde_json::json;
use tokio::task::JoinSet;

use crate::{backend::At, refresh::instances};

/// How many redeem a token at once.
const CALLERS: usize = 1000;

fn claims() -> ResetClaims {
    ResetClaims {
        subject: "ada".to_owned(),
        hash: "f1n9".to_owned(),
    }
}

async fn issue(security: &Security) -> Token<Reset> {
    let tokens = security.one_time_tokens();
    tokens.issue("ada", &claims()).await.expect("a token")
}

async fn redeem<P: OneTime>(security: &Security, token: &Token<P>) -> Option<Redeemed<P>> {
    let redeemed = security.one_time_tokens().redeem(token).await;
    redeemed.expect("an answer")
}

/// What each of the callers gets.
async fn redeemed_at_once(instances: &[Security; 2], token: &Token<Reset>) -> Vec<Redeemed<Reset>> {
    let mut tasks = JoinSet::new();
    for number in 0..CALLERS {
        let (security, token) = (instances[number % 2].clone(), token.clone());
        tasks.spawn(async move { redeem(&security, &token).await });
    }
    tasks.join_all().await.into_iter().flatten().collect()
}

pub(crate) async fn one_of_a_thousand_redeems_it(at: &At) {
    let instances = instances(at).await;
    let token = issue(&instances[0]).await;
    let mut redeemed = redeemed_at_once(&instances, &token).await;
    assert_eq!(redeemed.len(), 1);
    let redeemed = redeemed.remove(0);
    assert_eq!(redeemed.claims(), &claims());
    // What it was redeemed for has failed; again, one of all gets it.
    let tokens = instances[1].one_time_tokens();
    tokens.put_back(redeemed).await.expect("put back");
    assert_eq!(redeemed_at_once(&instances, &token).await.len(), 1);
    assert_eq!(redeemed_at_once(&instances, &token).await.len(), 0);
}

pub(crate) async fn what_is_issued_here_is_redeemed_and_ended_there(at: &At) {
    let [here, there] = instances(at).await;
    let address = "a".repeat(300) + "@example.com";
    let claims = VerifyEmailClaims {
        address: address.clone(),
        details: json!({ "name": "Ada", "text": "ü\u{0}".repeat(2000) }),
    };
    let tokens = here.one_time_tokens();
    let first: Token<VerifyEmail> = tokens.issue(&address, &claims).await.expect("a token");
    let second: Token<VerifyEmail> = tokens.issue(&address, &claims).await.expect("a token");
    let found = there.one_time_tokens().find(&first).await;
    assert_eq!(found.expect("an answer"), Some(claims));
    assert!(redeem(&there, &first).await.is_some());
    let ended = there.one_time_tokens().end_all::<VerifyEmail>(&address);
    ended.await.expect("done");
    assert!(redeem(&here, &second).await.is_none());
}

pub(crate) async fn what_is_put_back_ends_when_it_would_have(at: &At) {
    let [here, there] = instances(at).await;
    let token = issue(&here).await;
    at.clock.advance(Reset::LIFETIME - Duration::from_secs(1));
    let redeemed = redeem(&there, &token).await.expect("good");
    let put_back = there.one_time_tokens().put_back(redeemed);
    put_back.await.expect("put back");
    at.clock.advance(Duration::from_millis(999));
    let found = here.one_time_tokens().find(&token).await;
    assert_eq!(found.expect("an answer"), Some(claims()));
    at.clock.advance(Duration::from_millis(1));
    assert!(redeem(&here, &token).await.is_none());
}
