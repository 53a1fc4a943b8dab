use std::fmt;

use aws_lc_rs::{
    digest::{SHA256, digest},
    hmac,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::super::{Refresh, Token};
use crate::crypto::fill_random;

const SEED: usize = 32;
const GENERATION: usize = 4;
const TAG: usize = 32;
const LENGTH: usize = SEED + GENERATION + TAG;

/// A refresh token, taken apart: the family's seed (256 random bits), the generation, and an HMAC of
/// both under a key of the server. The store knows the seed's SHA-256 alone, so nobody who reads it
/// can write a token; without the server's key the holder of a token cannot write its successor.
pub(super) struct Parts {
    seed: Zeroizing<[u8; SEED]>,
    generation: u32,
    tag: [u8; TAG],
}

/// What makes a token of a generation, and nothing else does.
pub(crate) struct TagKey {
    id: String,
    key: hmac::Key,
}

impl TagKey {
    /// `id` names the key in the family's record.
    pub(crate) fn new(id: String, key: &[u8]) -> Self {
        Self {
            id,
            key: hmac::Key::new(hmac::HMAC_SHA256, key),
        }
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }
}

impl Parts {
    /// The first token of a new family.
    pub(super) fn first(key: &TagKey) -> Self {
        let mut seed = Zeroizing::new([0; SEED]);
        fill_random(&mut *seed);
        Self::new(seed, 0, key)
    }

    /// Takes a text apart. It is not known to be ours by that.
    pub(super) fn parse(token: &Token<Refresh>) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(token.expose()).ok()?;
        let bytes = Zeroizing::new(bytes);
        if bytes.len() != LENGTH {
            return None;
        }
        let (seed, rest) = bytes.split_first_chunk()?;
        let (generation, rest) = rest.split_first_chunk()?;
        Some(Self {
            seed: Zeroizing::new(*seed),
            generation: u32::from_be_bytes(*generation),
            tag: rest.try_into().ok()?,
        })
    }

    /// Whether the token was made with this key. Compared in constant time.
    pub(super) fn is_of(&self, key: &TagKey) -> bool {
        hmac::verify(&key.key, &*message(&self.seed, self.generation), &self.tag).is_ok()
    }

    /// The token of a generation of the same family.
    pub(super) fn of_generation(&self, generation: u32, key: &TagKey) -> Self {
        Self::new(self.seed.clone(), generation, key)
    }

    pub(super) fn generation(&self) -> u32 {
        self.generation
    }

    /// The family's name, in the store and as `sid` in access tokens. It opens nothing.
    pub(super) fn family_id(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest(&SHA256, &*self.seed))
    }

    pub(super) fn token(&self) -> Token<Refresh> {
        let mut bytes = Zeroizing::new([0; LENGTH]);
        let (seed, rest) = bytes.split_at_mut(SEED);
        let (generation, tag) = rest.split_at_mut(GENERATION);
        seed.copy_from_slice(&*self.seed);
        generation.copy_from_slice(&self.generation.to_be_bytes());
        tag.copy_from_slice(&self.tag);
        Token::from_untrusted(URL_SAFE_NO_PAD.encode(*bytes))
    }

    fn new(seed: Zeroizing<[u8; SEED]>, generation: u32, key: &TagKey) -> Self {
        let signed = hmac::sign(&key.key, &*message(&seed, generation));
        let mut tag = [0; TAG];
        // HMAC-SHA-256 puts out as many bytes as the tag has.
        tag.copy_from_slice(&signed.as_ref()[..TAG]);
        Self {
            seed,
            generation,
            tag,
        }
    }
}

fn message(seed: &[u8; SEED], generation: u32) -> Zeroizing<[u8; SEED + GENERATION]> {
    let mut message = Zeroizing::new([0; SEED + GENERATION]);
    message[..SEED].copy_from_slice(seed);
    message[SEED..].copy_from_slice(&generation.to_be_bytes());
    message
}

impl fmt::Debug for TagKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TagKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> TagKey {
        TagKey::new("k".to_owned(), &[byte; 32])
    }

    #[test]
    fn a_token_comes_back_as_what_it_is() {
        let first = Parts::first(&key(1));
        let third = first.of_generation(2, &key(1));
        let again = Parts::parse(&third.token()).expect("a token");
        assert_eq!(again.generation(), 2);
        assert_eq!(again.family_id(), first.family_id());
        assert!(again.is_of(&key(1)));
        assert!(!again.is_of(&key(2)));
        assert_eq!(third.token().expose(), again.token().expose());
    }

    #[test]
    fn whatever_bit_is_changed_it_is_none_of_ours() {
        let token = Parts::first(&key(1)).token();
        let bytes = URL_SAFE_NO_PAD.decode(token.expose()).expect("base64");
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            let token = Token::from_untrusted(URL_SAFE_NO_PAD.encode(changed));
            let parts = Parts::parse(&token).expect("the right length");
            assert!(!parts.is_of(&key(1)), "byte {at}");
        }
    }

    #[test]
    fn another_length_or_alphabet_is_no_token() {
        let token = Parts::first(&key(1)).token();
        let text = token.expose();
        for other in [
            "".to_owned(),
            text[1..].to_owned(),
            format!("{text}A"),
            format!("{text}="),
            format!(" {text}"),
            "a".repeat(100_000),
        ] {
            assert!(Parts::parse(&Token::from_untrusted(other)).is_none());
        }
    }
}
