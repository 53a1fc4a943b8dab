//! Many at once, through two handles where there can be two.

use std::{collections::HashSet, sync::Arc};

use futures_util::future::join_all;
use secure_runtime::store::{Space, Store};
use tokio::task::JoinSet;

use crate::backend::{At, Place, owned, value};

const SPACE: Space<'static> = Space::new("test");

/// How many tasks there are.
const TASKS: usize = 64;

/// A handle for each task: of a shared place, half of them have another one than the other half.
async fn handles(at: &At) -> Vec<Arc<dyn Store>> {
    let second = match at.place {
        Place::Memory => Arc::clone(&at.store),
        _ => at.place.open(&at.clock).await,
    };
    (0..TASKS)
        .map(|number| if number % 2 == 0 { &at.store } else { &second })
        .cloned()
        .collect()
}

/// What each task gives, when all run at once.
async fn at_once<T, F>(at: &At, task: impl Fn(usize, Arc<dyn Store>) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for (number, store) in handles(at).await.into_iter().enumerate() {
        tasks.spawn(task(number, store));
    }
    tasks.join_all().await
}

pub(crate) async fn one_of_many_takes_it(at: &At) {
    for _ in 0..5 {
        let key = SPACE.key("a");
        at.store.put(key, owned(b"one", "alice")).await.unwrap();
        let taken = at_once(at, |_, store| async move { store.take(key).await.unwrap() }).await;
        let taken: Vec<_> = taken.into_iter().flatten().collect();
        assert_eq!(taken, [b"one"]);
    }
}

pub(crate) async fn one_of_many_puts_it(at: &At) {
    for round in 0..5 {
        let round = round.to_string();
        let put = at_once(at, |number, store| {
            let (round, number) = (round.clone(), number.to_string());
            async move {
                let entry = owned(number.as_bytes(), &number);
                let put = store.put_if_absent(SPACE.key(&round), entry).await.unwrap();
                put.then_some(number)
            }
        })
        .await;
        let put: Vec<_> = put.into_iter().flatten().collect();
        assert_eq!(put.len(), 1, "{put:?}");
        let there = at.store.get(SPACE.key(&round)).await.unwrap().unwrap();
        assert_eq!(there, put[0].as_bytes());
        // Of all owners, exactly that one has it.
        let owners = (0..TASKS).map(|number| number.to_string());
        let lists = owners.map(async |owner| at.store.list(SPACE, &owner).await.unwrap());
        let listed = join_all(lists).await.into_iter().flatten();
        assert_eq!(listed.filter(|listed| listed.id == round).count(), 1);
    }
}

pub(crate) async fn no_step_of_a_counter_is_lost(at: &At) {
    const STEPS: u64 = 3;
    let key = SPACE.key("counter");
    at.store.put(key, value(b"0")).await.unwrap();
    at_once(at, |_, store| async move {
        for _ in 0..STEPS {
            loop {
                let before = store.get(key).await.unwrap().unwrap();
                let number: u64 = str::from_utf8(&before).unwrap().parse().unwrap();
                let after = (number + 1).to_string();
                let entry = value(after.as_bytes());
                if store.compare_and_swap(key, &before, entry).await.unwrap() {
                    break;
                }
            }
        }
    })
    .await;
    let counted = at.store.get(key).await.unwrap().unwrap();
    let expected = (TASKS as u64 * STEPS).to_string();
    assert_eq!(counted, expected.as_bytes());
}

/// Half of the tasks put values of their own under a few keys where nothing is, half take what is there.
pub(crate) async fn each_put_is_taken_once(at: &At) {
    const KEYS: usize = 4;
    const ROUNDS: usize = 8;
    let done = at_once(at, |number, store| async move {
        let (mut put, mut taken) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            let id = ((number / 2 + round) % KEYS).to_string();
            let key = SPACE.key(&id);
            // Both halves have tasks on both handles.
            if (number / 2) % 2 == 0 {
                let mine = format!("{number}-{round}");
                let entry = owned(mine.as_bytes(), "alice");
                if store.put_if_absent(key, entry).await.unwrap() {
                    put.push(mine);
                }
            } else if let Some(value) = store.take(key).await.unwrap() {
                taken.push(String::from_utf8(value).unwrap());
            }
        }
        (put, taken)
    })
    .await;
    let (put, taken): (Vec<_>, Vec<_>) = done.into_iter().unzip();
    let put: HashSet<_> = put.into_iter().flatten().collect();
    let mut seen: Vec<_> = taken.into_iter().flatten().collect();
    for id in 0..KEYS {
        let left = at.store.take(SPACE.key(&id.to_string())).await.unwrap();
        seen.extend(left.map(|value| String::from_utf8(value).unwrap()));
    }
    assert_eq!(seen.len(), put.len(), "one was taken twice, or lost");
    assert_eq!(seen.into_iter().collect::<HashSet<_>>(), put);
    assert_eq!(at.store.list(SPACE, "alice").await.unwrap(), []);
}

/// Whatever else is put, taken and listed at the same time.
pub(crate) async fn what_lives_is_always_listed(at: &At) {
    at_once(at, |number, store| async move {
        // Two tasks share each id, and fight over it.
        let id = (number / 2).to_string();
        let key = SPACE.key(&id);
        for _ in 0..8 {
            store.put(key, owned(b"one", "alice")).await.unwrap();
            store.list(SPACE, "alice").await.unwrap();
            store.take(key).await.unwrap();
        }
        store.put(key, owned(b"last", "alice")).await.unwrap();
    })
    .await;
    // The slower one of each two has put it last, or the other one has taken it: list and get agree.
    let listed = at.store.list(SPACE, "alice").await.unwrap();
    let listed: HashSet<_> = listed.into_iter().map(|listed| listed.id).collect();
    for id in 0..TASKS / 2 {
        let id = id.to_string();
        let there = at.store.get(SPACE.key(&id)).await.unwrap().is_some();
        assert_eq!(there, listed.contains(&id), "{id}");
    }
}
