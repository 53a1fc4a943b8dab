use std::{collections::HashMap, time::Duration};

use super::{super::millis, Fact, Revocable};
use crate::store::StoreError;

/// More than this are refused rather than forgotten: about 150 MB.
const MOST: usize = 1_000_000;
/// How often a full memory is looked through for what has expired, in milliseconds.
const TIDY_EVERY: u64 = 1000;
/// Below this, nobody looks for what has expired.
const FEW: usize = 1024;

/// The facts that count, in memory.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Each with the moment from which on it says nothing more.
    tokens: HashMap<String, u64>,
    families: HashMap<String, u64>,
    subjects: HashMap<String, SignedOut>,
    /// At how many facts it is next looked which of them have expired.
    tidy_at: usize,
    /// When that was last done.
    tidied_at: u64,
}

/// What all facts about one subject come to. Each of them refuses what it refuses by itself, so none takes
/// back what another one has said, and their order does not matter.
#[derive(Debug, Default)]
struct SignedOut {
    /// Up to when everything is refused.
    not_after: u64,
    /// Up to when everything is refused but one sign-in; later than `not_after`, or it says nothing.
    elsewhere: Option<(u64, String)>,
    until: u64,
}

impl SignedOut {
    /// Whether the fact says something new.
    fn learn(&mut self, not_after: u64, except: Option<String>, until: u64) -> bool {
        let is_new = match except {
            None => later(&mut self.not_after, not_after),
            Some(family) => self.learn_elsewhere(not_after, family),
        };
        later(&mut self.until, until) || is_new
    }

    /// Two facts that leave out different sign-ins refuse both of them together, up to the earlier moment.
    fn learn_elsewhere(&mut self, not_after: u64, family: String) -> bool {
        match &mut self.elsewhere {
            Some((known, exempt)) if *exempt == family => later(known, not_after),
            Some((known, _)) if not_after <= *known => later(&mut self.not_after, not_after),
            known => {
                let before = known.replace((not_after, family));
                if let Some((before, _)) = before {
                    later(&mut self.not_after, before);
                }
                true
            }
        }
    }

    /// On the same millisecond it is refused: which of the two came first cannot be told.
    fn refuses(&self, family: Option<&str>, moment: u64) -> bool {
        let elsewhere = self.elsewhere.as_ref().is_some_and(|(not_after, exempt)| {
            moment <= *not_after && family != Some(exempt.as_str())
        });
        elsewhere || moment <= self.not_after
    }
}

impl Known {
    /// Whether the fact says something new.
    pub(super) fn learn(&mut self, fact: Fact, now: Duration) -> Result<bool, StoreError> {
        let now = millis(now);
        if millis(fact.until()) <= now {
            return Ok(false);
        }
        let is_full = self.len() >= MOST && now >= self.tidied_at + TIDY_EVERY;
        if is_full || self.len() >= self.tidy_at.clamp(FEW, MOST) && self.len() < MOST {
            self.tidy(now);
        }
        if self.len() >= MOST {
            return Err(StoreError::Full);
        }
        Ok(match fact {
            Fact::Token { id, until } => later(self.tokens.entry(id).or_default(), until),
            Fact::Family { id, until } => later(self.families.entry(id).or_default(), until),
            Fact::Subject {
                id,
                not_after,
                until,
                except,
            } => {
                let known = self.subjects.entry(id).or_default();
                known.learn(not_after, except, until)
            }
        })
    }

    pub(super) fn revokes(&self, token: &Revocable<'_>) -> bool {
        self.tokens.contains_key(token.token_id)
            || token
                .family
                .is_some_and(|family| self.families.contains_key(family))
            || self.refuses_subject(token.subject, token.family, token.issued_at)
    }

    /// Whether a subject was signed out at `moment` or later, as far as it concerns one of its sign-ins.
    pub(super) fn refuses_subject(
        &self,
        subject: &str,
        family: Option<&str>,
        moment: Duration,
    ) -> bool {
        self.subjects
            .get(subject)
            .is_some_and(|signed_out| signed_out.refuses(family, millis(moment)))
    }

    fn len(&self) -> usize {
        self.tokens.len() + self.families.len() + self.subjects.len()
    }

    /// What refers to tokens that have all expired says nothing any more.
    fn tidy(&mut self, now: u64) {
        self.tokens.retain(|_, until| *until > now);
        self.families.retain(|_, until| *until > now);
        self.subjects.retain(|_, signed_out| signed_out.until > now);
        self.tidy_at = self.len() * 2;
        self.tidied_at = now;
    }
}

fn later(known: &mut u64, moment: u64) -> bool {
    let is_later = moment > *known;
    *known = moment.max(*known);
    is_later
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Duration = Duration::from_secs(1000);
    const HORIZON: Duration = Duration::from_secs(60);

    fn token<'a>(token_id: &'a str, family: &'a str, issued_at: Duration) -> Revocable<'a> {
        Revocable {
            token_id,
            family: Some(family),
            subject: "ada",
            issued_at,
        }
    }

    #[test]
    fn each_kind_of_fact_refuses_what_it_is_about() {
        let mut known = Known::default();
        let asked = token("t1", "f1", NOW);
        assert!(!known.revokes(&asked));

        let learn = |known: &mut Known, fact| known.learn(fact, NOW).expect("room");
        assert!(learn(&mut known, Fact::token("t1", NOW + HORIZON)));
        assert!(!learn(&mut known, Fact::token("t1", NOW + HORIZON)));
        assert!(known.revokes(&asked));
        assert!(!known.revokes(&token("t2", "f1", NOW)));

        assert!(learn(&mut known, Fact::family("f1", NOW, HORIZON)));
        assert!(known.revokes(&token("t2", "f1", NOW)));
        assert!(!known.revokes(&token("t2", "f2", NOW)));

        assert!(learn(&mut known, Fact::subject("ada", NOW, HORIZON)));
        assert!(known.revokes(&token("t2", "f2", NOW)));
        assert!(!known.revokes(&token("t2", "f2", NOW + Duration::from_millis(1))));
    }

    #[test]
    fn an_older_fact_takes_nothing_back() {
        let mut known = Known::default();
        let earlier = NOW - Duration::from_secs(5);
        known
            .learn(Fact::subject("ada", NOW, HORIZON), NOW)
            .expect("room");
        known
            .learn(Fact::subject("ada", earlier, HORIZON), NOW)
            .expect("room");
        assert!(known.refuses_subject("ada", None, NOW));
    }

    /// What each fact refuses by itself.
    fn refuses(fact: &(u64, Option<u8>), family: Option<u8>, issued_at: u64) -> bool {
        let (not_after, except) = fact;
        issued_at <= *not_after && (except.is_none() || *except != family)
    }

    fn moment(step: u64) -> Duration {
        NOW + Duration::from_millis(step)
    }

    proptest! {
        /// Moments and sign-ins are few, so that they meet.
        #[test]
        fn a_token_is_refused_if_any_fact_refuses_it_in_whatever_order_they_come(
            facts in prop::collection::vec((0..6_u64, prop::option::of(0..4_u8)), 0..8),
        ) {
            let mut known = Known::default();
            for (number, (not_after, except)) in facts.iter().enumerate() {
                let at = moment(*not_after);
                let fact = match except.map(|family| family.to_string()) {
                    Some(family) => Fact::subject_elsewhere("ada", &family, at, HORIZON),
                    None => Fact::subject("ada", at, HORIZON),
                };
                let stored = Fact::from_bytes(&fact.to_bytes()).expect("a fact");
                prop_assert_eq!(&stored, &fact);
                known.learn(stored, NOW).expect("room");
                let again = known.learn(fact, NOW).expect("room");
                prop_assert!(!again, "it is not new a second time");
                for issued_at in 0..7 {
                    for family in [None, Some(0), Some(1), Some(2), Some(3)] {
                        let expected = facts[..=number]
                            .iter()
                            .any(|fact| refuses(fact, family, issued_at));
                        let name = family.map(|family: u8| family.to_string());
                        let token = Revocable {
                            token_id: "t",
                            family: name.as_deref(),
                            subject: "ada",
                            issued_at: moment(issued_at),
                        };
                        prop_assert_eq!(known.revokes(&token), expected);
                        let eve = Revocable { subject: "eve", ..token };
                        prop_assert!(!known.revokes(&eve));
                    }
                }
            }
        }
    }

    #[test]
    fn what_has_expired_is_forgotten_and_the_rest_is_not() {
        let mut known = Known::default();
        for number in 0..FEW {
            let fact = Fact::token(&number.to_string(), NOW + HORIZON);
            known.learn(fact, NOW).expect("room");
        }
        let much_later = NOW + HORIZON;
        let fact = Fact::token("late", much_later + HORIZON);
        known.learn(fact, much_later).expect("room");
        assert_eq!(known.len(), 1);
        assert!(known.revokes(&token("late", "f", NOW)));
        // Nothing is learned about what has expired already.
        assert!(!known.learn(Fact::token("old", NOW), NOW).expect("room"));
    }

    #[test]
    fn a_memory_that_was_full_has_room_again_when_its_facts_have_expired() {
        let mut known = Known::default();
        for number in 0..MOST {
            let fact = Fact::token(&number.to_string(), NOW + HORIZON);
            known.learn(fact, NOW).expect("room");
        }
        let more = |at| Fact::token("more", at + HORIZON);
        assert!(matches!(known.learn(more(NOW), NOW), Err(StoreError::Full)));
        let later = NOW + HORIZON;
        assert!(known.learn(more(later), later).expect("room"));
        assert_eq!(known.len(), 1);
    }
}
