use std::time::Duration;

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use crate::{
    clock::millis,
    security::State,
    store::{Entry, Key, Space, StoreError},
    token::{ChangeEmail, OneTime, Reset, VerifyEmail},
};

const SPACE: Space<'static> = Space::new("mail quota");
/// How many letters of a class an address gets at once: nobody's mailbox is flooded through us.
const AT_ONCE: u32 = 5;
/// How long an errand is known that was granted: at least as long as one is tried.
const MEMORY: Duration = Duration::from_secs(24 * 60 * 60);
/// How often another letter to the same address may come in between.
const ATTEMPTS: usize = 8;

/// What is counted by itself, so that whoever asks for letters of one class in somebody's name keeps none of
/// another from coming.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// What a sign-up leads to.
    SignUp,
    /// A link that resets a password.
    Reset,
    /// What the change of an address leads to.
    AddressChange,
    /// What the owner of an account is to know.
    Notice,
}

impl Class {
    /// How soon there may be one more. Where there is a link in the letters it is as long as the link
    /// holds: somebody whose letter is dropped has another one, with a link that is still good, however
    /// often others ask in that name.
    const fn every(self) -> Duration {
        match self {
            Self::SignUp => VerifyEmail::LIFETIME,
            Self::Reset => Reset::LIFETIME,
            Self::AddressChange => ChangeEmail::LIFETIME,
            Self::Notice => Duration::from_secs(60 * 60),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::SignUp => "sign-up",
            Self::Reset => "reset",
            Self::AddressChange => "address change",
            Self::Notice => "notice",
        }
    }
}

/// What an address was granted. All moments are in milliseconds since 1970.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Granted {
    /// When there may be as many at once as ever.
    full: u64,
    /// Which errands, and when.
    errands: Vec<(String, u64)>,
}

impl Granted {
    fn has(&self, errand: &str) -> bool {
        self.errands.iter().any(|(known, _)| known == errand)
    }

    /// What it is with one more; `None` where that is too much.
    fn with(mut self, class: Class, errand: &str, now: u64) -> Option<Self> {
        let every = millis(class.every());
        let full = self.full.max(now).saturating_add(every);
        if full - now > every.saturating_mul(AT_ONCE.into()) {
            return None;
        }
        self.full = full;
        let since = now.saturating_sub(millis(MEMORY));
        self.errands.retain(|(_, at)| *at > since);
        self.errands.push((errand.to_owned(), now));
        Some(self)
    }

    /// How long it is to be known.
    fn lifetime(&self, now: u64) -> Duration {
        MEMORY.max(Duration::from_millis(self.full.saturating_sub(now)))
    }
}

/// Whether one more letter may go to an address. Once granted, an errand may ask again.
pub(super) async fn grants(
    state: &State,
    class: Class,
    address: &str,
    errand: &str,
) -> Result<bool, StoreError> {
    let id = id(state, class, address);
    let (key, store) = (SPACE.key(&id), state.store());
    for _ in 0..ATTEMPTS {
        let old = store.get(key).await?;
        let now = millis(state.clock().unix());
        let granted = read(old.as_deref())?;
        if granted.has(errand) {
            return Ok(true);
        }
        let Some(granted) = granted.with(class, errand, now) else {
            return Ok(false);
        };
        if replace(state, key, old.as_deref(), &granted, now).await? {
            return Ok(true);
        }
    }
    Err(StoreError::unavailable("others write to the same address"))
}

/// Forgets what an address was granted: nothing that came of it is worth anything any more.
pub(super) async fn forget(state: &State, class: Class, address: &str) -> Result<(), StoreError> {
    let id = id(state, class, address);
    state.store().take(SPACE.key(&id)).await.map(drop)
}

fn read(value: Option<&[u8]>) -> Result<Granted, StoreError> {
    match value {
        Some(value) => serde_json::from_slice(value).map_err(|_| StoreError::Corrupt("a count")),
        None => Ok(Granted::default()),
    }
}

async fn replace(
    state: &State,
    key: Key<'_>,
    old: Option<&[u8]>,
    new: &Granted,
    now: u64,
) -> Result<bool, StoreError> {
    let value = serde_json::to_vec(new).map_err(|_| StoreError::Invalid("count"))?;
    let entry = Entry {
        value: &value,
        owner: None,
        lifetime: new.lifetime(now),
    };
    match old {
        Some(old) => state.store().compare_and_swap(key, old, entry).await,
        None => state.store().put_if_absent(key, entry).await,
    }
}

/// The store holds no address: a keyed hash of it.
fn id(state: &State, class: Class, address: &str) -> String {
    let key = state.secrets().current("mail quota").key;
    let key = hmac::Key::new(hmac::HMAC_SHA256, &*key);
    let text = format!("{} {}", class.name(), address.trim().to_lowercase());
    URL_SAFE_NO_PAD.encode(hmac::sign(&key, text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLASSES: [(Class, u64); 4] = [
        (Class::SignUp, 24 * 60),
        (Class::Reset, 15),
        (Class::AddressChange, 60),
        (Class::Notice, 60),
    ];

    #[test]
    fn five_at_once_and_then_one_every_so_often() {
        for (class, minutes) in CLASSES {
            let (start, every) = (1_893_456_000_000, minutes * 60_000);
            let mut granted = Granted::default();
            for number in 0..5 {
                let errand = number.to_string();
                granted = granted.with(class, &errand, start).expect("one of five");
            }
            for turn in 1..=20 {
                let next = start + turn * every;
                assert_eq!(granted.clone().with(class, "x", next - 1), None);
                granted = granted.with(class, "x", next).expect("one more");
                assert_eq!(granted.clone().with(class, "y", next), None);
            }
            // All five again, after as many times as long.
            let later = start + 25 * every;
            for _ in 0..5 {
                granted = granted.with(class, "x", later).expect("one of five");
            }
            assert_eq!(granted.with(class, "x", later), None);
        }
    }

    /// Somebody asks as often as can be: whenever a letter is dropped, a link is less than its lifetime old.
    #[test]
    fn while_one_is_dropped_another_ones_link_holds() {
        let (mut now, mut last) = (1_893_456_000_000, 0);
        let mut granted = Granted::default();
        for _ in 0..20_000 {
            now += 7_919;
            match granted.clone().with(Class::Reset, "x", now) {
                Some(more) => (granted, last) = (more, now),
                None => assert!(now - last < millis(Reset::LIFETIME)),
            }
        }
    }

    /// However long somebody asks, what is stored stays small.
    #[test]
    fn errands_are_known_for_a_day() {
        let mut granted = Granted::default();
        let start = 1_893_456_000_000;
        for turn in 0..1_000 {
            let now = start + turn * 15 * 60_000;
            let errand = format!("{turn:032}");
            granted = granted.with(Class::Reset, &errand, now).expect("in time");
            assert!(granted.has(&errand) && granted.errands.len() <= 101);
            assert!(granted.lifetime(now) >= MEMORY);
        }
        assert!(!granted.has(&format!("{:032}", 0)));
        assert!(serde_json::to_vec(&granted).expect("json").len() < 8 * 1024);
    }
}
