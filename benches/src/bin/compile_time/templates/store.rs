//! Where everything is kept.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

#[derive(Default)]
pub struct Store {
    last: AtomicU64,
    texts: Mutex<BTreeMap<(&'static str, u64), String>>,
}

impl Store {
    pub async fn search(&self, kind: &'static str, words: &str, page: u32) -> Vec<String> {
        let texts = self.texts();
        let found = texts
            .iter()
            .filter(|((of, _), text)| *of == kind && text.contains(words));
        let page = usize::try_from(page).unwrap_or(1).saturating_sub(1);
        found
            .skip(page * 20)
            .take(20)
            .map(|(_, text)| text.clone())
            .collect()
    }

    pub async fn count(&self, kind: &'static str) -> usize {
        self.texts().keys().filter(|(of, _)| *of == kind).count()
    }

    pub async fn read(&self, kind: &'static str, id: u64) -> Option<String> {
        self.texts().get(&(kind, id)).cloned()
    }

    pub async fn write(&self, kind: &'static str, owner: &str, text: &str) -> u64 {
        let id = self.last.fetch_add(1, Ordering::Relaxed);
        self.texts().insert((kind, id), format!("{owner}: {text}"));
        id
    }

    pub async fn change(&self, kind: &'static str, id: u64, title: &str, body: &str) -> bool {
        match self.texts().get_mut(&(kind, id)) {
            Some(text) => {
                *text = format!("{title}: {body}");
                true
            }
            None => false,
        }
    }

    pub async fn delete(&self, kind: &'static str, id: u64) -> bool {
        self.texts().remove(&(kind, id)).is_some()
    }

    fn texts(&self) -> MutexGuard<'_, BTreeMap<(&'static str, u64), String>> {
        self.texts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
