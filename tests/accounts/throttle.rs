//! Guesses at one account: five, and then a pause, whoever is meant and whatever comes between.

use std::path::Path;

use serde_json::json;

use crate::{Answer, PASSWORD, Server, server::fresh_folder, services::Redis};

/// So that a test says where a request comes from.
const BEHIND_A_PROXY: (&str, &str) = ("SECURE_TRUSTED_PROXIES", "127.0.0.0/8");
const ADA: &str = "ada@example.com";

#[actix_rt::test]
async fn five_guesses_and_a_pause_for_an_account_that_is_there_and_one_that_is_not() {
    let server = start(&fresh_folder());
    server.sign_up(ADA).await;
    for (from, email) in [(1, ADA), (3, "nobody@example.com")] {
        guess_five_times(&server, from, email).await;
        let paused = guess(&server, from, email, "another guess").await;
        assert_eq!(paused.status, 429, "{email}");
        let wait: u64 = paused.header("retry-after").parse().expect("seconds");
        assert!((50..=60).contains(&wait), "{wait}");
        assert_eq!(paused.header("content-type"), "application/problem+json");
    }
    // Written in another way it is the same account.
    assert_eq!(
        guess(&server, 1, " ADA@Example.com ", "x").await.status,
        429
    );
    // The right password is not looked at either, from there; from elsewhere it is.
    assert_eq!(guess(&server, 1, ADA, PASSWORD).await.status, 429);
    assert_eq!(guess(&server, 2, ADA, PASSWORD).await.status, 200);
}

#[actix_rt::test]
async fn both_ways_to_sign_in_count_together() {
    let server = start(&fresh_folder());
    server.sign_up(ADA).await;
    for number in 0..5 {
        let answer = match number % 2 {
            0 => guess(&server, 1, ADA, "x").await,
            _ => grant(&server, 1, ADA, "x").await,
        };
        assert_eq!(answer.status.as_u16(), 401 - number % 2, "{answer:?}");
    }
    assert_eq!(guess(&server, 1, ADA, PASSWORD).await.status, 429);
    assert_eq!(grant(&server, 1, ADA, PASSWORD).await.status, 429);
}

#[actix_rt::test]
async fn a_restart_forgets_no_guess() {
    let folder = fresh_folder();
    let mut server = start(&folder);
    server.sign_up(ADA).await;
    guess_five_times(&server, 1, ADA).await;
    server.restart(&[BEHIND_A_PROXY]);
    assert_eq!(guess(&server, 1, ADA, PASSWORD).await.status, 429);
}

#[actix_rt::test]
async fn two_instances_count_together() {
    let Some(redis) = Redis::start() else {
        return;
    };
    let url = redis.url();
    let settings = [("REDIS_URL", url.as_str()), BEHIND_A_PROXY];
    let one = Server::start_with(&fresh_folder(), &settings);
    let other = Server::start_with(&fresh_folder(), &settings);
    for number in 0..5 {
        let server = [&one, &other][number % 2];
        assert_eq!(guess(server, 1, ADA, "x").await.status, 401);
    }
    for server in [&one, &other] {
        assert_eq!(guess(server, 1, ADA, "x").await.status, 429);
    }
}

#[actix_rt::test]
async fn the_owner_is_not_locked_out_of_a_device_that_is_known() {
    let server = start(&fresh_folder());
    server.sign_up(ADA).await;
    let signed_in = guess(&server, 1, ADA, PASSWORD).await;
    let cookie = signed_in.header("set-cookie").to_owned();
    assert!(
        cookie.starts_with("device=") && cookie.contains("HttpOnly"),
        "{cookie}"
    );
    let device = cookie.split(';').next().expect("a cookie").to_owned();

    // Somebody at the same address has five guesses, and then there is a pause.
    guess_five_times(&server, 2, ADA).await;
    assert_eq!(guess(&server, 2, ADA, PASSWORD).await.status, 429);
    let from_device = || {
        let body = json!({ "email": ADA, "password": PASSWORD });
        let call = server.post("/auth/login").json(&body);
        call.header("X-Forwarded-For", "10.0.0.2")
            .header("Cookie", &device)
            .send()
    };
    assert_eq!(from_device().await.status, 200);
    // It is known to this account alone.
    let eve = "eve@example.com";
    server.sign_up(eve).await;
    guess_five_times(&server, 4, eve).await;
    let as_eve = json!({ "email": eve, "password": PASSWORD });
    let call = server.post("/auth/login").json(&as_eve);
    let call = call.header("X-Forwarded-For", "10.0.0.4");
    assert_eq!(call.header("Cookie", &device).send().await.status, 429);
}

fn start(folder: &Path) -> Server {
    Server::start_with(folder, &[BEHIND_A_PROXY])
}

async fn guess_five_times(server: &Server, from: u8, email: &str) {
    for number in 0..5 {
        let answer = guess(server, from, email, &format!("guess {number}")).await;
        assert_eq!(answer.status, 401, "{email}");
    }
}

/// Signs in from the address 10.0.0.`from`.
async fn guess(server: &Server, from: u8, email: &str, password: &str) -> Answer {
    let body = json!({ "email": email, "password": password });
    let call = server.post("/auth/login").json(&body);
    call.header("X-Forwarded-For", &format!("10.0.0.{from}"))
        .send()
        .await
}

/// The same by OAuth's password grant.
async fn grant(server: &Server, from: u8, email: &str, password: &str) -> Answer {
    let password = password.replace(' ', "+");
    let form = format!("grant_type=password&username={email}&password={password}");
    let call = server.post("/auth/token").form(&form);
    call.header("X-Forwarded-For", &format!("10.0.0.{from}"))
        .send()
        .await
}
