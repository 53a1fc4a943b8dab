//! How many requests are at work at once: in the process, and from one client.

use std::{
    collections::{HashMap, hash_map::Entry},
    net::IpAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

/// How many locks the counters of clients are under.
const SHARDS: usize = 16;

/// What the builder was told; `None` is no limit.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct InFlightSettings {
    /// In the process.
    pub(crate) most: Option<usize>,
    /// From one client.
    pub(crate) from_one_client: Option<usize>,
}

/// Counts the requests that are at work.
#[derive(Debug, Default)]
pub(crate) struct InFlight {
    settings: InFlightSettings,
    now: AtomicUsize,
    /// Whether requests are refused since the process was full.
    is_full: AtomicBool,
    refused: AtomicUsize,
    /// The clients with requests at work, and with how many: there are never more entries than requests.
    clients: [Mutex<HashMap<Client, usize>>; SHARDS],
}

/// Who has too many requests at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    Process,
    Client,
}

/// The place that one request takes until it is dropped.
#[derive(Debug)]
#[must_use = "a place that is dropped is free"]
pub(crate) struct Slot {
    at: Arc<InFlight>,
    client: Option<Client>,
}

/// A client's network, as limits by address tell clients apart: an IPv4 address, or the /56 of an IPv6 one.
/// All whose address is not known are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Client(u64);

impl InFlightSettings {
    /// What is wrong.
    pub(crate) fn findings(self) -> Vec<String> {
        let settings = [
            (self.most, "most_in_flight"),
            (self.from_one_client, "most_in_flight_from_one_client"),
        ];
        let zero = settings.into_iter().filter(|(most, _)| *most == Some(0));
        zero.map(|(_, call)| format!("`.{call}(0)` would refuse every request"))
            .collect()
    }
}

impl InFlight {
    pub(crate) fn new(settings: InFlightSettings) -> Self {
        Self {
            settings,
            ..Self::default()
        }
    }

    /// Whether anything is limited.
    pub(crate) const fn is_limited(&self) -> bool {
        self.settings.most.is_some() || self.settings.from_one_client.is_some()
    }

    /// What the builder was told.
    pub(crate) const fn settings(&self) -> InFlightSettings {
        self.settings
    }

    /// A place for a request of this client. One that `must_pass` gets it though the process is full, and is
    /// counted.
    pub(crate) fn enter(
        self: &Arc<Self>,
        client: Option<IpAddr>,
        must_pass: impl FnOnce() -> bool,
    ) -> Result<Slot, Full> {
        let client = match self.settings.from_one_client {
            Some(most) => Some(self.enter_client(Client::of(client), most)?),
            None => None,
        };
        let most = self.settings.most.unwrap_or(usize::MAX);
        let more = |now: usize| (now < most).then(|| now.saturating_add(1));
        let taken = self
            .now
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, more);
        if taken.is_err() {
            if !must_pass() {
                self.leave_client(client);
                self.note_refusal(most);
                return Err(Full::Process);
            }
            self.now.fetch_add(1, Ordering::AcqRel);
        }
        Ok(Slot {
            at: self.clone(),
            client,
        })
    }

    fn enter_client(&self, client: Client, most: usize) -> Result<Client, Full> {
        let mut clients = self.shard(client);
        let now = clients.entry(client).or_default();
        if *now >= most {
            return Err(Full::Client);
        }
        *now += 1;
        Ok(client)
    }

    fn leave_client(&self, client: Option<Client>) {
        let Some(client) = client else {
            return;
        };
        if let Entry::Occupied(mut now) = self.shard(client).entry(client) {
            match now.get() {
                0 | 1 => {
                    now.remove();
                }
                _ => *now.get_mut() -= 1,
            }
        }
    }

    fn leave(&self) {
        let before = self.now.fetch_sub(1, Ordering::AcqRel);
        // Half of them, so that the log is not full of beginnings and ends.
        let has_room = self
            .settings
            .most
            .is_some_and(|most| before <= most / 2 + 1);
        if has_room && self.is_full.load(Ordering::Relaxed) {
            self.note_room();
        }
    }

    /// One line when it begins, and one when it ends: a line for each request would help whoever sends too
    /// many.
    fn note_refusal(&self, most: usize) {
        self.refused.fetch_add(1, Ordering::Relaxed);
        if !self.is_full.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                most,
                "as many requests as may be are at work; others are answered 503"
            );
        }
    }

    fn note_room(&self) {
        if self.is_full.swap(false, Ordering::Relaxed) {
            let refused = self.refused.swap(0, Ordering::Relaxed);
            tracing::warn!(refused, "there is room for requests again");
        }
    }

    fn shard(&self, client: Client) -> std::sync::MutexGuard<'_, HashMap<Client, usize>> {
        let at = client.0 % SHARDS as u64;
        // Nothing panics under the lock, and a count is right after each step.
        self.clients[at as usize]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Client {
    fn of(address: Option<IpAddr>) -> Self {
        match address.map(|address| address.to_canonical()) {
            None => Self(u64::MAX),
            Some(IpAddr::V4(address)) => Self(address.to_bits().into()),
            // An IPv4 address has nothing above its 32 bits, and here is one.
            Some(IpAddr::V6(address)) => Self((address.to_bits() >> 72) as u64 | 1 << 56),
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.at.leave_client(self.client);
        self.at.leave();
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::guard::network;

    fn limited(most: Option<usize>, from_one_client: Option<usize>) -> Arc<InFlight> {
        Arc::new(InFlight::new(InFlightSettings {
            most,
            from_one_client,
        }))
    }

    fn address(text: &str) -> Option<IpAddr> {
        Some(text.parse().expect("an address"))
    }

    fn clients(at: &InFlight) -> usize {
        let shards = at.clients.iter();
        shards
            .map(|shard| shard.lock().expect("a lock").len())
            .sum()
    }

    #[test]
    fn a_place_is_free_when_its_slot_is_dropped() {
        let at = limited(Some(2), None);
        let enter = || at.enter(None, || false);
        let first = enter().expect("room");
        let second = enter().expect("room");
        assert_eq!(enter().err(), Some(Full::Process));
        drop(first);
        let third = enter().expect("room");
        assert_eq!(enter().err(), Some(Full::Process));
        drop((second, third));
        assert_eq!(at.now.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn who_must_pass_is_counted_beyond_the_limit() {
        let at = limited(Some(1), None);
        let usual = at.enter(None, || false).expect("room");
        let probe = at.enter(None, || true).expect("it must pass");
        drop(usual);
        assert_eq!(at.enter(None, || false).err(), Some(Full::Process));
        drop(probe);
        assert!(at.enter(None, || false).is_ok());
    }

    #[test]
    fn each_client_has_its_own_places_and_is_forgotten_when_it_leaves() {
        let at = limited(None, Some(1));
        let enter = |text| at.enter(address(text), || true);
        let one = enter("192.0.2.1").expect("room");
        assert_eq!(enter("::ffff:192.0.2.1").err(), Some(Full::Client));
        let other = enter("192.0.2.2").expect("room");
        let near = enter("2001:db8:1:100::1").expect("room");
        assert_eq!(enter("2001:db8:1:1ff::2").err(), Some(Full::Client));
        let unknown = at.enter(None, || false).expect("room");
        assert_eq!(at.enter(None, || false).err(), Some(Full::Client));
        assert_eq!(clients(&at), 4);
        drop((one, other, near, unknown));
        assert_eq!(clients(&at), 0);
        assert!(enter("192.0.2.1").is_ok());
    }

    #[test]
    fn who_is_refused_by_the_process_takes_no_place_of_the_client() {
        let at = limited(Some(1), Some(1));
        let one = at.enter(address("192.0.2.1"), || false).expect("room");
        for _ in 0..3 {
            let refused = at.enter(address("192.0.2.2"), || false);
            assert_eq!(refused.err(), Some(Full::Process));
        }
        drop(one);
        assert!(at.enter(address("192.0.2.2"), || false).is_ok());
        assert_eq!(clients(&at), 0);
    }

    #[test]
    fn clients_are_those_of_limits_by_address() {
        let addresses = [
            "192.0.2.1",
            "192.0.2.2",
            "::ffff:192.0.2.1",
            "::",
            "::1",
            "0.0.0.0",
            "2001:db8:1:100::1",
            "2001:db8:1:1ff::1",
            "2001:db8:1:200::1",
            "ffff:ffff:ffff:ffff::1",
        ];
        for one in addresses.map(|text| address(text).expect("one")) {
            for other in addresses.map(|text| address(text).expect("one")) {
                let is_same = Client::of(Some(one)) == Client::of(Some(other));
                assert_eq!(is_same, network(one) == network(other), "{one} {other}");
            }
            assert_ne!(Client::of(Some(one)), Client::of(None));
        }
    }

    #[test]
    fn never_more_than_the_limit_at_once_whatever_races() {
        let at = limited(Some(5), Some(3));
        let most = AtomicUsize::new(0);
        let inside = AtomicUsize::new(0);
        thread::scope(|scope| {
            for thread in 0..8_u8 {
                let (at, most, inside) = (&at, &most, &inside);
                scope.spawn(move || {
                    let client = address(&format!("192.0.2.{}", thread % 2));
                    for _ in 0..2_000 {
                        let Ok(slot) = at.enter(client, || false) else {
                            continue;
                        };
                        let now = inside.fetch_add(1, Ordering::SeqCst) + 1;
                        most.fetch_max(now, Ordering::SeqCst);
                        thread::yield_now();
                        inside.fetch_sub(1, Ordering::SeqCst);
                        drop(slot);
                    }
                });
            }
        });
        let most = most.into_inner();
        assert!((1..=5).contains(&most), "{most} at once");
        assert_eq!((at.now.load(Ordering::Relaxed), clients(&at)), (0, 0));
    }

    #[test]
    fn zero_would_refuse_everything() {
        let settings = InFlightSettings {
            most: Some(0),
            from_one_client: Some(0),
        };
        assert_eq!(settings.findings().len(), 2);
        assert!(InFlightSettings::default().findings().is_empty());
    }
}
