//! The queue of letters: no answer waits for it, nothing is lost and nothing is sent twice where that can be
//! helped (B7).

use std::time::Duration;

use actix_web::{
    App,
    test::{TestRequest, call_service, init_service},
};
use secure_runtime::{
    account::{PasswordReset, SignUp},
    prelude::*,
    store::{Entry, Space, Store as _},
    test::TestApp,
};
use serde_json::json;

use crate::support::{
    AccountApp, DAY, HOUR, MINUTE, Operation, SECOND, Way, World, account_routes, problem, settings,
};

const QUEUE: Space<'static> = Space::new("mail");

async fn queued(world: &World) -> Vec<secure_runtime::store::Listed> {
    let mut all = Vec::new();
    for owner in ["notices", "owners", "sign-ups"] {
        all.extend(world.store.list(QUEUE, owner).await.expect("a list"));
    }
    all
}

#[actix_web::test]
async fn letters_go_out_by_themselves() {
    let app = AccountApp::new().await;
    app.forgot("ada@example.com").await;
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    assert_eq!(app.world.letterbox.one().subject, "reset");
    assert!(queued(&app.world).await.is_empty());
}

/// Another instance died over it, or left it: somebody looks every half a minute.
#[actix_web::test]
async fn what_nobody_has_said_is_found() {
    let world = World::default();
    let app = AccountApp::of(world.clone()).await;
    world.letterbox.set(Way::Fails);
    app.register("new@example.com").await;
    assert_eq!(app.work_off().await, 1);
    world.letterbox.set(Way::Arrives);
    world.clock.advance(MINUTE);
    tokio::time::pause();
    tokio::time::sleep(SECOND * 31).await;
    tokio::time::resume();
    assert_eq!(world.letterbox.one().subject, "confirm");
}

#[actix_web::test]
async fn an_answer_does_not_wait_for_the_mail_server() {
    let app = AccountApp::crowded().await;
    app.world.letterbox.set(Way::Hangs);
    for _ in 0..10 {
        assert_eq!(app.forgot("ada@example.com").await.0, 202);
        assert_eq!(app.register("new@example.com").await.0, 202);
    }
    assert_eq!(app.world.letterbox.take(), []);
}

#[actix_web::test]
async fn what_fails_is_tried_again_later_and_later() {
    let app = AccountApp::new().await;
    app.world.letterbox.set(Way::Fails);
    app.forgot("ada@example.com").await;
    assert_eq!(app.work_off().await, 1);
    assert_eq!(app.world.letterbox.tried(), 1);
    for wait in [30, 60, 120, 240, 480, 960, 1800, 1800] {
        app.world.clock.advance(Duration::from_secs(wait) - SECOND);
        assert_eq!(app.work_off().await, 1);
        assert_eq!(app.world.letterbox.tried(), 0, "before {wait} s");
        app.world.clock.advance(SECOND);
        assert_eq!(app.work_off().await, 1);
        assert_eq!(app.world.letterbox.tried(), 1, "after {wait} s");
    }
    app.world.letterbox.set(Way::Arrives);
    app.world.clock.advance(HOUR);
    assert_eq!(app.work_off().await, 0);
    let token = app.world.letterbox.one().token;
    // It is as good as new: it was made when the letter was written.
    let answer = app.reset(&token, crate::support::GOOD).await;
    assert_eq!(answer.0, 204);
}

#[actix_web::test]
async fn what_fails_for_a_day_is_given_up() {
    let app = AccountApp::new().await;
    app.world.letterbox.set(Way::Fails);
    app.forgot("ada@example.com").await;
    for _ in 0..48 {
        assert_eq!(app.work_off().await, 1);
        app.world
            .clock
            .advance(Duration::from_secs(1800) - Duration::from_millis(1));
    }
    app.world.letterbox.set(Way::Arrives);
    app.world.clock.advance(SECOND);
    assert_eq!(app.work_off().await, 0);
    assert_eq!(app.world.letterbox.take(), []);
    assert!(queued(&app.world).await.is_empty());
}

#[actix_web::test]
async fn what_is_refused_for_good_is_not_tried_again() {
    let app = AccountApp::new().await;
    app.world.letterbox.set(Way::Refused);
    app.forgot("ada@example.com").await;
    assert_eq!(app.work_off().await, 0);
    assert_eq!(app.world.letterbox.tried(), 1);
    assert!(queued(&app.world).await.is_empty());
}

#[actix_web::test]
async fn a_mailer_that_panics_is_one_that_fails() {
    let app = AccountApp::new().await;
    app.world.letterbox.set(Way::Panics);
    app.forgot("ada@example.com").await;
    assert_eq!(app.work_off().await, 1);
    app.world.letterbox.set(Way::Arrives);
    app.world.clock.advance(MINUTE);
    assert_eq!(app.work_off().await, 0);
    assert_eq!(app.world.letterbox.one().subject, "reset");
}

/// One that hangs holds up neither the others nor the worker for ever.
#[actix_web::test]
async fn a_letter_that_takes_too_long_has_failed() {
    let app = AccountApp::new().await;
    app.world.letterbox.set(Way::Hangs);
    app.forgot("ada@example.com").await;
    tokio::time::pause();
    assert_eq!(app.work_off().await, 1);
    tokio::time::resume();
    app.world.letterbox.set(Way::Arrives);
    app.world.clock.advance(MINUTE);
    assert_eq!(app.work_off().await, 0);
    assert_eq!(app.world.letterbox.one().subject, "reset");
}

/// The process ends between claiming and sending: another instance goes on, a minute later.
#[actix_web::test]
async fn what_a_dead_instance_had_at_work_goes_out_after_a_minute() {
    let app = AccountApp::new().await;
    let other = AccountApp::of(app.world.clone()).await;
    app.world.letterbox.set(Way::Hangs);
    app.forgot("ada@example.com").await;
    while app.world.letterbox.tried() == 0 {
        tokio::task::yield_now().await;
    }
    // From here on nobody hears of it again: it hangs for as long as the test lasts.
    app.world.letterbox.set(Way::Arrives);
    app.world.clock.advance(MINUTE - SECOND);
    assert_eq!(other.work_off().await, 1, "somebody has it at work");
    assert_eq!(app.world.letterbox.take(), []);
    app.world.clock.advance(SECOND);
    assert_eq!(other.work_off().await, 0);
    assert_eq!(app.world.letterbox.one().subject, "reset");
}

#[actix_web::test]
async fn several_instances_send_each_letter_once() {
    let app = AccountApp::crowded().await;
    let others = [
        AccountApp::of(app.world.clone()).await,
        AccountApp::of(app.world.clone()).await,
    ];
    for number in 0..30 {
        app.register(&format!("new{number}@example.com")).await;
    }
    // What one found claimed it counts as left over; nothing is.
    let all = [&app, &others[0], &others[1]].map(AccountApp::work_off);
    futures_util::future::join_all(all).await;
    assert_eq!(app.work_off().await, 0);
    let sent = app.world.letterbox.take();
    let mut addresses: Vec<_> = sent.iter().map(|letter| letter.to.clone()).collect();
    addresses.dedup();
    assert_eq!((sent.len(), addresses.len()), (30, 30));
}

/// It was sent, and cannot be taken away: it is not sent again.
#[actix_web::test]
async fn what_was_sent_is_not_sent_again_by_the_same_process() {
    let app = AccountApp::new().await;
    app.world.store.fails_to(&[Operation::Take]);
    app.forgot("ada@example.com").await;
    let mail = app.app.security().mail();
    assert!(mail.work_off().await.is_err());
    assert_eq!(app.world.letterbox.one().subject, "reset");
    app.world.store.works();
    app.world.clock.advance(HOUR);
    assert_eq!(app.work_off().await, 0);
    assert_eq!(app.world.letterbox.take(), []);
    assert!(queued(&app.world).await.is_empty());
}

/// Whoever signs somebody up again and again keeps no reset from them.
#[actix_web::test]
async fn sign_ups_use_up_no_resets() {
    let app = AccountApp::crowded().await;
    for _ in 0..8 {
        app.register(" ADA@example.com").await;
        assert_eq!(app.work_off().await, 0, "what is too much is dropped");
    }
    assert_eq!(app.world.letterbox.take().len(), 5);
    app.forgot("ada@example.com").await;
    let reset = app.mailed_token().await;
    // Nor does either keep an address from being changed, or a notice from being told.
    for _ in 0..8 {
        app.register("lovelace@example.com").await;
        app.forgot("ada@example.com").await;
    }
    app.work_off().await;
    app.world.letterbox.take();
    let token = app.move_token().await;
    assert_eq!(app.reset(&reset, crate::support::GOOD).await.0, 204);
    app.work_off().await;
    assert_eq!(app.world.letterbox.one().subject, "password changed");
    assert_eq!(app.moved(&token).await.0, 400);
    // Others have their own.
    app.forgot("bob@example.com").await;
    app.work_off().await;
    assert_eq!(app.world.letterbox.one().to, "bob@example.com");
    // One more sign-up when the last link has ended.
    for (wait, letters) in [(DAY - SECOND, 0), (SECOND, 1)] {
        app.world.clock.advance(wait);
        app.register("ada@example.com").await;
        app.work_off().await;
        assert_eq!(app.world.letterbox.take().len(), letters);
    }
}

/// However often somebody asks in another one's name, there is a link that holds.
#[actix_web::test]
async fn there_is_one_more_reset_when_the_last_link_has_ended() {
    let app = AccountApp::crowded().await;
    let mut last = String::new();
    for round in 0..8 {
        for _ in 0..20 {
            app.forgot("ada@example.com").await;
        }
        assert_eq!(app.work_off().await, 0);
        let letters = app.world.letterbox.take();
        assert_eq!(letters.len(), if round == 0 { 5 } else { 1 });
        last.clone_from(&letters[0].token);
        app.world.clock.advance(MINUTE * 15 - SECOND);
        app.forgot("ada@example.com").await;
        app.work_off().await;
        assert_eq!(app.world.letterbox.take(), []);
        app.world.clock.advance(SECOND);
    }
    app.forgot("ada@example.com").await;
    let token = app.mailed_token().await;
    assert_eq!(app.reset(&last, crate::support::GOOD).await.0, 400);
    assert_eq!(app.reset(&token, crate::support::GOOD).await.0, 204);
    // The link is used, so there may be another one at once.
    app.work_off().await;
    assert_eq!(app.world.letterbox.one().subject, "password changed");
    app.forgot("ada@example.com").await;
    app.work_off().await;
    assert_eq!(app.world.letterbox.one().subject, "reset");
}

/// A letter that is tried ten times is one letter.
#[actix_web::test]
async fn retries_do_not_use_up_the_days_letters() {
    let app = AccountApp::new().await;
    app.world.letterbox.set(Way::Fails);
    for _ in 0..5 {
        app.register("new@example.com").await;
    }
    for _ in 0..10 {
        assert_eq!(app.work_off().await, 5);
        app.world.clock.advance(HOUR);
    }
    app.world.letterbox.set(Way::Arrives);
    assert_eq!(app.work_off().await, 0);
    assert_eq!(app.world.letterbox.take().len(), 5);
}

#[actix_web::test]
async fn many_errands_to_one_address_at_once_are_five_letters() {
    let app = AccountApp::new().await;
    for _ in 0..20 {
        app.forgot("ada@example.com").await;
    }
    while app.work_off().await > 0 {
        app.world.clock.advance(SECOND);
    }
    assert_eq!(app.world.letterbox.take().len(), 5);
}

/// What happened to somebody's account, and who has one, goes before who wants one.
#[actix_web::test]
async fn owners_are_written_to_first() {
    let app = AccountApp::crowded().await;
    app.world.letterbox.set(Way::Fails);
    for number in 0..20 {
        app.register(&format!("new{number}@example.com")).await;
    }
    app.forgot("bob@example.com").await;
    let ada = app.sign_in("ada").await;
    let changed = app.change(ada.access(), crate::support::CURRENT, crate::support::GOOD);
    assert_eq!(changed.await.0, 204);
    assert_eq!(app.work_off().await, 22);
    app.world.letterbox.set(Way::Arrives);
    app.world.clock.advance(MINUTE);
    assert_eq!(app.work_off().await, 0);
    let arrived = app.world.letterbox.in_order();
    assert_eq!(arrived.len(), 22);
    let first: Vec<_> = arrived.iter().take(4).map(|one| &one.subject).collect();
    for subject in ["reset", "password changed"] {
        assert!(first.contains(&&subject.to_owned()), "{first:?}");
    }
}

/// A letter that hangs, and many that wait, do not hold up one that comes meanwhile.
#[actix_web::test]
async fn what_comes_meanwhile_does_not_wait_for_the_round() {
    let app = AccountApp::new().await;
    app.world.letterbox.set(Way::Hangs);
    app.register("new@example.com").await;
    while app.world.letterbox.tried() == 0 {
        tokio::task::yield_now().await;
    }
    app.world.letterbox.set(Way::Arrives);
    app.forgot("ada@example.com").await;
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    assert_eq!(app.world.letterbox.one().subject, "reset");
    app.world.letterbox.let_one_go();
    assert_eq!(app.work_off().await, 0);
    assert_eq!(app.world.letterbox.one().subject, "confirm");
}

/// Each lane by itself: who floods the one with sign-ups keeps no owner of an account from a letter.
#[actix_web::test]
async fn a_full_queue_takes_no_more() {
    let app = AccountApp::new().await;
    let later = r#"{"queued":1893456000000,"due":9999999999999,"tries":0,"errand":"x"}"#;
    let fill = async |owner: &'static str| {
        for number in 0..10_000 {
            let entry = Entry {
                value: later.as_bytes(),
                owner: Some(owner),
                lifetime: DAY,
            };
            let id = format!("{owner}{number}");
            let stored = app.world.store.put(QUEUE.key(&id), entry).await;
            stored.expect("stored");
        }
        assert!(app.work_off().await >= 10_000);
    };
    let unavailable = (503, problem(503, "Service Unavailable"));
    fill("sign-ups").await;
    let (answer, work) = app.work_of(app.register("new@example.com")).await;
    assert_eq!((answer, work.operations), (unavailable.clone(), vec![]));
    app.forgot("ada@example.com").await;
    let token = app.mailed_token().await;

    fill("owners").await;
    assert_eq!(app.forgot("ada@example.com").await, unavailable);
    assert_eq!(app.forgot("nobody@example.com").await, unavailable);
    // What has happened is told in any case.
    fill("notices").await;
    assert_eq!(app.reset(&token, crate::support::GOOD).await.0, 204);
    app.work_off().await;
    assert_eq!(app.world.letterbox.one().subject, "password changed");

    app.world.clock.advance(DAY);
    assert_eq!(app.work_off().await, 0);
    assert_eq!(app.register("new@example.com").await.0, 202);
    assert_eq!(app.forgot("ada@example.com").await.0, 202);
}

/// It leaves alone what it cannot read.
#[actix_web::test]
async fn an_instance_without_the_secret_holds_up_no_other() {
    let app = AccountApp::new().await;
    app.world.letterbox.set(Way::Fails);
    app.forgot("ada@example.com").await;
    assert_eq!(app.work_off().await, 1);
    app.world.letterbox.set(Way::Arrives);
    app.world.clock.advance(MINUTE);
    let other = AccountApp::of(app.world.with_another_secret()).await;
    assert_eq!(other.work_off().await, 1);
    assert_eq!(app.work_off().await, 0);
    assert_eq!(app.world.letterbox.one().subject, "reset");
}

/// One that cannot be read holds up no other.
#[actix_web::test]
async fn an_errand_that_nobody_can_read_stays_until_it_ends() {
    let app = AccountApp::new().await;
    let strange = |value: &'static str| Entry {
        value: value.as_bytes(),
        owner: Some("owners"),
        lifetime: DAY,
    };
    let store = &app.world.store;
    let unsealed = r#"{"queued":1893456000000,"due":0,"tries":0,"errand":"x"}"#;
    store
        .put(QUEUE.key("a"), strange("no record"))
        .await
        .expect("stored");
    store
        .put(QUEUE.key("b"), strange(unsealed))
        .await
        .expect("stored");
    // Nor does one that was moved to another place open there.
    app.world.letterbox.set(Way::Fails);
    app.forgot("ada@example.com").await;
    app.work_off().await;
    let found = queued(&app.world).await;
    let ours = found.iter().find(|one| one.id.len() == 32).expect("ours");
    let copy = Entry {
        value: &ours.value,
        owner: Some("owners"),
        lifetime: DAY,
    };
    store.put(QUEUE.key("c"), copy).await.expect("stored");
    app.world.letterbox.set(Way::Arrives);
    app.world.clock.advance(MINUTE);
    app.work_off().await;
    assert_eq!(app.world.letterbox.take().len(), 1);
    app.world.clock.advance(DAY);
    assert_eq!(app.work_off().await, 0);
}

#[actix_web::test]
async fn a_store_that_fails_loses_no_letter() {
    let app = AccountApp::new().await;
    app.world.letterbox.set(Way::Fails);
    app.forgot("ada@example.com").await;
    app.work_off().await;
    app.world.letterbox.set(Way::Arrives);
    for operation in [Operation::List, Operation::Swap] {
        app.world.clock.advance(MINUTE);
        app.world.store.fails_to(&[operation]);
        let mail = app.app.security().mail();
        assert!(mail.work_off().await.is_err(), "{operation:?}");
        app.world.store.works();
    }
    // The count of the day and the token: it is tried again.
    for operation in [Operation::Get, Operation::Put] {
        app.world.clock.advance(HOUR);
        app.world.store.fails_to(&[operation]);
        assert_eq!(app.work_off().await, 1, "{operation:?}");
        app.world.store.works();
    }
    assert_eq!(app.world.letterbox.take(), []);
    app.world.clock.advance(HOUR);
    assert_eq!(app.work_off().await, 0);
    assert_eq!(app.world.letterbox.one().subject, "reset");
}

/// The end of a worker of the server ends its task; the next one goes on.
#[actix_web::test]
async fn the_queue_outlives_the_worker_that_looks_after_it() {
    let world = World::default();
    let security = world.settings(settings(&world.clock)).build();
    let security = security.expect("settings");
    let routes = security.routes(account_routes).expect("routes");
    let first = Worker::start(&security).await;
    let app = App::new().configure(routes.mount());
    let app = init_service(app.wrap(security.middleware())).await;
    let register = async |email: &str| {
        let body = json!({"email": email, "username": "New"});
        let request = TestRequest::post().uri("/register").set_json(body);
        let response = call_service(&app, request.to_request()).await;
        assert_eq!(response.status(), 202);
        let by = world.letterbox.arrival().await;
        assert_eq!(world.letterbox.one().to, email);
        by
    };
    let its_thread = first.thread.thread().id();
    assert_eq!(register("one@example.com").await, its_thread);
    assert_eq!(register("two@example.com").await, its_thread);
    first.stop();
    let ours = std::thread::current().id();
    assert_eq!(register("three@example.com").await, ours);
}

/// A worker of a server, with a thread of its own.
struct Worker {
    thread: std::thread::JoinHandle<()>,
    stop: tokio::sync::oneshot::Sender<()>,
}

impl Worker {
    async fn start(security: &Security) -> Self {
        let security = security.clone();
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let (begin, begun) = tokio::sync::oneshot::channel();
        let thread = std::thread::spawn(move || {
            actix_rt::System::new().block_on(async move {
                let _app = init_service(App::new().wrap(security.middleware())).await;
                // What it has begun runs up to where it waits.
                tokio::task::yield_now().await;
                begin.send(()).expect("somebody who waits");
                stopped.await.expect("an end");
            });
        });
        begun.await.expect("a worker");
        Self { thread, stop }
    }

    fn stop(self) {
        self.stop.send(()).expect("a worker");
        self.thread.join().expect("a worker that ends");
    }
}

#[actix_web::test]
async fn without_mail_nothing_is_to_be_done() {
    let app = TestApp::new(|_| {}).await;
    assert_eq!(app.security().mail().work_off().await.expect("nothing"), 0);
}

#[post("/register")]
#[public(unlimited = "a test asks as often as it likes")]
async fn needs_sign_up(_sign_up: SignUp) -> Result<&'static str, Problem> {
    Ok("")
}

#[post("/reset")]
#[public(unlimited = "a test asks as often as it likes")]
async fn needs_reset(_reset: PasswordReset) -> Result<&'static str, Problem> {
    Ok("")
}

#[actix_web::test]
async fn what_a_flow_needs_is_asked_at_launch() {
    let listing = |routes: &mut Routes| {
        routes.service(needs_sign_up);
        routes.service(needs_reset);
    };
    let refused = TestApp::try_with(|settings| settings, listing, |_| {}).await;
    let text = refused.expect_err("nobody said anything").to_string();
    for need in [".accounts(…)", ".sign_ups(…)", ".mail(…)"] {
        assert!(text.contains(need), "{need}: {text}");
    }
    assert!(
        text.contains("needs_sign_up") && text.contains("needs_reset"),
        "{text}"
    );
    assert!(!text.contains(".address_changes(…)"), "{text}");
}
