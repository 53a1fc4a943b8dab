use std::fmt::Write as _;

use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderValue};

use super::credential::Found;

/// Finds the bearer token: the `Authorization` header. Two of them, another scheme or characters outside
/// the token alphabet are malformed: nothing falls through to "anonymous".
pub(super) fn find_bearer(headers: &HeaderMap) -> Found<&str> {
    let mut values = headers.get_all(AUTHORIZATION);
    let Some(value) = values.next() else {
        return Found::Nothing;
    };
    if values.next().is_some() {
        return Found::Malformed;
    }
    bearer_token(value.as_bytes()).map_or(Found::Malformed, Found::One)
}

/// Whether all of it are characters of a `b64token`, but the padding. Without a branch for each of them, so
/// that the compiler looks at many at once.
fn are_legal(text: &[u8]) -> bool {
    let all = |bytes: &[u8]| {
        bytes
            .iter()
            .fold(true, |legal, byte| legal & is_legal(*byte))
    };
    let (chunks, rest) = text.as_chunks::<64>();
    chunks.iter().all(|chunk| all(chunk)) && all(rest)
}

fn is_legal(byte: u8) -> bool {
    let is_letter = (byte | 0x20).wrapping_sub(b'a') < 26;
    // The digits follow upon `+`, `,`, `-`, `.` and `/`.
    let is_digit_or_mark = (byte.wrapping_sub(b'+') < 15) & (byte != b',');
    is_letter | is_digit_or_mark | (byte == b'_') | (byte == b'~')
}

/// `Bearer` in any case, one or more spaces, a `b64token` (RFC 6750 §2.1, RFC 9110 §11.4).
fn bearer_token(value: &[u8]) -> Option<&str> {
    let value = std::str::from_utf8(value).ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim_start_matches(' ');
    let unpadded = token.trim_end_matches('=');
    let is_token = !unpadded.is_empty() && are_legal(unpadded.as_bytes());
    (scheme.eq_ignore_ascii_case("bearer") && is_token).then_some(token)
}

/// The `WWW-Authenticate` value of RFC 6750 §3: no `error` where no credential was sent.
pub(crate) fn challenge(error: Option<&str>, scope: Option<&[&str]>) -> HeaderValue {
    let mut text = String::from("Bearer realm=\"api\"");
    if let Some(error) = error {
        // Writing into a String cannot fail.
        let _ = write!(text, ", error=\"{error}\"");
    }
    if let Some(scope) = scope {
        let _ = write!(text, ", scope=\"{}\"", scope.join(" "));
    }
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static("Bearer"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_str(value).expect("value"));
        }
        headers
    }

    #[test]
    fn scheme_in_any_case_and_several_spaces() {
        for value in ["Bearer a.b.c", "bearer a.b.c", "BEARER   a.b.c"] {
            assert_eq!(find_bearer(&headers(&[value])), Found::One("a.b.c"));
        }
    }

    #[test]
    fn nothing_is_nothing() {
        assert_eq!(find_bearer(&headers(&[])), Found::Nothing);
    }

    #[test]
    fn what_is_no_bearer_token_is_malformed() {
        for values in [
            &["Bearer"][..],
            &["Bearer "],
            &["Basic YTpi"],
            &["Bearer a b"],
            &["Bearer a\tb"],
            &["Bearer ="],
            &["Bearer a=b"],
            &["Bearer é"],
            &["Bearer a", "Bearer a"],
            &["Bearer a, Bearer b"],
            &[""],
        ] {
            assert_eq!(
                find_bearer(&headers(values)),
                Found::Malformed,
                "{values:?}"
            );
        }
    }

    #[test]
    fn each_byte_is_legal_or_not_wherever_it_stands() {
        for byte in 0..=u8::MAX {
            let expected = byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
            for (length, place) in [(1, 0), (63, 62), (64, 0), (64, 63), (65, 64), (200, 130)] {
                let mut text = vec![b'a'; length];
                text[place] = byte;
                assert_eq!(are_legal(&text), expected, "{byte} at {place} of {length}");
            }
        }
    }

    #[test]
    fn challenges_as_rfc_6750_writes_them() {
        assert_eq!(challenge(None, None), "Bearer realm=\"api\"");
        assert_eq!(
            challenge(Some("invalid_token"), None),
            "Bearer realm=\"api\", error=\"invalid_token\""
        );
        assert_eq!(
            challenge(Some("insufficient_scope"), Some(&["a:read", "a:write"])),
            "Bearer realm=\"api\", error=\"insufficient_scope\", scope=\"a:read a:write\""
        );
    }
}
