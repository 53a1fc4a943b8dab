use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::super::{Purpose, Token};
use crate::crypto::fill_random;

/// In bytes.
const LENGTH: usize = 32;

/// In characters of base64url.
const TEXT_LENGTH: usize = 43;

/// What a token is: 256 random bits. The store knows their SHA-256 alone, so that nobody who reads it has
/// a token.
pub(super) struct Secret(Zeroizing<[u8; LENGTH]>);

impl Secret {
    pub(super) fn random() -> Self {
        let mut bytes = Zeroizing::new([0; LENGTH]);
        fill_random(&mut *bytes);
        Self(bytes)
    }

    /// `None` for a text that no token is.
    pub(super) fn parse<P: Purpose>(token: &Token<P>) -> Option<Self> {
        let text = token.expose();
        if text.len() != TEXT_LENGTH {
            return None;
        }
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).ok()?);
        let bytes = bytes.as_slice().try_into().ok()?;
        Some(Self(Zeroizing::new(bytes)))
    }

    pub(super) fn token<P: Purpose>(&self) -> Token<P> {
        Token::from_untrusted(URL_SAFE_NO_PAD.encode(*self.0))
    }

    /// Where it stands in the store.
    pub(super) fn id(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest(&SHA256, &*self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::Reset;

    #[test]
    fn a_token_comes_back_as_what_it_is() {
        let secret = Secret::random();
        let token = secret.token::<Reset>();
        assert_eq!(token.expose().len(), TEXT_LENGTH);
        let again = Secret::parse(&token).expect("a token");
        assert_eq!(again.id(), secret.id());
        assert_ne!(again.id(), token.expose());
        assert_ne!(Secret::random().id(), secret.id());
    }

    #[test]
    fn another_length_or_alphabet_is_no_token() {
        let text = "A".repeat(TEXT_LENGTH);
        assert!(Secret::parse(&Token::<Reset>::from_untrusted(&text)).is_some());
        for other in [
            String::new(),
            text[1..].to_owned(),
            format!("{text}A"),
            format!("{}=", &text[1..]),
            format!("{} ", &text[1..]),
            format!("{}+", &text[1..]),
            format!("é{}", &text[2..]),
            // The same bytes as `A…A`, written in another way.
            format!("{}B", &text[1..]),
            "A".repeat(100_000),
        ] {
            let token = Token::<Reset>::from_untrusted(other);
            assert!(Secret::parse(&token).is_none(), "{}", token.expose());
        }
    }
}
