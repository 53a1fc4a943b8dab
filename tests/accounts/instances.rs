//! Two instances on one Redis: what one of them ends, the other one refuses.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use actix_rt::time::sleep;
use futures_util::future::join_all;
use serde_json::json;

use crate::{Server, Tokens, refresh::assert_invalid_grant, server::fresh_folder, services::Redis};

/// `revocation_bound`, and what a busy machine may take on top of it.
const BOUND: Duration = Duration::from_secs(1);
const SLACK: Duration = Duration::from_secs(2);

/// `None` where there is no Redis.
fn pair() -> Option<(Redis, Server, Server)> {
    let redis = Redis::start()?;
    let folder: PathBuf = fresh_folder();
    let url = redis.url();
    let variables = [
        ("REDIS_URL", url.as_str()),
        ("SECURE_ISSUER", "https://auth.example.com"),
        ("SECURE_AUDIENCE", "https://api.example.com"),
    ];
    let one = Server::start_with(&folder, &variables);
    let two = Server::start_with(&folder, &variables);
    Some((redis, one, two))
}

#[actix_rt::test]
async fn who_signs_out_at_one_is_refused_by_the_other_within_the_bound() {
    let Some((_redis, one, two)) = pair() else {
        return;
    };
    let tokens = one.join("ada@example.com").await;
    let other = two.tokens("ada@example.com").await;
    assert_eq!(two.status_of(&tokens.access).await, 200);

    let logout = one.post("/auth/logout").token(&tokens.access);
    assert_eq!(logout.send().await.status, 204);
    assert_eq!(one.status_of(&tokens.access).await, 401);
    assert_refused_soon(&two, &tokens).await;
    assert_invalid_grant(&two.refresh(&tokens.refresh).await);

    // All the others, too, whichever instance they come from.
    assert_eq!(two.status_of(&other.access).await, 200);
    let logout = one.post("/auth/logout-everywhere").token(&other.access);
    assert_eq!(logout.send().await.status, 204);
    assert_refused_soon(&two, &other).await;
    let again = two.tokens("ada@example.com").await;
    assert_eq!(one.status_of(&again.access).await, 200);
}

#[actix_rt::test]
async fn who_is_disabled_at_one_is_signed_out_of_the_other() {
    let Some((_redis, one, two)) = pair() else {
        return;
    };
    let admin = one.admin("admin@example.com").await;
    let tokens = two.join("ada@example.com").await;
    let id = one.id_of(&tokens.access).await;
    let disable = json!({ "disabled": true });
    assert_eq!(one.set(&admin, &id, disable).await.status, 200);
    assert_invalid_grant(&two.refresh(&tokens.refresh).await);
    // Also where nobody asks for the account.
    sleep(BOUND + Duration::from_millis(100)).await;
    let logout = two.post("/auth/logout").token(&tokens.access);
    assert_eq!(logout.send().await.status, 401);
}

#[actix_rt::test]
async fn a_refresh_token_goes_on_at_the_other_and_a_second_use_ends_it_everywhere() {
    let Some((_redis, one, two)) = pair() else {
        return;
    };
    let first = one.join("ada@example.com").await;
    let second = Tokens::of(&two.refresh(&first.refresh).await);
    // The same successor within the grace, wherever it is asked for.
    let same = Tokens::of(&one.refresh(&first.refresh).await);
    assert_eq!(same.refresh, second.refresh);
    let third = Tokens::of(&one.refresh(&second.refresh).await);

    assert_invalid_grant(&two.refresh(&first.refresh).await);
    assert_invalid_grant(&one.refresh(&third.refresh).await);
    assert_eq!(two.status_of(&third.access).await, 401);
    assert_refused_soon(&one, &third).await;
    assert_refused_soon(&one, &second).await;
}

/// One limit, whichever instance is asked: 5 a minute are five, and not ten.
#[actix_rt::test]
async fn a_limit_holds_for_both_together() {
    let Some((redis, one, two)) = pair() else {
        return;
    };
    let ask = async |server: &Server| {
        let body = "{\"email\":\"nobody@example.com\"}";
        let ask = server.post("/auth/forgot-password");
        ask.body("application/json", body)
            .send()
            .await
            .status
            .as_u16()
    };
    let asked = (0..20).flat_map(|_| [&one, &two]).map(&ask);
    let answers = join_all(asked).await;
    let count = |status| answers.iter().filter(|answer| **answer == status).count();
    assert_eq!((count(202), count(429)), (5, 35), "{answers:?}");

    // Without Redis each counts for itself, and this needs Redis for something else as well.
    drop(redis);
    for server in [&one, &two] {
        let answers = join_all((0..10).map(|_| ask(server))).await;
        let count = |status| answers.iter().filter(|answer| **answer == status).count();
        assert_eq!((count(503), count(429)), (5, 5), "{answers:?}");
    }
}

/// Refused within the bound, and until then as good as before.
async fn assert_refused_soon(server: &Server, tokens: &Tokens) {
    let start = Instant::now();
    loop {
        let asked = start.elapsed();
        match server.status_of(&tokens.access).await {
            401 => return,
            200 => assert!(asked < BOUND + SLACK, "still good after {asked:?}"),
            other => panic!("{other}"),
        }
        sleep(Duration::from_millis(20)).await;
    }
}
