use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use secure_runtime::{
    store::{Entry, Key, Listed, MemoryStore, Space, Store, StoreError, StoreFuture},
    test::TestClock,
};

/// An operation of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Operation {
    Get,
    Put,
    PutIfAbsent,
    Take,
    Swap,
    List,
}

/// A store in memory that stands for one which several instances share. It counts what it is asked,
/// stops to answer when it is told to, and lets others run before each answer, as a network does.
#[derive(Debug, Clone)]
pub(crate) struct SharedStore {
    memory: Arc<MemoryStore>,
    switches: Arc<Mutex<Switches>>,
    is_shared: bool,
}

#[derive(Debug, Default)]
struct Switches {
    fails: Option<Vec<Operation>>,
    asked: BTreeMap<Operation, usize>,
}

impl SharedStore {
    pub(crate) fn new(clock: &TestClock) -> Self {
        Self {
            memory: Arc::new(MemoryStore::new().with_clock(clock.clone())),
            switches: Arc::default(),
            is_shared: true,
        }
    }

    /// One that says that nobody else uses it.
    pub(crate) fn of_one_instance(clock: &TestClock) -> Self {
        Self {
            is_shared: false,
            ..Self::new(clock)
        }
    }

    /// From now on no operation is answered.
    pub(crate) fn fails(&self) {
        self.switches().fails = Some(Vec::new());
    }

    /// From now on these operations are not answered.
    pub(crate) fn fails_to(&self, operations: &[Operation]) {
        self.switches().fails = Some(operations.to_vec());
    }

    /// From now on everything is answered.
    pub(crate) fn works(&self) {
        self.switches().fails = None;
    }

    /// What was asked since this was last called, answered or not.
    pub(crate) fn asked(&self) -> Vec<(Operation, usize)> {
        std::mem::take(&mut self.switches().asked)
            .into_iter()
            .collect()
    }

    async fn enter(&self, operation: Operation) -> Result<(), StoreError> {
        let fails = {
            let mut switches = self.switches();
            *switches.asked.entry(operation).or_default() += 1;
            let fails = switches.fails.as_ref();
            fails.is_some_and(|some| some.is_empty() || some.contains(&operation))
        };
        tokio::task::yield_now().await;
        match fails {
            true => Err(StoreError::unavailable("it is switched off")),
            false => Ok(()),
        }
    }

    fn switches(&self) -> std::sync::MutexGuard<'_, Switches> {
        self.switches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for SharedStore {
    fn is_shared(&self) -> bool {
        self.is_shared
    }

    fn get<'a>(&'a self, key: Key<'a>) -> StoreFuture<'a, Option<Vec<u8>>> {
        Box::pin(async move {
            self.enter(Operation::Get).await?;
            self.memory.get(key).await
        })
    }

    fn put<'a>(&'a self, key: Key<'a>, entry: Entry<'a>) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            self.enter(Operation::Put).await?;
            self.memory.put(key, entry).await
        })
    }

    fn put_if_absent<'a>(&'a self, key: Key<'a>, entry: Entry<'a>) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            self.enter(Operation::PutIfAbsent).await?;
            self.memory.put_if_absent(key, entry).await
        })
    }

    fn take<'a>(&'a self, key: Key<'a>) -> StoreFuture<'a, Option<Vec<u8>>> {
        Box::pin(async move {
            self.enter(Operation::Take).await?;
            self.memory.take(key).await
        })
    }

    fn compare_and_swap<'a>(
        &'a self,
        key: Key<'a>,
        expected: &'a [u8],
        entry: Entry<'a>,
    ) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            self.enter(Operation::Swap).await?;
            self.memory.compare_and_swap(key, expected, entry).await
        })
    }

    fn list<'a>(&'a self, space: Space<'a>, owner: &'a str) -> StoreFuture<'a, Vec<Listed>> {
        Box::pin(async move {
            self.enter(Operation::List).await?;
            self.memory.list(space, owner).await
        })
    }
}
