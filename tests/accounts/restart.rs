//! What is known of sign-ins outlasts the process, however it ends.

use std::{cell::Cell, time::Duration};

use actix_rt::time::sleep;
use futures_util::future::{join, join_all};

use crate::{Server, Tokens, refresh::assert_invalid_grant};

#[actix_rt::test]
async fn sign_ins_and_what_was_revoked_outlast_a_restart() {
    let mut server = Server::start();
    let first = server.join("ada@example.com").await;
    let second = Tokens::of(&server.refresh(&first.refresh).await);
    let third = Tokens::of(&server.refresh(&second.refresh).await);
    let gone = server.tokens("ada@example.com").await;
    let logout = server.post("/auth/logout").token(&gone.access);
    assert_eq!(logout.send().await.status, 204);
    let revoked = server.tokens("ada@example.com").await;
    let form = format!("token={}", revoked.access);
    let revoke = server.post("/auth/revoke").form(&form);
    assert_eq!(revoke.send().await.status, 200);

    server.restart(&[]);
    assert_eq!(server.status_of(&third.access).await, 200);
    assert_eq!(server.status_of(&gone.access).await, 401);
    assert_invalid_grant(&server.refresh(&gone.refresh).await);
    assert_eq!(server.status_of(&revoked.access).await, 401);
    let fourth = Tokens::of(&server.refresh(&third.refresh).await);

    // A second use is known for what it is, too.
    assert_invalid_grant(&server.refresh(&first.refresh).await);
    assert_eq!(server.status_of(&fourth.access).await, 401);
    assert_invalid_grant(&server.refresh(&fourth.refresh).await);
}

/// Whoever was about to refresh has a token that works, or is told that it has none: whatever a kill
/// leaves undone, nobody is left with a token that is neither.
#[actix_rt::test]
async fn a_kill_in_the_middle_of_refreshing_loses_no_sign_in() {
    // Nobody knows how long a start takes here.
    let grace = [("SECURE_REFRESH_GRACE", "60s")];
    let mut server = Server::start_with(&crate::server::fresh_folder(), &grace);
    server.sign_up("ada@example.com").await;
    let mut clients = Vec::new();
    for _ in 0..8 {
        clients.push(server.tokens("ada@example.com").await);
    }

    let refreshed = Cell::new(0);
    let load = clients.iter_mut().map(async |tokens| {
        // Until nobody answers any more. The last answer may be on its way when that happens.
        while let Ok(answer) = server.try_refresh(&tokens.refresh).await {
            *tokens = Tokens::of(&answer);
            refreshed.set(refreshed.get() + 1);
        }
    });
    let killer = async {
        while refreshed.get() < 100 {
            sleep(Duration::from_millis(1)).await;
        }
        server.kill();
    };
    join(join_all(load), killer).await;
    server.restart(&grace);

    for tokens in &clients {
        let next = Tokens::of(&server.refresh(&tokens.refresh).await);
        assert_eq!(server.status_of(&next.access).await, 200);
        let after = Tokens::of(&server.refresh(&next.refresh).await);
        // And no two of them work.
        assert_invalid_grant(&server.refresh(&tokens.refresh).await);
        assert_invalid_grant(&server.refresh(&after.refresh).await);
    }
}
