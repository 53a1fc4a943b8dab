use std::{
    io,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use actix_web::rt::time::sleep;
use aws_lc_rs::digest::{SHA256, digest};

use super::State;
use crate::{
    settings::read_text,
    token::keys::{KeyRing, KeySet, RotationError},
};

/// How often the file is looked at.
const INTERVAL: Duration = Duration::from_secs(2);

/// The file that the signing keys came from. It is read again when it changes, so that keys are
/// rotated without a restart.
#[derive(Debug)]
pub(super) struct KeyFile {
    path: PathBuf,
    seen: Mutex<Seen>,
}

/// SHA-256 of texts.
#[derive(Debug)]
struct Seen {
    /// What was read last, and taken over or refused for good.
    done: Vec<u8>,
    /// What was read last, and is to be taken over when its new key has been published long enough.
    early: Option<Vec<u8>>,
}

/// What became of a change.
enum Taken {
    Unchanged,
    Over,
    Published { wait: Duration },
}

impl KeyFile {
    /// `text` is what stands in the file now.
    pub(super) fn new(path: PathBuf, text: &str) -> Self {
        Self {
            path,
            seen: Mutex::new(Seen {
                done: fingerprint(text),
                early: None,
            }),
        }
    }

    /// Takes over what is new in the file, whenever it has changed. What cannot be read or used is
    /// logged, and the keys stay as they are.
    pub(super) async fn watch(state: Arc<State>) {
        let Some(file) = &state.key_file else { return };
        let mut is_missing = false;
        loop {
            sleep(INTERVAL).await;
            match file.take_over(&state) {
                Ok(Taken::Unchanged) => {}
                Ok(Taken::Over) => tracing::info!("the signing keys were read again"),
                Ok(Taken::Published { wait }) => {
                    tracing::info!(
                        ?wait,
                        "a new signing key is published, and signs after that"
                    );
                }
                Err(Fault::Read(error)) => {
                    if !is_missing {
                        tracing::error!(%error, "the file with the signing keys cannot be read");
                    }
                    is_missing = true;
                    continue;
                }
                Err(Fault::Keys(error)) => {
                    tracing::error!(%error, "the new signing keys are refused; the old ones stay");
                }
            }
            is_missing = false;
        }
    }

    /// Takes over what is new.
    fn take_over(&self, state: &State) -> Result<Taken, Fault> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let text = read_text(&self.path).map_err(Fault::Read)?;
        let found = fingerprint(&text);
        if seen.done == found {
            return Ok(Taken::Unchanged);
        }
        let ring = KeySet::from_text(&text).and_then(|set| set.ring());
        let ring = match ring {
            Ok(ring) => ring,
            Err(error) => {
                seen.done = found;
                return Err(Fault::Keys(error.into()));
            }
        };
        // A key that is not even kept to verify was taken away, since it has leaked: not a moment longer.
        let signing = |ring: &KeyRing| ring.current().kid().to_owned();
        let current = state.access_tokens().with_keys(signing);
        if ring.find(&current).is_none() {
            tracing::warn!(
                kid = current,
                "the signing key was taken away, and another one signs at once"
            );
            state.tokens().replace_keys_at_once(ring);
            seen.done = found;
            return Ok(Taken::Over);
        }
        match state.tokens().rotate_keys(ring.clone()) {
            Err(RotationError::TooEarly { .. }) if seen.early.as_ref() == Some(&found) => {
                Ok(Taken::Unchanged)
            }
            // Published by another instance, or faster than we look: it verifies here at once, and is
            // looked at again until it is time to sign with it.
            Err(RotationError::TooEarly { wait }) => {
                state.tokens().publish_keys(&ring);
                seen.early = Some(found);
                Ok(Taken::Published { wait })
            }
            // Once for each change, whatever comes of it.
            outcome => {
                seen.done = found;
                outcome.map(|()| Taken::Over).map_err(Fault::Keys)
            }
        }
    }
}

enum Fault {
    Read(io::Error),
    Keys(RotationError),
}

fn fingerprint(text: &str) -> Vec<u8> {
    digest(&SHA256, text.as_bytes()).as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;
    use crate::{
        ServerSecret,
        clock::Clock,
        security::Security,
        token::{
            Grant,
            keys::{Algorithm, RotationTimes, SigningKey},
        },
    };

    const MAX_AGE: Duration = Duration::from_secs(60);

    /// A clock that stands until it is moved.
    #[derive(Debug, Clone, Default)]
    struct Hands(Arc<Mutex<Duration>>);

    impl Clock for Hands {
        fn unix(&self) -> Duration {
            Duration::from_secs(1_800_000_000) + self.monotonic()
        }

        fn monotonic(&self) -> Duration {
            *self.0.lock().expect("the hands")
        }
    }

    /// An instance, and the file that it has read its keys from.
    fn instance(path: &Path, set: &KeySet, clock: &Hands) -> Security {
        let text = set.to_text().expect("a text");
        fs::write(path, text.expose()).expect("a file");
        Security::builder()
            .issuer("https://auth.example.com")
            .audience("https://api.example.com")
            .signing_key(set.ring().expect("a ring"))
            .secret(ServerSecret::random())
            .jwks_max_age(MAX_AGE)
            .clock(clock.clone())
            .build()
            .expect("settings")
    }

    #[test]
    fn a_key_that_is_to_sign_too_early_verifies_at_once_and_signs_later() {
        let path = std::env::temp_dir().join(format!("secure-keys-{}", std::process::id()));
        let fresh = || SigningKey::generate(Algorithm::Es256);
        let times = RotationTimes {
            jwks_max_age: Duration::ZERO,
            token_lifetime: Duration::from_secs(600),
        };
        let old = KeySet::new(fresh().expect("a key"), Duration::ZERO);
        let published = old
            .rotate(Duration::ZERO, times, fresh)
            .expect("a step")
            .set;
        let promoted = published.rotate(Duration::ZERO, times, fresh);
        let promoted = promoted.expect("a step").set;

        let clock = Hands::default();
        let security = instance(&path, &old, &clock);
        let file = KeyFile::new(path.clone(), old.to_text().expect("a text").expose());
        let other = instance(&path, &promoted, &clock);
        let foreign = other.access_tokens().issue(&Grant::new("ada"));
        let foreign = foreign.expect("a token");
        let signs = || {
            security
                .access_tokens()
                .with_keys(|ring| ring.current().kid().to_owned())
        };
        let state = &security.state;
        assert!(state.access_tokens().judge(foreign.expose()).is_err());

        // Both steps between two looks.
        assert!(matches!(
            file.take_over(state),
            Ok(Taken::Published { wait }) if wait == MAX_AGE
        ));
        assert!(matches!(file.take_over(state), Ok(Taken::Unchanged)));
        assert_eq!(signs(), old.ring().expect("a ring").current().kid());
        assert!(state.access_tokens().judge(foreign.expose()).is_ok());

        *clock.0.lock().expect("the hands") += MAX_AGE;
        assert!(matches!(file.take_over(state), Ok(Taken::Over)));
        assert!(matches!(file.take_over(state), Ok(Taken::Unchanged)));
        assert_eq!(signs(), promoted.ring().expect("a ring").current().kid());
        fs::remove_file(path).expect("the file");
    }
}
