//! Which address is the client's, and whom nobody can make himself (E6).

use std::net::SocketAddr;

use actix_web::{
    App, Responder,
    test::{TestRequest as ActixRequest, call_service, init_service, read_body},
};
use secure_runtime::{
    ClientAddress, ForwardedHeader, Routes,
    prelude::*,
    test::{TestApp, TestClock},
};

use crate::support::{Complete, Server, settings};

const PROXY: &str = "10.0.0.1";

#[get("/limited")]
#[public]
#[rate_limit("2/minute")]
async fn limited() -> impl Responder {
    "in"
}

#[get("/who")]
#[public]
async fn who(client: ClientAddress) -> impl Responder {
    client
        .ip()
        .map_or("nowhere".to_owned(), |ip| ip.to_string())
}

fn listing(routes: &mut Routes) {
    routes.service(limited).service(who);
}

async fn app(change: impl FnOnce(Complete) -> Complete) -> TestApp {
    TestApp::with(change, listing, |_| {}).await
}

async fn behind_proxies() -> TestApp {
    app(|settings| settings.trusted_proxies(["10.0.0.0/8", "2001:db8:10::/48"])).await
}

/// Status of a limited request that comes from `peer` with these lines of a header.
async fn status(app: &TestApp, peer: &str, header: &str, lines: &[&str]) -> u16 {
    let request = app.get("/limited").from_address(peer);
    let request = lines
        .iter()
        .fold(request, |request, line| request.header(header, line));
    request.send().await.status()
}

/// Whom the app takes a request for.
async fn seen(app: &TestApp, peer: &str, headers: &[(&str, &str)]) -> String {
    let request = app.get("/who").from_address(peer);
    let request = headers
        .iter()
        .fold(request, |request, (name, line)| request.header(name, line));
    request.send().await.text()
}

#[actix_web::test]
async fn nobody_is_believed_without_being_trusted() {
    let nobody = app(|settings| settings).await;
    let others = behind_proxies().await;
    for (app, peer) in [
        (&nobody, "192.0.2.1"),
        (&nobody, "127.0.0.1"),
        (&nobody, PROXY),
        (&others, "192.0.2.1"),
        (&others, "11.0.0.1"),
        (&others, "127.0.0.1"),
    ] {
        for header in [
            "x-forwarded-for",
            "forwarded",
            "x-real-ip",
            "true-client-ip",
        ] {
            for spoofed in ["203.0.113.9", "for=203.0.113.9", "10.0.0.1"] {
                assert_eq!(seen(app, peer, &[(header, spoofed)]).await, peer);
            }
        }
        let mut answers = Vec::new();
        for spoofed in ["203.0.113.1", "203.0.113.2", "203.0.113.3"] {
            answers.push(status(app, peer, "x-forwarded-for", &[spoofed]).await);
        }
        assert_eq!(answers, [200, 200, 429], "{peer}");
    }
}

#[actix_web::test]
async fn two_clients_of_a_proxy_have_two_counters() {
    let app = behind_proxies().await;
    for client in ["192.0.2.1", "192.0.2.2", "2001:db8:1:100::1"] {
        let mut answers = Vec::new();
        for _ in 0..3 {
            answers.push(status(&app, PROXY, "x-forwarded-for", &[client]).await);
        }
        assert_eq!(answers, [200, 200, 429], "{client}");
    }
    // By another proxy, by several, without any: it is the same client.
    let elsewhere = status(&app, "2001:db8:10::7", "x-forwarded-for", &["192.0.2.1"]);
    assert_eq!(elsewhere.await, 429);
    let far = ["192.0.2.1, 10.7.0.1:80", "[2001:db8:10::2]:443"];
    assert_eq!(status(&app, PROXY, "x-forwarded-for", &far).await, 429);
    assert_eq!(status(&app, "192.0.2.1", "x-forwarded-for", &[]).await, 429);
    let mapped = status(&app, PROXY, "x-forwarded-for", &["::ffff:192.0.2.1"]);
    assert_eq!(mapped.await, 429);
    // The same /56, and another one.
    let near = status(&app, PROXY, "x-forwarded-for", &["2001:db8:1:1ff::2"]);
    assert_eq!(near.await, 429);
    let other = status(&app, PROXY, "x-forwarded-for", &["2001:db8:1:200::2"]);
    assert_eq!(other.await, 200);
}

#[actix_web::test]
async fn what_a_client_sends_to_the_proxy_itself_does_not_help_it() {
    let app = behind_proxies().await;
    let mut answers = Vec::new();
    for spoofed in ["203.0.113.1", "10.0.0.9", "unknown", "\"", "192.0.2.9,"] {
        let line = format!("{spoofed}, 192.0.2.1");
        answers.push(status(&app, PROXY, "x-forwarded-for", &[&line]).await);
        let lines = [spoofed, "192.0.2.1"];
        answers.push(status(&app, PROXY, "x-forwarded-for", &lines).await);
    }
    assert_eq!(answers[..3], [200, 200, 429]);
    assert!(answers[3..].iter().all(|status| *status == 429));
}

#[actix_web::test]
async fn all_who_are_not_known_share_one_counter() {
    let app = behind_proxies().await;
    let mut answers = Vec::new();
    for hidden in ["unknown", "_hidden", "203.0.113.9, evil", ""] {
        answers.push(status(&app, PROXY, "x-forwarded-for", &[hidden]).await);
    }
    assert_eq!(answers, [200, 200, 429, 429]);
    // Whichever proxy they come through, and where it says nothing at all.
    for proxy in [PROXY, "2001:db8:10::7"] {
        assert_eq!(status(&app, proxy, "x-forwarded-for", &[]).await, 429);
        assert_eq!(status(&app, proxy, "x-forwarded-for", &["evil"]).await, 429);
    }
    // Nobody who is known does.
    let named = status(&app, PROXY, "x-forwarded-for", &["192.0.2.1"]);
    assert_eq!(named.await, 200);
}

/// The proxy itself may go where others may not, so it is nobody who comes through it.
#[actix_web::test]
async fn whoever_hides_is_not_taken_for_the_proxy() {
    let app = behind_proxies().await;
    for hidden in ["", "unknown", "_hidden", "evil", "203.0.113.9, 10.0.0"] {
        let headers = [("x-forwarded-for", hidden)];
        assert_eq!(seen(&app, PROXY, &headers).await, "nowhere", "{hidden}");
        let further = format!("{hidden}, 10.0.0.2");
        let headers = [("x-forwarded-for", further.as_str())];
        assert_eq!(seen(&app, PROXY, &headers).await, "nowhere", "{further}");
    }
    assert_eq!(seen(&app, PROXY, &[]).await, "nowhere");
    // An app behind the proxy that the proxy names is somebody.
    let named = [("x-forwarded-for", "10.0.5.5, 10.0.0.2")];
    assert_eq!(seen(&app, PROXY, &named).await, "10.0.5.5");
}

#[actix_web::test]
async fn one_header_is_read_and_no_other() {
    const NAMED: (&str, &str) = ("x-forwarded-for", "192.0.2.1");
    const ALSO_NAMED: (&str, &str) = ("forwarded", "for=192.0.2.2;proto=https");
    let app_of =
        async |header| app(|settings| settings.trusted_proxies([PROXY]).forwarded_by(header)).await;
    let x = app_of(ForwardedHeader::XForwardedFor).await;
    let standard = app_of(ForwardedHeader::Forwarded).await;
    for both in [[NAMED, ALSO_NAMED], [ALSO_NAMED, NAMED]] {
        assert_eq!(seen(&x, PROXY, &both).await, "192.0.2.1");
        assert_eq!(seen(&standard, PROXY, &both).await, "192.0.2.2");
    }
    assert_eq!(seen(&x, PROXY, &[ALSO_NAMED]).await, "nowhere");
    assert_eq!(seen(&standard, PROXY, &[NAMED]).await, "nowhere");
    let by_default = app(|settings| settings.trusted_proxies([PROXY])).await;
    assert_eq!(
        seen(&by_default, PROXY, &[NAMED, ALSO_NAMED]).await,
        "192.0.2.1"
    );
}

#[actix_web::test]
async fn a_connection_without_an_address_names_nobody() {
    let security = settings(&TestClock::default()).trusted_proxies(["127.0.0.2"]);
    let security = security.build().expect("settings");
    let routes = security.routes(listing).expect("routes");
    let app = App::new()
        .configure(routes.mount())
        .wrap(security.middleware());
    let app = init_service(app).await;
    let request = ActixRequest::with_uri("/who").insert_header(("x-forwarded-for", "192.0.2.1"));
    let answer = call_service(&app, request.to_request()).await;
    assert_eq!(read_body(answer).await, "nowhere");
    let mapped: SocketAddr = "[::ffff:127.0.0.1]:1".parse().expect("an address");
    let request = ActixRequest::with_uri("/who").peer_addr(mapped);
    let answer = call_service(&app, request.to_request()).await;
    assert_eq!(read_body(answer).await, "127.0.0.1");
}

#[actix_web::test]
async fn on_a_socket() {
    let trusting = |settings: Complete| settings.trusted_proxies(["127.0.0.0/8"]);
    let server = Server::start(1, trusting, listing, |_| {}).await;
    let of = async |server: &Server, lines: &[&str]| {
        let request = server.get("/who");
        let request = lines.iter().fold(request, |request, line| {
            request.header("x-forwarded-for", *line)
        });
        request
            .send()
            .await
            .expect("an answer")
            .text()
            .await
            .expect("a text")
    };
    assert_eq!(of(&server, &[]).await, "nowhere");
    let lines = ["203.0.113.9, 192.0.2.1", "127.0.0.2"];
    assert_eq!(of(&server, &lines).await, "192.0.2.1");
    let unwise = Server::start(1, |settings| settings, listing, |_| {}).await;
    assert_eq!(of(&unwise, &lines).await, "127.0.0.1");
}

#[test]
fn proxies_that_cannot_be_meant_are_refused_at_once() {
    let networks = ["10.0.0.0/8", "10.0.0.1/8", "0.0.0.0/0", "::/0", "proxy"];
    let refused = settings(&TestClock::default())
        .trusted_proxies(networks)
        .build()
        .expect_err("four are wrong");
    let findings = refused.findings();
    assert_eq!(findings.len(), 4, "{findings:?}");
    for (finding, said) in findings.iter().zip([
        "`10.0.0.1/8` is an address within a network; write the network (`10.0.0.0/8`)",
        "`0.0.0.0/0` trusts everybody",
        "`::/0` trusts everybody",
        "`proxy` is no network",
    ]) {
        let said = format!("the trusted proxies: {said}");
        assert!(finding.starts_with(&said), "{finding}");
    }
}

/// RFC 7239: quoted IPv6 addresses, ports, `unknown` and names that hide, in one line or several.
#[actix_web::test]
async fn forwarded_counts_whom_the_outermost_trusted_proxy_names() {
    let trusting = |settings: Complete| {
        let settings = settings.trusted_proxies(["10.0.0.0/8", "2001:db8:10::/48"]);
        settings.forwarded_by(ForwardedHeader::Forwarded)
    };
    let one = app(trusting).await;
    let client: [&[&str]; 6] = [
        &["for=\"[2001:db8:1:100::1]\""],
        &["for=\"[2001:db8:1:1ff::2]:4711\";proto=https"],
        &["for=203.0.113.9, For=\"[2001:db8:1:100::3]\";by=10.0.0.2"],
        &[
            "for=203.0.113.9",
            "for=\"[2001:db8:1:100::4]:80\", for=10.7.0.1",
        ],
        &[
            "for=unknown, for=\"[2001:db8:1:101::]\", for=\"[2001:db8:10::1]:1\", for=\"10.0.0.3:9\"",
        ],
        &["for=\"_hidden, for=192.0.2.1\", for=\"[2001:db8:1:1aa::]\""],
    ];
    let mut answers = Vec::new();
    for lines in client {
        answers.push(status(&one, PROXY, "forwarded", lines).await);
    }
    assert_eq!(
        answers,
        [200, 200, 429, 429, 429, 429],
        "they are one client"
    );
    // Those who are not named share one counter, and are nobody else.
    let hidden: [&[&str]; 4] = [
        &["for=unknown"],
        &["for=_hidden"],
        &["for=\"[2001:db8:1:200::1\""],
        &["for=192.0.2.9, for=\"192.0.2.1"],
    ];
    let mut answers = Vec::new();
    for lines in hidden {
        answers.push(status(&one, PROXY, "forwarded", lines).await);
    }
    assert_eq!(answers, [200, 200, 429, 429]);
    let named = status(&one, PROXY, "forwarded", &["for=\"192.0.2.1:81\""]);
    assert_eq!(named.await, 200);
    let mapped = status(&one, PROXY, "forwarded", &["for=\"[::ffff:192.0.2.1]\""]);
    assert_eq!(mapped.await, 200);
    assert_eq!(
        status(&one, "192.0.2.1", "forwarded", &["for=192.0.2.5"]).await,
        429
    );
}
