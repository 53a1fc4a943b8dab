use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};

use futures_util::FutureExt;
use serde_json::json;

use super::*;
use crate::{
    clock::moved::MovedClock,
    store::{Key, Listed, MemoryStore, StoreFuture},
    token::{ChangeEmail, Reset, VerifyEmail},
};

/// Counts how often it is asked, and fails where a test says so.
#[derive(Debug)]
struct Counted {
    inner: MemoryStore,
    asked: AtomicUsize,
    fails: Mutex<bool>,
}

impl Counted {
    fn ask<'a, T>(&'a self, answer: StoreFuture<'a, T>) -> StoreFuture<'a, T>
    where
        T: Send + 'a,
    {
        self.asked.fetch_add(1, Ordering::Relaxed);
        match *self.fails.lock().expect("a flag") {
            true => Box::pin(async { Err(StoreError::unavailable("gone")) }),
            false => answer,
        }
    }
}

impl Store for Counted {
    fn get<'a>(&'a self, key: Key<'a>) -> StoreFuture<'a, Option<Vec<u8>>> {
        self.ask(self.inner.get(key))
    }

    fn put<'a>(&'a self, key: Key<'a>, entry: Entry<'a>) -> StoreFuture<'a, ()> {
        self.ask(self.inner.put(key, entry))
    }

    fn put_if_absent<'a>(&'a self, key: Key<'a>, entry: Entry<'a>) -> StoreFuture<'a, bool> {
        self.ask(self.inner.put_if_absent(key, entry))
    }

    fn take<'a>(&'a self, key: Key<'a>) -> StoreFuture<'a, Option<Vec<u8>>> {
        self.ask(self.inner.take(key))
    }

    fn compare_and_swap<'a>(
        &'a self,
        key: Key<'a>,
        expected: &'a [u8],
        entry: Entry<'a>,
    ) -> StoreFuture<'a, bool> {
        self.ask(self.inner.compare_and_swap(key, expected, entry))
    }

    fn list<'a>(&'a self, space: Space<'a>, owner: &'a str) -> StoreFuture<'a, Vec<Listed>> {
        self.ask(self.inner.list(space, owner))
    }
}

struct Setup {
    tokens: OneTimeTokens,
    store: Arc<Counted>,
    clock: MovedClock,
}

/// The store's clock is the tokens' own.
fn setup() -> Setup {
    let clock = MovedClock::new();
    let inner = MemoryStore::new().with_clock(clock.clone());
    let store = Arc::new(Counted {
        inner,
        asked: AtomicUsize::new(0),
        fails: Mutex::new(false),
    });
    Setup {
        tokens: OneTimeTokens::new(store.clone(), Arc::new(clock.clone())),
        store,
        clock,
    }
}

/// What is in memory answers at once.
fn now<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("an answer at once")
}

fn reset(subject: &str) -> ResetClaims {
    ResetClaims {
        subject: subject.to_owned(),
        hash: "f1n9".to_owned(),
    }
}

impl Setup {
    fn issue(&self, owner: &str) -> Token<Reset> {
        now(self.tokens.issue(owner, &reset(owner))).expect("a token")
    }

    fn find<P: OneTime>(&self, token: &Token<P>) -> Option<P::Claims> {
        now(self.tokens.find(token)).expect("an answer")
    }

    fn redeem<P: OneTime>(&self, token: &Token<P>) -> Option<Redeemed<P>> {
        now(self.tokens.redeem(token)).expect("an answer")
    }
}

#[test]
fn a_token_is_redeemed_once_and_found_until_then() {
    let setup = setup();
    let token = setup.issue("ada");
    assert_eq!(setup.find(&token), Some(reset("ada")));
    assert_eq!(setup.find(&token), Some(reset("ada")));
    let redeemed = setup.redeem(&token).expect("good");
    assert_eq!(redeemed.claims(), &reset("ada"));
    assert!(setup.redeem(&token).is_none());
    assert_eq!(setup.find(&token), None);
}

#[test]
fn each_token_is_its_own() {
    let setup = setup();
    let [first, second] = [setup.issue("ada"), setup.issue("ada")];
    assert_ne!(first.expose(), second.expose());
    assert!(setup.redeem(&first).is_some());
    assert!(setup.redeem(&second).is_some());
}

#[test]
fn each_purpose_has_its_claims_and_its_lifetime() {
    let setup = setup();
    let verify = VerifyEmailClaims {
        address: "ada@example.com".to_owned(),
        details: json!({ "name": "Ada", "beta": [1, 2.5, null] }),
    };
    let change = ChangeEmailClaims {
        subject: "7".to_owned(),
        from: "ada@example.com".to_owned(),
        to: "ada@example.org".to_owned(),
    };
    let address = "ada@example.com";
    let verifying = now(setup.tokens.issue::<VerifyEmail>(address, &verify)).expect("a token");
    let changing = now(setup.tokens.issue::<ChangeEmail>("7", &change)).expect("a token");
    let resetting = setup.issue("7");
    let minute = Duration::from_secs(60);

    setup.clock.advance(15 * minute - Duration::from_millis(1));
    assert!(setup.find(&resetting).is_some());
    setup.clock.advance(Duration::from_millis(1));
    assert!(setup.redeem(&resetting).is_none());

    setup.clock.advance(45 * minute - Duration::from_millis(1));
    assert_eq!(setup.find(&changing), Some(change));
    setup.clock.advance(Duration::from_millis(1));
    assert!(setup.redeem(&changing).is_none());

    setup
        .clock
        .advance(23 * 60 * minute - Duration::from_millis(1));
    assert_eq!(setup.find(&verifying), Some(verify));
    setup.clock.advance(Duration::from_millis(1));
    assert!(setup.redeem(&verifying).is_none());
}

#[test]
fn a_token_ends_by_this_clock_too() {
    let clock = MovedClock::new();
    // Its own clock stands still.
    let store = Arc::new(MemoryStore::new().with_clock(MovedClock::new()));
    let tokens = OneTimeTokens::new(store.clone(), Arc::new(clock.clone()));
    let token = now(tokens.issue::<Reset>("ada", &reset("ada"))).expect("a token");
    clock.advance(Reset::LIFETIME);
    assert!(now(tokens.find(&token)).expect("an answer").is_none());
    assert!(now(tokens.redeem(&token)).expect("an answer").is_none());
}

#[test]
fn a_token_for_one_purpose_is_none_for_another() {
    let setup = setup();
    let token = setup.issue("ada");
    let other = Token::<VerifyEmail>::from_untrusted(token.expose());
    assert_eq!(setup.find(&other), None);
    assert!(setup.redeem(&other).is_none());
    assert!(setup.redeem(&token).is_some());
}

#[test]
fn a_text_that_is_no_token_is_not_looked_up() {
    let setup = setup();
    let token = setup.issue("ada");
    let asked = setup.store.asked.load(Ordering::Relaxed);
    for text in [
        "",
        "a",
        &token.expose()[1..],
        &format!("{}=", token.expose()),
        &"a".repeat(1_000_000),
    ] {
        let token = Token::<Reset>::from_untrusted(text);
        assert_eq!(setup.find(&token), None);
        assert!(setup.redeem(&token).is_none());
    }
    assert_eq!(setup.store.asked.load(Ordering::Relaxed), asked);

    let unknown = Token::<Reset>::from_untrusted("A".repeat(43));
    assert!(setup.redeem(&unknown).is_none());
    assert!(setup.store.asked.load(Ordering::Relaxed) > asked);
}

#[test]
fn what_is_put_back_is_good_for_the_rest_of_its_time() {
    let setup = setup();
    let token = setup.issue("ada");
    setup.clock.advance(Duration::from_secs(14 * 60));
    let redeemed = setup.redeem(&token).expect("good");
    assert!(setup.redeem(&token).is_none());
    now(setup.tokens.put_back(redeemed)).expect("put back");

    setup.clock.advance(Duration::from_millis(59_999));
    let redeemed = setup.redeem(&token).expect("good again");
    assert_eq!(redeemed.claims(), &reset("ada"));
    now(setup.tokens.put_back(redeemed)).expect("put back");
    setup.clock.advance(Duration::from_millis(1));
    assert!(setup.redeem(&token).is_none());
}

#[test]
fn what_has_ended_meanwhile_is_not_put_back() {
    let setup = setup();
    let token = setup.issue("ada");
    let redeemed = setup.redeem(&token).expect("good");
    setup.clock.advance(Reset::LIFETIME);
    now(setup.tokens.put_back(redeemed)).expect("nothing to do");
    assert_eq!(setup.store.inner.entries(), 0);
    assert!(setup.redeem(&token).is_none());
}

#[test]
fn what_is_put_back_is_still_its_owners() {
    let setup = setup();
    let token = setup.issue("ada");
    let redeemed = setup.redeem(&token).expect("good");
    now(setup.tokens.put_back(redeemed)).expect("put back");
    now(setup.tokens.end_all::<Reset>("ada")).expect("done");
    assert!(setup.redeem(&token).is_none());
}

#[test]
fn all_tokens_of_an_owner_end_for_one_purpose() {
    let setup = setup();
    let ada = [setup.issue("ada"), setup.issue("ada")];
    let eve = setup.issue("eve");
    let claims = ChangeEmailClaims {
        subject: "ada".to_owned(),
        from: "ada@example.com".to_owned(),
        to: "ada@example.org".to_owned(),
    };
    let change = now(setup.tokens.issue::<ChangeEmail>("ada", &claims)).expect("a token");
    now(setup.tokens.end_all::<Reset>("ada")).expect("done");
    for token in &ada {
        assert!(setup.redeem(token).is_none());
    }
    assert!(setup.redeem(&eve).is_some());
    assert!(setup.redeem(&change).is_some());
    now(setup.tokens.end_all::<Reset>("nobody")).expect("nothing to do");
}

#[test]
fn owners_are_of_any_length_and_kept_apart() {
    let setup = setup();
    let long = "a".repeat(10_000);
    for owner in ["", "a\0b", "ada@example.com", &long] {
        let token = setup.issue(owner);
        now(setup.tokens.end_all::<Reset>("other")).expect("done");
        assert!(setup.find(&token).is_some(), "{owner}");
        now(setup.tokens.end_all::<Reset>(owner)).expect("done");
        assert!(setup.find(&token).is_none(), "{owner}");
    }
}

#[test]
fn a_store_that_does_not_answer_is_told() {
    let setup = setup();
    let token = setup.issue("ada");
    let kept = setup.issue("ada");
    let redeemed = setup.redeem(&token).expect("good");
    *setup.store.fails.lock().expect("a flag") = true;
    let tokens = &setup.tokens;
    let unavailable = |error| matches!(error, Some(StoreError::Unavailable(_)));
    assert!(unavailable(now(tokens.find(&kept)).err()));
    assert!(unavailable(now(tokens.redeem(&kept)).err()));
    assert!(unavailable(now(tokens.put_back(redeemed)).err()));
    assert!(unavailable(now(tokens.end_all::<Reset>("ada")).err()));
    let issued = now(tokens.issue::<Reset>("ada", &reset("ada")));
    assert!(unavailable(issued.err()));
    *setup.store.fails.lock().expect("a flag") = false;
    assert!(setup.redeem(&kept).is_some());
}

#[test]
fn claims_that_are_too_long_are_refused() {
    let setup = setup();
    let claims = VerifyEmailClaims {
        address: "ada@example.com".to_owned(),
        details: "a".repeat(64 * 1024).into(),
    };
    let issued = now(setup.tokens.issue::<VerifyEmail>("ada", &claims));
    assert!(matches!(issued, Err(StoreError::Invalid("value"))));
}

#[test]
fn what_is_redeemed_prints_nothing_of_it() {
    let setup = setup();
    let token = setup.issue("ada");
    let redeemed = setup.redeem(&token).expect("good");
    assert_eq!(format!("{redeemed:?}"), "Redeemed<reset>([redacted])");
    assert_eq!(format!("{:?}", setup.tokens), "OneTimeTokens { .. }");
}
