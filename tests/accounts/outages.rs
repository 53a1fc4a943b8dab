//! Redis goes away, hangs, or takes no more writes: what is refused meanwhile, and that nothing is lost.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::{Duration, Instant},
};

use actix_rt::time::sleep;

use crate::{Server, Tokens, refresh::assert_invalid_grant, server::fresh_folder, services::Redis};

/// After which nobody judges by what was known before.
const BOUND: Duration = Duration::from_secs(1);
/// A second for the store, and what a busy machine may take on top of it.
const ANSWER: Duration = Duration::from_secs(4);

#[actix_rt::test]
async fn without_redis_nobody_is_let_in_and_with_it_everybody_is_again() {
    let Some(mut redis) = Redis::start() else {
        return;
    };
    let url = redis.url();
    let server = Server::start_with(&fresh_folder(), &[("REDIS_URL", &url)]);
    let tokens = server.join("ada@example.com").await;
    let gone = server.tokens("ada@example.com").await;
    let logout = server.post("/auth/logout").token(&gone.access);
    assert_eq!(logout.send().await.status, 204);

    for hangs in [false, true] {
        match hangs {
            true => redis.hang(),
            false => redis.kill(),
        }
        sleep(BOUND).await;
        for (path, status) in [
            ("/me", 503),
            ("/readyz", 503),
            ("/healthz", 200),
            ("/me/sessions", 503),
        ] {
            let start = Instant::now();
            let answer = server.get(path).token(&tokens.access).send().await;
            assert_eq!(answer.status, status, "{path}");
            assert!(start.elapsed() < ANSWER, "{path}: {:?}", start.elapsed());
            assert_eq!(answer.header("retry-after").is_empty(), status == 200);
        }
        // Who has no token needs no store; who wants one does.
        let articles = server.get("/articles").send().await;
        assert_eq!(articles.status, 200);
        let body = "{\"email\":\"ada@example.com\",\"password\":\"correct horse battery staple\"}";
        let login = server.post("/auth/login").body("application/json", body);
        assert_eq!(login.send().await.status, 503);
        assert_eq!(server.refresh(&tokens.refresh).await.status, 503);

        match hangs {
            true => redis.go_on(),
            false => redis.start_again(),
        }
        let start = Instant::now();
        while server.status_of(&tokens.access).await != 200 {
            assert!(start.elapsed() < ANSWER, "{:?}", start.elapsed());
            sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(server.get("/readyz").send().await.status, 200);
        // This instance still knows, although Redis came back empty.
        assert_eq!(server.status_of(&gone.access).await, 401);
    }
}

/// Writes fail and reads do not: what a change of the account asks for cannot be done, and is done later.
#[actix_rt::test]
async fn an_account_is_not_deleted_by_half() {
    let Some(redis) = Redis::start() else {
        return;
    };
    let url = redis.url();
    let variables = [("REDIS_URL", url.as_str())];
    let mut server = Server::start_with(&fresh_folder(), &variables);
    let admin = server.admin("admin@example.com").await;
    let ada = server.join("ada@example.com").await;
    let eve = server.join("eve@example.com").await;
    let path = format!("/admin/users/{}", server.id_of(&ada.access).await);

    takes_writes(&redis, false);
    for delete in [
        server.delete(&path).token(&admin),
        server.delete("/me").token(&eve.access),
    ] {
        let answer = delete.send().await;
        assert_eq!(answer.status, 503, "{answer:?}");
        let detail = answer.json()["detail"].clone();
        assert!(detail.as_str().is_some_and(|text| text.contains("is made")));
        assert!(!answer.header("retry-after").is_empty());
    }
    // The change is made, and can be asked for again.
    assert_eq!(server.status_of(&ada.access).await, 401);
    let again = server.delete(&path).token(&admin).send().await;
    assert_eq!(again.status, 503);

    takes_writes(&redis, true);
    let again = server.delete(&path).token(&admin).send().await;
    assert_eq!(again.status, 204);
    // Nobody asks for the account here: it is the token that is refused.
    assert_eq!(logout(&server, &ada).await, 401);
    assert_eq!(logout(&server, &eve).await, 401);
    assert_invalid_grant(&server.refresh(&ada.refresh).await);
    assert_invalid_grant(&server.refresh(&eve.refresh).await);
    let again = server.delete(&path).token(&admin).send().await;
    assert_eq!(again.status, 404);

    // Where nobody asks for it again, the service does it by itself, even after a crash.
    let bob = server.join("bob@example.com").await;
    takes_writes(&redis, false);
    let delete = server.delete("/me").token(&bob.access);
    assert_eq!(delete.send().await.status, 503);
    server.kill();
    takes_writes(&redis, true);
    server.restart(&variables);
    sleep(Duration::from_secs(3)).await;
    assert_eq!(logout(&server, &bob).await, 401);
    assert_invalid_grant(&server.refresh(&bob.refresh).await);
}

async fn logout(server: &Server, tokens: &Tokens) -> u16 {
    let logout = server.post("/auth/logout").token(&tokens.access);
    logout.send().await.status.as_u16()
}

fn takes_writes(redis: &Redis, takes: bool) {
    let address = redis.url().replace("redis://", "");
    let mut stream = TcpStream::connect(address).expect("a connection");
    let replicas = u8::from(!takes);
    let command = format!("CONFIG SET min-replicas-to-write {replicas}\r\n");
    stream.write_all(command.as_bytes()).expect("a command");
    let mut answer = [0; 3];
    stream.read_exact(&mut answer).expect("an answer");
    assert_eq!(&answer, b"+OK");
}
