//! Section `stores`: every operation of the store on every backend that is at hand.

mod backends;
mod limits;
// Real servers, as the tests start them.
#[path = "../../tests/services/mod.rs"]
#[allow(clippy::expect_used, missing_docs, reason = "written for tests")]
mod services;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use secure_runtime::store::{Entry, Space, Store, StoreError};
use tokio::{
    runtime::{self, Runtime},
    task::JoinSet,
};

use crate::{
    Failure,
    harness::{Candidate, Column, Settings, Table, batch},
};
use backends::Backend;

const SPACE: Space<'static> = Space::new("bench");
const HOUR: Duration = Duration::from_secs(60 * 60);
/// As long as the record of a refresh family.
const VALUE: [u8; 250] = [b'v'; 250];
const OTHER_VALUE: [u8; 250] = [b'w'; 250];
/// Has five entries all the time.
const LISTED: &str = "listed";
const TASKS: usize = 64;

/// What is measured.
#[derive(Debug, Clone, Copy)]
enum Operation {
    Get,
    Put,
    PutIfAbsent,
    Take,
    CompareAndSwap,
    List,
}

const OPERATIONS: [(Operation, &str); 6] = [
    (Operation::Get, "get"),
    (Operation::Put, "put"),
    (Operation::PutIfAbsent, "put_if_absent"),
    (Operation::Take, "take"),
    (Operation::CompareAndSwap, "compare_and_swap"),
    (Operation::List, "list (of 5)"),
];

/// Prints the tables of this section.
///
/// # Errors
/// When a backend is there and does not work.
pub fn run(settings: &Settings) -> Result<(), Failure> {
    // One task stands for a request in a worker of actix-web, whose runtime has one thread; the many
    // run on as many threads as there are cores.
    let one = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let many = runtime::Builder::new_multi_thread().enable_all().build()?;
    let backends = Backend::at_hand();
    one.block_on(async {
        let (mut columns, mut alone, mut together) = (Vec::new(), Vec::new(), Vec::new());
        for backend in &backends {
            columns.push(match columns.is_empty() {
                true => Column::new(backend.name()),
                false => Column::over(backend.name(), 0),
            });
            // A connection belongs to the runtime in which it was made.
            alone.push(backend.clone().open().await?);
            together.push(many.spawn(backend.clone().open()).await??);
        }
        let mut table = Table::new("stores: one task", columns.clone());
        for (operation, name) in OPERATIONS {
            let candidates = alone.iter().map(|store| in_one_task(operation, store));
            table.measure(name, settings, candidates.collect()).await;
        }
        table.print();
        let mut table = Table::new("stores: 64 tasks", columns);
        for (operation, name) in OPERATIONS {
            let candidates = together
                .iter()
                .map(|store| in_many_tasks(operation, store, &many));
            table.measure(name, settings, candidates.collect()).await;
        }
        table.print();
        limits::run(settings).await
    })
}

fn in_one_task(operation: Operation, store: &Arc<dyn Store>) -> Box<dyn Candidate> {
    let store = store.clone();
    batch(move |operations| {
        let store = store.clone();
        async move {
            let ids = prepare(operation, &*store, operations).await;
            let start = Instant::now();
            for id in &ids {
                done(operation.run(&*store, id).await);
            }
            let elapsed = start.elapsed();
            tidy(&*store, &ids).await;
            elapsed
        }
    })
}

fn in_many_tasks<'a>(
    operation: Operation,
    store: &Arc<dyn Store>,
    runtime: &'a Runtime,
) -> Box<dyn Candidate + 'a> {
    let store = store.clone();
    batch(move |operations| {
        let measured = runtime.spawn(measure_many(operation, store.clone(), operations));
        async move {
            match measured.await {
                Ok(elapsed) => elapsed,
                Err(error) => std::panic::resume_unwind(error.into_panic()),
            }
        }
    })
}

async fn measure_many(operation: Operation, store: Arc<dyn Store>, operations: u32) -> Duration {
    let ids = prepare(operation, &*store, operations).await;
    let mut shares = vec![Vec::new(); TASKS];
    for (number, id) in ids.iter().enumerate() {
        shares[number % TASKS].push(id.clone());
    }
    let start = Instant::now();
    let mut tasks = JoinSet::new();
    for share in shares {
        let store = store.clone();
        tasks.spawn(async move {
            for id in &share {
                done(operation.run(&*store, id).await);
            }
        });
    }
    tasks.join_all().await;
    let elapsed = start.elapsed();
    tidy(&*store, &ids).await;
    elapsed
}

impl Operation {
    async fn run(self, store: &dyn Store, id: &str) -> Result<bool, StoreError> {
        let key = SPACE.key(id);
        Ok(match self {
            Self::Get => store.get(key).await?.is_some(),
            Self::Put => store.put(key, entry(&OTHER_VALUE, id)).await.is_ok(),
            Self::PutIfAbsent => store.put_if_absent(key, entry(&VALUE, id)).await?,
            Self::Take => store.take(key).await?.is_some(),
            Self::CompareAndSwap => {
                let next = entry(&OTHER_VALUE, id);
                store.compare_and_swap(key, &VALUE, next).await?
            }
            Self::List => store.list(SPACE, LISTED).await?.len() == 5,
        })
    }
}

/// Ids that nobody had before, each with an entry unless the operation is to write it.
async fn prepare(operation: Operation, store: &dyn Store, operations: u32) -> Vec<String> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let ids = (0..operations).map(|_| NEXT.fetch_add(1, Ordering::Relaxed));
    // As long as the id of a family.
    let ids: Vec<String> = ids.map(|id| format!("{id:043}")).collect();
    match operation {
        Operation::PutIfAbsent => {}
        Operation::List => {
            for id in ["1", "2", "3", "4", "5"] {
                let entry = Entry {
                    owner: Some(LISTED),
                    ..entry(&VALUE, id)
                };
                done(store.put(SPACE.key(id), entry).await.map(|()| true));
            }
        }
        _ => {
            for id in &ids {
                let written = store.put(SPACE.key(id), entry(&VALUE, id)).await;
                done(written.map(|()| true));
            }
        }
    }
    ids
}

async fn tidy(store: &dyn Store, ids: &[String]) {
    for id in ids {
        done(store.take(SPACE.key(id)).await.map(|_| true));
    }
}

/// Its owner has this entry alone, as most have one sign-in.
fn entry<'a>(value: &'a [u8], id: &'a str) -> Entry<'a> {
    Entry {
        value,
        owner: Some(id),
        lifetime: HOUR,
    }
}

#[allow(clippy::panic, reason = "a benchmark of a failure is none")]
#[track_caller]
fn done(outcome: Result<bool, StoreError>) {
    match outcome {
        Ok(true) => {}
        Ok(false) => panic!("the operation found something else than it should"),
        Err(error) => panic!("{error}"),
    }
}
