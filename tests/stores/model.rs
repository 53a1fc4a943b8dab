//! Any sequence of operations, beside a model that is a map.

use std::{collections::BTreeMap, time::Duration};

use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use secure_runtime::store::{Entry, Space};

use tokio::runtime::Handle;

use crate::backend::{At, MINUTE, Place};

/// Few of each, so that they meet.
const SPACES: [Space<'static>; 3] = [
    Space::new("a"),
    Space::new("b"),
    Space::new("a").of_tenant("b"),
];
const IDS: [&str; 3] = ["a", "b", "a:b"];
const OWNERS: [&str; 2] = ["alice", "a"];

#[derive(Debug, Clone)]
enum Step {
    Get(Where),
    Put(Where, Content),
    PutIfAbsent(Where, Content),
    Take(Where),
    /// With the value that is there, or with this one.
    Swap(Where, Option<u8>, Content),
    List(usize, usize),
    Wait(Duration),
}

/// The numbers of the space and the id.
type Where = (usize, usize);

#[derive(Debug, Clone)]
struct Content {
    value: u8,
    owner: Option<usize>,
    minutes: u32,
}

impl Content {
    fn entry(&self) -> Entry<'_> {
        Entry {
            value: std::slice::from_ref(&self.value),
            owner: self.owner.map(|owner| OWNERS[owner]),
            lifetime: self.minutes * MINUTE,
        }
    }
}

fn step() -> impl Strategy<Value = Step> {
    let place = || (0..SPACES.len(), 0..IDS.len());
    let content = || {
        let owner = prop::option::of(0..OWNERS.len());
        (0..4_u8, owner, 1..6_u32).prop_map(|(value, owner, minutes)| Content {
            value,
            owner,
            minutes,
        })
    };
    let wait = prop::sample::select(vec![
        Duration::from_millis(1),
        MINUTE - Duration::from_millis(1),
        MINUTE,
        3 * MINUTE,
    ]);
    prop_oneof![
        3 => place().prop_map(Step::Get),
        3 => (place(), content()).prop_map(|(place, content)| Step::Put(place, content)),
        3 => (place(), content()).prop_map(|(place, content)| Step::PutIfAbsent(place, content)),
        2 => place().prop_map(Step::Take),
        3 => (place(), prop::option::of(0..4_u8), content())
            .prop_map(|(place, expected, content)| Step::Swap(place, expected, content)),
        3 => (0..SPACES.len(), 0..OWNERS.len()).prop_map(|(space, owner)| Step::List(space, owner)),
        2 => wait.prop_map(Step::Wait),
    ]
}

/// What should be there: the value, the owner, the end.
#[derive(Default)]
struct Model {
    entries: BTreeMap<Where, (u8, Option<usize>, Duration)>,
    now: Duration,
}

impl Model {
    fn put(&mut self, place: Where, content: &Content) {
        let end = self.now + content.minutes * MINUTE;
        let entry = (content.value, content.owner, end);
        self.entries.insert(place, entry);
    }

    fn get(&mut self, place: Where) -> Option<u8> {
        let now = self.now;
        self.entries.retain(|_, (_, _, end)| *end > now);
        self.entries.get(&place).map(|(value, _, _)| *value)
    }
}

pub(crate) async fn it_does_what_the_model_does(at: &At) {
    let cases = if matches!(at.place, Place::Memory) {
        256
    } else {
        24
    };
    let mut runner = TestRunner::new(Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    });
    let steps = prop::collection::vec(step(), 1..60);
    let done = runner.run(&steps, |steps| {
        tokio::task::block_in_place(|| Handle::current().block_on(run(at, &steps)));
        Ok(())
    });
    done.unwrap_or_else(|failure| panic!("{failure}"));
}

async fn run(at: &At, steps: &[Step]) {
    // Whatever the last run has left is over.
    at.clock.advance(10 * MINUTE);
    let mut model = Model::default();
    for (number, step) in steps.iter().enumerate() {
        check(at, &mut model, step, &format!("step {number}")).await;
    }
}

async fn check(at: &At, model: &mut Model, step: &Step, told: &str) {
    let key = |place: &Where| SPACES[place.0].key(IDS[place.1]);
    let bytes = |value: Option<u8>| value.map(|value| vec![value]);
    match step {
        Step::Get(place) => {
            let there = at.store.get(key(place)).await.unwrap();
            assert_eq!(there, bytes(model.get(*place)), "{told}");
        }
        Step::Put(place, content) => {
            at.store.put(key(place), content.entry()).await.unwrap();
            model.put(*place, content);
        }
        Step::PutIfAbsent(place, content) => {
            let put = at.store.put_if_absent(key(place), content.entry());
            let absent = model.get(*place).is_none();
            assert_eq!(put.await.unwrap(), absent, "{told}");
            if absent {
                model.put(*place, content);
            }
        }
        Step::Take(place) => {
            let taken = at.store.take(key(place)).await.unwrap();
            assert_eq!(taken, bytes(model.get(*place)), "{told}");
            model.entries.remove(place);
        }
        Step::Swap(place, expected, content) => {
            let there = model.get(*place);
            let expected = [expected.or(there).unwrap_or(9)];
            let swapped = at
                .store
                .compare_and_swap(key(place), &expected, content.entry());
            let equal = there == Some(expected[0]);
            assert_eq!(swapped.await.unwrap(), equal, "{told}");
            if equal {
                model.put(*place, content);
            }
        }
        Step::List(space, owner) => {
            let listed = at.store.list(SPACES[*space], OWNERS[*owner]).await.unwrap();
            let mut listed: Vec<_> = listed.into_iter().map(|l| (l.id, l.value)).collect();
            listed.sort();
            model.get((0, 0));
            let mut expected: Vec<_> = model
                .entries
                .iter()
                .filter(|((of, _), (_, by, _))| of == space && *by == Some(*owner))
                .map(|((_, id), (value, _, _))| (IDS[*id].to_owned(), vec![*value]))
                .collect();
            expected.sort();
            assert_eq!(listed, expected, "{told}");
        }
        Step::Wait(time) => {
            at.clock.advance(*time);
            model.now += *time;
        }
    }
}
