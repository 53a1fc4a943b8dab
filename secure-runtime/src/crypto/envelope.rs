//! The text of a signed or sealed value: `v1.key.body`, the body in base64url.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// The form that is written. It is part of what is authenticated.
pub(super) const VERSION: &str = "v1";

/// A text, taken apart. Nothing in it is authenticated by that.
pub(super) struct Envelope<'a> {
    /// Which key it names, as [`key_name`] writes it.
    pub(super) key: &'a str,
    pub(super) body: Vec<u8>,
}

impl<'a> Envelope<'a> {
    /// `None` for what is none. There is one text for one envelope.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let (version, rest) = text.split_once('.')?;
        let (key, body) = rest.split_once('.')?;
        if version != VERSION {
            return None;
        }
        let body = URL_SAFE_NO_PAD.decode(body).ok()?;
        Some(Self { key, body })
    }
}

pub(super) fn text(key: &str, body: &[u8]) -> String {
    let body = URL_SAFE_NO_PAD.encode(body);
    format!("{VERSION}.{key}.{body}")
}

/// What a key is called in a text: 12 characters that are safe in a URL, whatever its id is.
pub(super) fn key_name(id: &str) -> String {
    URL_SAFE_NO_PAD.encode(&digest(&SHA256, id.as_bytes()).as_ref()[..9])
}

/// Parts as one, with the length of each before it, so that no other parts give the same.
pub(super) fn framed(parts: &[&[u8]]) -> Vec<u8> {
    let length = parts.iter().map(|part| 8 + part.len()).sum();
    let mut framed = Vec::with_capacity(length);
    for part in parts {
        framed.extend_from_slice(&(part.len() as u64).to_be_bytes());
        framed.extend_from_slice(part);
    }
    framed
}

/// Whether a purpose says nothing.
pub(super) const fn is_blank(purpose: &str) -> bool {
    purpose.trim_ascii().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_back_as_what_it_is() {
        let text = text("key", b"\xff\xfe\xfd");
        assert_eq!(text, "v1.key.__79");
        let envelope = Envelope::parse(&text).expect("an envelope");
        assert_eq!(
            (envelope.key, &*envelope.body),
            ("key", &b"\xff\xfe\xfd"[..])
        );
    }

    #[test]
    fn what_is_written_in_another_way_is_none() {
        for text in [
            "",
            "v1",
            "v1.key",
            "v1key__79",
            "v2.key.__79",
            ".key.__79",
            "v1.key.__79=",
            "v1.key.//79",
            "v1.key.__79.",
            "v1.key. __79",
            "v1.a.b.__79",
            "v1.key._/79",
            // Bits that belong to no byte.
            "v1.key.__-",
        ] {
            assert!(Envelope::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_key_of_any_id_has_a_short_name() {
        for id in ["", "a.b c/ü", &"k".repeat(10_000)] {
            let name = key_name(id);
            assert_eq!(name.len(), 12);
            assert!(!name.contains('.'));
        }
        assert_ne!(key_name("a"), key_name("b"));
    }

    #[test]
    fn parts_are_kept_apart() {
        assert_eq!(framed(&[b"ab"]), b"\0\0\0\0\0\0\0\x02ab");
        assert_ne!(framed(&[b"ab", b"c"]), framed(&[b"a", b"bc"]));
        assert_ne!(framed(&[b"ab", b""]), framed(&[b"ab"]));
    }

    #[test]
    fn blank_is_what_says_nothing() {
        assert!(is_blank(""));
        assert!(is_blank(" \t\n"));
        assert!(!is_blank(" a "));
    }
}
