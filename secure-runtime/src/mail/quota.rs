use std::time::Duration;

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    security::State,
    store::{Entry, Space, StoreError},
};

const SPACE: Space<'static> = Space::new("mail-sent");
/// How many letters an address gets within [`PERIOD`]: nobody's mailbox is flooded through us.
const MOST: usize = 5;
const PERIOD: Duration = Duration::from_secs(24 * 60 * 60);
/// How often another letter to the same address may come in between.
const ATTEMPTS: usize = 8;

/// What is counted by itself, so that who asks for letters in somebody's name does not keep the
/// notices from coming.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Letters that anybody can ask for.
    Asked,
    /// What the owner of an account is to know.
    Notice,
}

/// Whether one more letter may go to an address. Once granted, an errand may ask again.
pub(super) async fn grants(
    state: &State,
    class: Class,
    address: &str,
    errand: &str,
) -> Result<bool, StoreError> {
    let id = id(state, class, address);
    let key = SPACE.key(&id);
    let store = state.store();
    for _ in 0..ATTEMPTS {
        let old = store.get(key).await?;
        let now = u64::try_from(state.clock().unix().as_millis()).unwrap_or(u64::MAX);
        let since = now.saturating_sub(u64::try_from(PERIOD.as_millis()).unwrap_or(u64::MAX));
        let mut sent: Vec<(String, u64)> = match &old {
            Some(value) => {
                serde_json::from_slice(value).map_err(|_| StoreError::Corrupt("a count"))?
            }
            None => Vec::new(),
        };
        if sent.iter().any(|(known, _)| known == errand) {
            return Ok(true);
        }
        sent.retain(|(_, at)| *at > since);
        if sent.len() >= MOST {
            return Ok(false);
        }
        sent.push((errand.to_owned(), now));
        let value = serde_json::to_vec(&sent).map_err(|_| StoreError::Invalid("count"))?;
        let entry = Entry {
            value: &value,
            owner: None,
            lifetime: PERIOD,
        };
        let written = match &old {
            Some(old) => store.compare_and_swap(key, old, entry).await?,
            None => store.put_if_absent(key, entry).await?,
        };
        if written {
            return Ok(true);
        }
    }
    Err(StoreError::unavailable("others write to the same address"))
}

/// The store holds no address: a keyed hash of it.
fn id(state: &State, class: Class, address: &str) -> String {
    let key = state.secrets().current("mail quota").key;
    let key = hmac::Key::new(hmac::HMAC_SHA256, &*key);
    let class = match class {
        Class::Asked => "asked",
        Class::Notice => "notice",
    };
    let text = format!("{class} {}", address.trim().to_lowercase());
    URL_SAFE_NO_PAD.encode(hmac::sign(&key, text.as_bytes()))
}
