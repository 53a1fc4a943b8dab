use std::{
    collections::HashMap,
    net::Ipv4Addr,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use futures_util::FutureExt as _;
use proptest::prelude::*;

use super::{
    counter::{FIRST_PAUSE, FORGOTTEN_AFTER, LONGEST_PAUSE},
    *,
};
use crate::store::{Key, Listed, MemoryStore, StoreFuture};

const START: Duration = Duration::from_secs(1_893_456_000);

/// A clock that stands until it is moved, in either direction.
#[derive(Debug, Clone, Default)]
struct Hands(Arc<Mutex<Duration>>);

impl Hands {
    fn at(time: Duration) -> Self {
        let hands = Self::default();
        hands.set(time);
        hands
    }

    fn set(&self, time: Duration) {
        *self.0.lock().expect("the hands") = time;
    }

    fn advance(&self, by: Duration) {
        *self.0.lock().expect("the hands") += by;
    }
}

impl Clock for Hands {
    fn unix(&self) -> Duration {
        *self.0.lock().expect("the hands")
    }

    fn monotonic(&self) -> Duration {
        self.unix()
    }
}

/// A store in memory that can be switched off, and whose swaps can be made to lose always.
#[derive(Debug)]
struct Switched {
    memory: MemoryStore,
    is_off: AtomicBool,
    loses: AtomicBool,
}

impl Switched {
    fn answer<'a, T: Send + 'a>(&'a self, answer: StoreFuture<'a, T>) -> StoreFuture<'a, T> {
        match self.is_off.load(Ordering::SeqCst) {
            true => Box::pin(async { Err(StoreError::unavailable("it is switched off")) }),
            false => answer,
        }
    }
}

impl Store for Switched {
    fn get<'a>(&'a self, key: Key<'a>) -> StoreFuture<'a, Option<Vec<u8>>> {
        self.answer(self.memory.get(key))
    }

    fn put<'a>(&'a self, key: Key<'a>, entry: Entry<'a>) -> StoreFuture<'a, ()> {
        self.answer(self.memory.put(key, entry))
    }

    fn put_if_absent<'a>(&'a self, key: Key<'a>, entry: Entry<'a>) -> StoreFuture<'a, bool> {
        self.answer(self.memory.put_if_absent(key, entry))
    }

    fn take<'a>(&'a self, key: Key<'a>) -> StoreFuture<'a, Option<Vec<u8>>> {
        self.answer(self.memory.take(key))
    }

    fn compare_and_swap<'a>(
        &'a self,
        key: Key<'a>,
        expected: &'a [u8],
        entry: Entry<'a>,
    ) -> StoreFuture<'a, bool> {
        match self.loses.load(Ordering::SeqCst) {
            true => Box::pin(async { Ok(false) }),
            false => self.answer(self.memory.compare_and_swap(key, expected, entry)),
        }
    }

    fn list<'a>(&'a self, space: Space<'a>, owner: &'a str) -> StoreFuture<'a, Vec<Listed>> {
        self.answer(self.memory.list(space, owner))
    }
}

struct Bench {
    throttle: Throttle,
    store: Arc<Switched>,
    clock: Hands,
}

impl Bench {
    fn new() -> Self {
        let clock = Hands::at(START);
        let store = Arc::new(Switched {
            memory: MemoryStore::new().with_clock(clock.clone()),
            is_off: AtomicBool::new(false),
            loses: AtomicBool::new(false),
        });
        let throttle = Throttle::new(store.clone(), Arc::new(clock.clone()));
        Self {
            throttle,
            store,
            clock,
        }
    }

    /// A store in memory is never waited for.
    fn begin(&self, account: &str, from: u32) -> Result<Attempt, ThrottleError> {
        let begun = self.throttle.begin(account, address(from), None);
        begun.now_or_never().expect("at once")
    }

    fn begin_on(&self, account: &str, device: &KnownDevice) -> Result<Attempt, ThrottleError> {
        let begun = self.throttle.begin(account, address(0), Some(device));
        begun.now_or_never().expect("at once")
    }

    fn fail(&self, account: &str, from: u32) {
        self.begin(account, from).expect("admitted").failed();
    }

    fn wait(&self, account: &str, from: u32) -> u64 {
        waits(self.begin(account, from))
    }
}

fn address(number: u32) -> Option<IpAddr> {
    Some(IpAddr::from(Ipv4Addr::from(0x0a00_0000 + number)))
}

fn waits(begun: Result<Attempt, ThrottleError>) -> u64 {
    match begun {
        Err(ThrottleError::Refused { wait }) => wait.as_secs(),
        other => panic!("{other:?}"),
    }
}

fn succeed(attempt: Attempt) {
    attempt.succeeded().now_or_never().expect("at once");
}

#[test]
fn the_account_is_counted_over_all_addresses() {
    let bench = Bench::new();
    for from in 0..100 {
        bench.fail("ada", from);
    }
    assert_eq!(bench.wait("ada", 1000), 60);
    bench.fail("eve", 1000);
    // Whoever the account refuses is not charged for it.
    for _ in 0..10 {
        assert_eq!(bench.wait("ada", 1001), 60);
    }
    bench.clock.advance(FIRST_PAUSE);
    bench.fail("ada", 1001);
    assert_eq!(bench.wait("ada", 1001), 120);
    bench.clock.advance(FIRST_PAUSE * 2);
    for _ in 0..3 {
        bench.fail("ada", 1001);
        bench.clock.advance(LONGEST_PAUSE);
    }
    bench.fail("ada", 1001);
}

#[test]
fn who_is_refused_by_address_does_not_use_up_the_account() {
    let bench = Bench::new();
    for _ in 0..5 {
        bench.fail("ada", 1);
    }
    for _ in 0..500 {
        assert_eq!(bench.wait("ada", 1), 60);
    }
    for from in 2..97 {
        bench.fail("ada", from);
    }
    // 5 + 95 is 100, and not 600.
    assert_eq!(bench.wait("ada", 2000), 60);
}

#[test]
fn success_forgets_the_address_and_gives_the_account_its_own_charge_back() {
    let bench = Bench::new();
    for from in 0..95 {
        bench.fail("ada", from);
    }
    for _ in 0..4 {
        bench.fail("ada", 500);
    }
    succeed(bench.begin("ada", 500).expect("admitted"));
    // It has started the account's pause, and ended it.
    bench.fail("ada", 500);
    assert_eq!(bench.wait("ada", 500), 60, "the 100th of the account");
    bench.clock.advance(FIRST_PAUSE);
    succeed(bench.begin("ada", 500).expect("admitted"));
    for _ in 0..4 {
        bench.fail("ada", 500);
        bench.clock.advance(LONGEST_PAUSE);
    }
}

#[test]
fn what_nobody_could_judge_costs_nothing() {
    let bench = Bench::new();
    for _ in 0..500 {
        let attempt = bench.begin("ada", 1).expect("admitted");
        attempt.give_back().now_or_never().expect("at once");
    }
    for _ in 0..4 {
        bench.fail("ada", 1);
    }
    let attempt = bench.begin("ada", 1).expect("admitted");
    assert!(attempt.starts_pause());
    assert_eq!(bench.wait("ada", 1), 60);
    attempt.give_back().now_or_never().expect("at once");
    bench.fail("ada", 1);
    assert_eq!(bench.wait("ada", 1), 60);
}

#[test]
fn an_attempt_that_nobody_waits_for_stays_charged() {
    let bench = Bench::new();
    for _ in 0..5 {
        drop(bench.begin("ada", 1).expect("admitted"));
    }
    assert_eq!(bench.wait("ada", 1), 60);
}

#[test]
fn a_known_device_counts_for_itself() {
    let bench = Bench::new();
    let (mine, other) = (KnownDevice::new(), KnownDevice::new());
    for from in 0..100 {
        bench.fail("ada", from);
    }
    for _ in 0..5 {
        bench.fail("eve", 0);
    }
    assert_eq!(bench.wait("ada", 200), 60);
    for _ in 0..4 {
        bench.begin_on("ada", &mine).expect("admitted").failed();
    }
    succeed(bench.begin_on("ada", &mine).expect("admitted"));
    for _ in 0..5 {
        bench.begin_on("ada", &mine).expect("admitted").failed();
    }
    assert_eq!(waits(bench.begin_on("ada", &mine)), 60);
    // Each for itself, and each account for itself.
    bench.begin_on("ada", &other).expect("admitted").failed();
    bench.begin_on("eve", &mine).expect("admitted").failed();
    // What it succeeds with forgives others nothing.
    assert_eq!(bench.wait("ada", 200), 60);
}

#[test]
fn an_ipv6_network_is_one_address_and_no_address_is_one_too() {
    let bench = Bench::new();
    let begin = |address: Option<&str>| {
        let address = address.map(|text| text.parse().expect("an address"));
        let begun = bench.throttle.begin("ada", address, None);
        begun.now_or_never().expect("at once")
    };
    for number in 0..5 {
        let address = format!("2001:db8:1:10{number}::1");
        begin(Some(&address)).expect("admitted").failed();
        begin(None).expect("admitted").failed();
    }
    assert_eq!(waits(begin(Some("2001:db8:1:1ff::9"))), 60);
    assert_eq!(waits(begin(None)), 60);
    begin(Some("2001:db8:1:200::1")).expect("admitted").failed();
}

#[test]
fn a_store_that_does_not_answer_lets_nobody_in_and_loses_nothing() {
    let bench = Bench::new();
    for _ in 0..4 {
        bench.fail("ada", 1);
    }
    let attempt = bench.begin("ada", 1).expect("admitted");
    bench.store.is_off.store(true, Ordering::SeqCst);
    for begun in [
        bench.begin("ada", 2),
        bench.begin_on("ada", &KnownDevice::new()),
    ] {
        assert!(matches!(begun, Err(ThrottleError::Failed(_))), "{begun:?}");
        let problem = begun.map(drop).map_err(Problem::from);
        assert_eq!(problem.expect_err("a problem").status(), 503);
    }
    // Nor can it be told of a success, which is then no reason to forget anything.
    succeed(attempt);
    bench.store.is_off.store(false, Ordering::SeqCst);
    assert_eq!(bench.wait("ada", 1), 60);
}

#[test]
fn who_loses_every_round_comes_back_later() {
    let bench = Bench::new();
    bench.fail("ada", 1);
    bench.store.loses.store(true, Ordering::SeqCst);
    assert_eq!(bench.wait("ada", 1), 1);
    bench.store.loses.store(false, Ordering::SeqCst);
    for _ in 0..4 {
        bench.fail("ada", 1);
    }
    assert_eq!(bench.wait("ada", 1), 60);
}

#[test]
fn a_record_that_cannot_be_read_lets_nobody_in() {
    let bench = Bench::new();
    let id = Kind::Account.id("ada", &[]);
    let entry = Entry {
        value: b"{\"v\":2}",
        owner: None,
        lifetime: FORGOTTEN_AFTER,
    };
    let put = bench.store.put(COUNTERS.key(&id), entry);
    put.now_or_never().expect("at once").expect("stored");
    let begun = bench.begin("ada", 1);
    assert!(matches!(begun, Err(ThrottleError::Failed(_))), "{begun:?}");
}

#[test]
fn what_is_counted_cannot_be_moved_from_one_name_to_another() {
    assert_ne!(
        Kind::Network.id("ada", b"x1"),
        Kind::Network.id("adax", b"1")
    );
    assert_ne!(Kind::Network.id("ada", b"1"), Kind::Device.id("ada", b"1"));
}

/// At once on several threads: no more are looked at than one after the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_at_once_are_five() {
    for round in 0..20 {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let clock: Arc<dyn Clock> = Arc::new(Hands::at(START));
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..64 {
            // A handle of its own, as another instance would have it.
            let throttle = Throttle::new(store.clone(), clock.clone());
            tasks.spawn(async move {
                let begun = throttle.begin("ada", address(1), None).await;
                match begun {
                    Ok(attempt) => {
                        tokio::task::yield_now().await;
                        attempt.failed();
                        true
                    }
                    Err(ThrottleError::Refused { .. }) => false,
                    Err(error) => panic!("{error:?}"),
                }
            });
        }
        let verdicts = tasks.join_all().await;
        let verdicts = verdicts.into_iter().filter(|verdict| *verdict).count();
        assert_eq!(verdicts, 5, "round {round}");
    }
}

/// Whatever is given back at the same time, what is left is what failed.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn charges_that_are_given_back_at_once_are_all_given_back() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let clock = Hands::at(START);
    let throttle = Throttle::new(store, Arc::new(clock.clone()));
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..60_u32 {
        let throttle = throttle.clone();
        tasks.spawn(async move {
            let begun = loop {
                match throttle.begin("ada", address(number), None).await {
                    Ok(attempt) => break attempt,
                    // The others left it no turn.
                    Err(ThrottleError::Refused { wait }) => assert_eq!(wait, CROWDED),
                    Err(error) => panic!("{error:?}"),
                }
            };
            tokio::task::yield_now().await;
            match number % 3 {
                0 => begun.failed(),
                1 => begun.succeeded().await,
                _ => begun.give_back().await,
            }
        });
    }
    tasks.join_all().await;
    let mut left = 0;
    for number in 100.. {
        match throttle.begin("ada", address(number), None).await {
            Ok(attempt) => attempt.failed(),
            Err(_) => break,
        }
        left += 1;
    }
    assert_eq!(left, 80, "20 of 60 have failed");
}

/// What somebody does at a moment.
#[derive(Debug, Clone, Copy)]
enum Act {
    Wait(Duration),
    GoBack(Duration),
    Attempt {
        account: usize,
        from: From,
        ends: End,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum From {
    Address(u32),
    Device(usize),
}

#[derive(Debug, Clone, Copy)]
enum End {
    Failure,
    Success,
    Fault,
}

const ACCOUNTS: [&str; 2] = ["identifier:ada", "identifier:eve"];

/// A clock that goes on, up to days.
fn onward() -> impl Strategy<Value = Act> {
    let wait = prop_oneof![
        (0..2_000_u64).prop_map(Duration::from_millis),
        (0..300_u64).prop_map(Duration::from_secs),
        (0..5_000_u64).prop_map(Duration::from_secs),
        (80_000..90_000_u64).prop_map(Duration::from_secs),
    ];
    wait.prop_map(Act::Wait)
}

/// A clock that goes back, and is never on for a day: what a store has deleted does not come back.
fn back_and_forth() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (0..100_u64).prop_map(|seconds| Act::Wait(Duration::from_secs(seconds))),
        1 => (0..100_000_u64).prop_map(|seconds| Act::GoBack(Duration::from_secs(seconds))),
    ]
}

fn acts(moves: impl Strategy<Value = Act>) -> impl Strategy<Value = Vec<Act>> {
    let from = prop_oneof![
        6 => (0..3_u32).prop_map(From::Address),
        // As from many addresses, so that the account's own counter matters.
        6 => (10..100_u32).prop_map(From::Address),
        2 => (0..2_usize).prop_map(From::Device),
    ];
    let ends = prop_oneof![
        20 => Just(End::Failure),
        2 => Just(End::Success),
        1 => Just(End::Fault),
    ];
    let attempt =
        (prop_oneof![9 => Just(0), 1 => Just(1)], from, ends).prop_map(|(account, from, ends)| {
            Act::Attempt {
                account,
                from,
                ends,
            }
        });
    let act = prop_oneof![
        10 => attempt,
        1 => moves,
    ];
    proptest::collection::vec(act, 1..600)
}

/// What the throttle promises, said without a store: how many failures count, until when nobody is looked
/// at, and when all of it is forgotten.
#[derive(Debug, Default, Clone)]
struct Expected {
    failures: i32,
    open_at: Duration,
    forgotten_at: Duration,
}

impl Expected {
    fn of(counters: &mut HashMap<String, Self>, name: &str, now: Duration) -> Self {
        let counter = counters.entry(name.to_owned()).or_default();
        if now >= counter.forgotten_at {
            *counter = Self::default();
        }
        if counter.open_at > now + LONGEST_PAUSE {
            counter.open_at = now + LONGEST_PAUSE;
            counter.written(now);
        }
        counter.clone()
    }

    /// Whatever the clock does, nothing is kept for longer than a day from when it was last written.
    fn written(&mut self, now: Duration) {
        self.forgotten_at = self.forgotten_at.min(now + FORGOTTEN_AFTER);
    }

    fn failed(&mut self, limit: i32, now: Duration) {
        self.failures += 1;
        self.forgotten_at = now + FORGOTTEN_AFTER;
        if self.failures >= limit {
            let pause = 60.0 * f64::from(self.failures - limit).exp2();
            self.open_at = now + Duration::from_secs_f64(pause.min(3600.0));
        }
    }
}

/// Does what it is told and compares each answer with the model's.
fn compare(acts: Vec<Act>) {
    let bench = Bench::new();
    let devices = [KnownDevice::new(), KnownDevice::new()];
    let mut counters = HashMap::new();
    for act in acts {
        let now = bench.clock.unix();
        let (account, from, ends) = match act {
            Act::Wait(time) => {
                bench.clock.advance(time);
                continue;
            }
            Act::GoBack(time) => {
                bench.clock.set(now - time);
                continue;
            }
            Act::Attempt {
                account,
                from,
                ends,
            } => (ACCOUNTS[account], from, ends),
        };
        let own = format!("{account} {from:?}");
        let limits = match from {
            From::Address(_) => vec![(own.clone(), 5), (account.to_owned(), 100)],
            From::Device(_) => vec![(own.clone(), 5)],
        };
        let mut wait = Duration::ZERO;
        for (name, _) in &limits {
            let counter = Expected::of(&mut counters, name, now);
            wait = counter.open_at.saturating_sub(now);
            if !wait.is_zero() {
                break;
            }
        }
        let begun = match from {
            From::Address(number) => bench.begin(account, number),
            From::Device(number) => bench.begin_on(account, &devices[number]),
        };
        let attempt = match begun {
            Ok(attempt) => {
                assert!(wait.is_zero(), "{own} is to wait for {wait:?}");
                attempt
            }
            Err(ThrottleError::Refused { wait: told }) => {
                assert_eq!(told, wait, "{}", own);
                counters.get_mut(&own).expect("known").written(now);
                continue;
            }
            Err(error) => panic!("{error:?}"),
        };
        match ends {
            End::Failure => {
                for (name, limit) in &limits {
                    counters.get_mut(name).expect("known").failed(*limit, now);
                }
                attempt.failed();
            }
            End::Success => {
                for (name, _) in &limits {
                    counters.get_mut(name).expect("known").written(now);
                }
                counters.remove(&own);
                succeed(attempt);
            }
            End::Fault => {
                for (name, _) in &limits {
                    counters.get_mut(name).expect("known").written(now);
                }
                attempt.give_back().now_or_never().expect("at once");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 128,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn it_does_what_the_model_does(acts in acts(onward())) {
        compare(acts);
    }

    #[test]
    fn it_does_what_the_model_does_when_the_clock_goes_back(acts in acts(back_and_forth())) {
        compare(acts);
    }
}
