use super::{
    FieldRefusal,
    text::{Parse, read_as_text, used_as_text},
};

const REFUSAL: FieldRefusal = FieldRefusal::new(
    "slug",
    "must be lower-case ASCII letters and digits, with single hyphens between them, of at most 80 characters",
);

/// A part of a page's address: lower-case ASCII letters and digits, with single hyphens between them.
///
/// ```
/// use secure_runtime::field::Slug;
///
/// assert!("on-locks-and-keys-2".parse::<Slug>().is_ok());
/// assert!("On Locks".parse::<Slug>().is_err());
/// assert!("../keys".parse::<Slug>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(String);

impl Slug {
    /// It is never longer.
    pub const MAX_LENGTH: usize = 80;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Parse for Slug {
    fn parse(text: String) -> Result<Self, FieldRefusal> {
        let is_word = |word: &str| {
            let mut bytes = word.bytes();
            !word.is_empty() && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        match text.len() <= Self::MAX_LENGTH && text.split('-').all(is_word) {
            true => Ok(Self(text)),
            false => Err(REFUSAL),
        }
    }
}

read_as_text!([] Slug, "on-locks-and-keys");
used_as_text!([] Slug);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs() {
        let longest = "a".repeat(80);
        for good in ["a", "1", "a-b", "2026-11-21-news", &longest] {
            assert_eq!(good.parse::<Slug>().as_ref().map(Slug::as_str), Ok(good));
        }
        let too_long = "a".repeat(81);
        for bad in [
            "", "-", "-a", "a-", "a--b", "A", "a b", "a_b", "a.b", "..", "a/b", "ä", "а", "a\0",
            "a\n", "%61", " a", &too_long,
        ] {
            assert_eq!(bad.parse::<Slug>(), Err(REFUSAL), "{bad:?}");
        }
    }
}
