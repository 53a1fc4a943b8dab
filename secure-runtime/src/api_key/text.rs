use zeroize::Zeroizing;

use crate::{
    Secret,
    crypto::{SecretHash, fill_random},
};

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Characters of the id: 71 bits, so that no two keys meet.
const ID: usize = 12;
/// Characters of the secret: 62^43 is more than 2^256.
const SECRET: usize = 43;
/// Characters of the checksum: 62^6 is more than 2^32.
const CHECKSUM: usize = 6;
const LONGEST_PREFIX: usize = 16;

/// What every key of an app starts with, so that people and scanners see whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Prefix(String);

/// The public part of a key: its name in the store and in lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct KeyId([u8; ID]);

/// A key as a request presents it. Its shape and checksum are right; nothing else is known of it.
#[derive(Debug)]
pub(crate) struct Presented {
    pub(crate) id: KeyId,
    pub(crate) secret: SecretHash,
}

/// A key that has just been made.
pub(super) struct NewText {
    pub(super) id: KeyId,
    pub(super) secret: SecretHash,
    /// The whole key, as its owner gets to see it once.
    pub(super) text: Secret<String>,
}

impl Prefix {
    /// 1 to 16 of `a-z` and `0-9`; `None` for anything else.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let fits = (1..=LONGEST_PREFIX).contains(&text.len()) && text.bytes().all(legal);
        fits.then(|| Self(text.to_owned()))
    }

    /// Whether a text says of itself that it is such a key. A token of ours never does: a JWT whose header
    /// begins with `{"` has a capital letter in the third place.
    pub(crate) fn starts(&self, text: &str) -> bool {
        let rest = text.strip_prefix(self.0.as_str());
        rest.is_some_and(|rest| rest.starts_with('_'))
    }

    /// Takes a key apart: `{prefix}_{id}{secret}{checksum}`. `None` where that is not what it is.
    pub(crate) fn parse(&self, text: &str) -> Option<Presented> {
        let rest = text.strip_prefix(self.0.as_str())?.strip_prefix('_')?;
        if rest.len() != ID + SECRET + CHECKSUM || !rest.bytes().all(|b| b.is_ascii_alphanumeric())
        {
            return None;
        }
        let (body, sum) = text.split_at(text.len() - CHECKSUM);
        if checksum(body.as_bytes()).as_slice() != sum.as_bytes() {
            return None;
        }
        let (id, rest) = rest.as_bytes().split_first_chunk()?;
        Some(Presented {
            id: KeyId(*id),
            secret: SecretHash::of(&rest[..SECRET]),
        })
    }

    /// A new key.
    pub(super) fn draw(&self) -> NewText {
        self.draw_for(KeyId(random()))
    }

    /// A new secret for a key that there is.
    pub(super) fn draw_for(&self, id: KeyId) -> NewText {
        let secret = Zeroizing::new(random::<SECRET>());
        // As long as it is going to be: nothing of it is left behind where it was moved from.
        let mut text = String::with_capacity(self.0.len() + 1 + ID + SECRET + CHECKSUM);
        text.push_str(&self.0);
        text.push('_');
        text.extend(id.0.iter().chain(&*secret).copied().map(char::from));
        let sum = checksum(text.as_bytes());
        text.extend(sum.map(char::from));
        NewText {
            id,
            secret: SecretHash::of(&*secret),
            text: Secret::new(text),
        }
    }
}

impl Default for Prefix {
    fn default() -> Self {
        Self("key".to_owned())
    }
}

impl KeyId {
    /// `None` where no key has such an id.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let id: [u8; ID] = text.as_bytes().try_into().ok()?;
        id.iter().all(u8::is_ascii_alphanumeric).then_some(Self(id))
    }

    pub(crate) fn as_str(&self) -> &str {
        // Letters and digits alone.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// `N` random characters, each as likely as any other: a byte beyond the last multiple of 62 is drawn
/// again.
fn random<const N: usize>() -> [u8; N] {
    const LIMIT: usize = 256 - 256 % DIGITS.len();
    let mut text = [0; N];
    let mut bytes = Zeroizing::new([0; 64]);
    let mut drawn = 0;
    while drawn < N {
        fill_random(&mut *bytes);
        let good = bytes.iter().filter(|byte| usize::from(**byte) < LIMIT);
        for (place, byte) in text[drawn..].iter_mut().zip(good) {
            *place = DIGITS[usize::from(*byte) % DIGITS.len()];
            drawn += 1;
        }
    }
    text
}

/// CRC-32 in six characters. It is there for typos and for scanners that look for keys in code: whatever
/// one character is changed, or two neighbours are swapped, it tells without asking anybody.
fn checksum(bytes: &[u8]) -> [u8; CHECKSUM] {
    let mut rest = crc32(bytes) as usize;
    let mut text = [0; CHECKSUM];
    for place in text.iter_mut().rev() {
        *place = DIGITS[rest % DIGITS.len()];
        rest /= DIGITS.len();
    }
    text
}

/// CRC-32 as Ethernet and zlib compute it (ISO 3309).
fn crc32(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = {
        let mut table = [0; 256];
        let mut at = 0;
        while at < 256 {
            let mut value = at as u32;
            let mut bit = 0;
            while bit < 8 {
                let carry = value & 1;
                value >>= 1;
                if carry == 1 {
                    value ^= 0xEDB8_8320;
                }
                bit += 1;
            }
            table[at] = value;
            at += 1;
        }
        table
    };
    let mut value = u32::MAX;
    for byte in bytes {
        value = (value >> 8) ^ TABLE[((value ^ u32::from(*byte)) & 0xFF) as usize];
    }
    !value
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use proptest::prelude::*;

    use super::*;

    fn prefix(text: &str) -> Prefix {
        Prefix::new(text).expect("a prefix")
    }

    #[test]
    fn a_key_comes_back_as_what_it_is() {
        for name in ["key", "k", "0", "acct", "a2345678901234z9"] {
            let prefix = prefix(name);
            let new = prefix.draw();
            let text = new.text.expose();
            assert!(text.starts_with(&format!("{name}_{}", new.id.as_str())));
            assert_eq!(text.len(), name.len() + 62);
            assert!(prefix.starts(text));
            let presented = prefix.parse(text).expect("a key");
            assert_eq!(presented.id, new.id);
            assert!(presented.secret.is(&new.secret));
            assert_eq!(KeyId::parse(new.id.as_str()), Some(new.id));
        }
    }

    #[test]
    fn a_new_secret_for_the_same_id() {
        let prefix = Prefix::default();
        let first = prefix.draw();
        let second = prefix.draw_for(first.id);
        assert_eq!(first.id, second.id);
        assert!(!first.secret.is(&second.secret));
        assert_ne!(first.text.expose(), second.text.expose());
    }

    #[test]
    fn prefixes_are_short_and_plain() {
        for text in [
            "",
            "Key",
            "my-key",
            "my_key",
            "ключ",
            "a b",
            "abcdefghijklmnopq",
        ] {
            assert!(Prefix::new(text).is_none(), "{text}");
        }
        assert!(Prefix::new("abcdefghijklmnop").is_some());
    }

    #[test]
    fn another_length_prefix_or_alphabet_is_no_key() {
        let prefix = prefix("acct");
        let key = prefix.draw();
        let text = key.text.expose();
        for other in [
            String::new(),
            "acct".to_owned(),
            "acct_".to_owned(),
            text[1..].to_owned(),
            text[..text.len() - 1].to_owned(),
            format!("{text}0"),
            format!(" {text}"),
            format!("{text} "),
            text.replacen("acct", "ACCT", 1),
            text.replacen("acct", "key", 1),
            text.replacen('_', "-", 1),
            text.replacen("acct_", "acct__", 1),
            "acct_é".repeat(10),
            "a".repeat(100_000),
            format!("acct_{}", "é".repeat(30)),
        ] {
            assert!(prefix.parse(&other).is_none(), "{other}");
        }
    }

    #[test]
    fn two_neighbours_that_are_swapped_are_refused() {
        let prefix = prefix("acct");
        let text = prefix.draw().text.expose().clone().into_bytes();
        for at in 0..text.len() - 1 {
            let mut swapped = text.clone();
            swapped.swap(at, at + 1);
            let is_same = swapped == text;
            let swapped = String::from_utf8(swapped).expect("letters");
            assert_eq!(prefix.parse(&swapped).is_some(), is_same, "{swapped}");
        }
    }

    /// The check value that every CRC-32/ISO-HDLC has.
    #[test]
    fn the_checksum_is_the_one_that_others_compute() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
        assert_eq!(&checksum(b""), b"000000");
        assert_eq!(&checksum(b"123456789"), b"3jZRME");
    }

    /// Whatever comes first in its header, a JWT does not start as a key does.
    #[test]
    fn no_jwt_starts_with_a_prefix() {
        let starts = |text: &str| {
            let head = text.split_once('_').map_or("", |(head, _)| head);
            Prefix::new(head).is_some_and(|prefix| prefix.starts(text))
        };
        for next in 0..128_u8 {
            let header = format!("{{\"{}{}", char::from(next), "?".repeat(30));
            let token = URL_SAFE_NO_PAD.encode(header);
            assert!(!starts(&token) && token.contains('_'), "{token}");
        }
        assert!(starts("key_1"));
    }

    #[test]
    fn every_character_is_drawn_about_as_often() {
        let mut counts = [0_u32; 128];
        for _ in 0..500 {
            for byte in random::<62>() {
                counts[usize::from(byte)] += 1;
            }
        }
        // 500 of each are expected, give or take 22; nine times that is never seen.
        for digit in DIGITS {
            let count = counts[usize::from(*digit)];
            assert!((300..700).contains(&count), "{digit}: {count}");
        }
        assert_eq!(counts.iter().sum::<u32>(), 500 * 62);
    }

    #[test]
    fn no_two_keys_are_alike() {
        let prefix = Prefix::default();
        let keys: HashSet<String> = (0..1000)
            .map(|_| prefix.draw().text.expose().clone())
            .collect();
        assert_eq!(keys.len(), 1000);
    }

    #[test]
    fn nothing_of_a_secret_is_printed() {
        let prefix = Prefix::default();
        let key = prefix.draw();
        let presented = prefix.parse(key.text.expose()).expect("a key");
        let shown = format!("{presented:?} {:?}", key.text);
        let hash = key.secret.to_text();
        assert!(!shown.contains(&hash) && !shown.contains(&key.text.expose()[16..59]));
    }

    #[test]
    fn a_hash_comes_back_from_its_text() {
        let key = Prefix::default().draw();
        let again = SecretHash::from_text(&key.secret.to_text()).expect("a hash");
        assert!(again.is(&key.secret));
        assert!(SecretHash::from_text("AAAA").is_none());
        assert!(SecretHash::from_text("?").is_none());
    }

    proptest! {
        /// Whichever character is changed to whatever other, nobody has to be asked.
        #[test]
        fn any_single_change_is_refused_offline(at in 0..66_usize, other in any::<char>()) {
            let prefix = prefix("acct");
            let text = prefix.draw().text.expose().clone();
            let mut changed: Vec<char> = text.chars().collect();
            prop_assume!(changed[at] != other);
            changed[at] = other;
            let changed: String = changed.into_iter().collect();
            prop_assert!(prefix.parse(&changed).is_none(), "{changed}");
        }

        /// The same among the characters that a key has.
        #[test]
        fn any_other_letter_is_refused_offline(at in 5..66_usize, other in 0..62_usize) {
            let prefix = prefix("acct");
            let mut text = prefix.draw().text.expose().clone().into_bytes();
            prop_assume!(text[at] != DIGITS[other]);
            text[at] = DIGITS[other];
            let text = String::from_utf8(text).expect("letters");
            prop_assert!(prefix.parse(&text).is_none(), "{text}");
        }

        #[test]
        fn whatever_is_sent_it_is_taken_apart_without_a_panic(text in ".{0,100}") {
            let _ = Prefix::default().parse(&text);
            let _ = Prefix::default().parse(&format!("key_{text}"));
        }
    }
}
