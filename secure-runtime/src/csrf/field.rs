//! The field of a form that carries the token.

use actix_web::web::Bytes;
use form_urlencoded::parse;

/// The name of the field.
pub(crate) const FIELD: &str = "csrf_token";

/// What a form says in the field.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// Nothing.
    Nothing,
    /// One text.
    Token(String),
    /// More than one, of which nobody knows which is meant.
    Several,
}

/// The pairs without the field, and what it says.
pub(crate) fn take_field(pairs: Bytes) -> (Bytes, Sent) {
    let of_pair = |pair: &[u8]| {
        let (name, value) = parse(pair).next()?;
        (name == FIELD).then(|| value.into_owned())
    };
    let mut sent = Sent::Nothing;
    let mut kept: Vec<&[u8]> = Vec::new();
    for pair in pairs.split(|byte| *byte == b'&') {
        sent = match (of_pair(pair), sent) {
            (None, before) => {
                kept.push(pair);
                before
            }
            (Some(value), Sent::Nothing) => Sent::Token(value),
            (Some(_), _) => Sent::Several,
        };
    }
    match sent {
        Sent::Nothing => (pairs, sent),
        _ => (kept.join(&b'&').into(), sent),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pairs: &'static str, rest: &str, sent: Sent) {
        let (kept, found) = take_field(Bytes::from_static(pairs.as_bytes()));
        assert_eq!(kept, rest, "{pairs}");
        assert_eq!(found, sent, "{pairs}");
    }

    #[test]
    fn the_field_is_taken_out_wherever_it_stands() {
        let token = || Sent::Token("a-b_c".to_owned());
        check("a=1&b=2", "a=1&b=2", Sent::Nothing);
        check("", "", Sent::Nothing);
        check("csrf_token=a-b_c", "", token());
        check("csrf_token=a-b_c&a=1&b=2", "a=1&b=2", token());
        check("a=1&csrf_token=a-b_c&b=2", "a=1&b=2", token());
        check("a=1&b=2&csrf_token=a-b_c", "a=1&b=2", token());
        check("a=%26+%3D&csrf%5Ftoken=a%2Db_c", "a=%26+%3D", token());
        check("csrf_token", "", Sent::Token(String::new()));
        check("csrf_token=&a=1", "a=1", Sent::Token(String::new()));
    }

    #[test]
    fn two_of_them_are_none() {
        check("csrf_token=a&csrf_token=a", "", Sent::Several);
        check("csrf_token=a&b=1&csrf%5ftoken", "b=1", Sent::Several);
        check("csrf_token=a&csrf_token=b&csrf_token=c", "", Sent::Several);
    }

    #[test]
    fn no_other_field_is_touched() {
        for pairs in [
            "csrf_token2=a",
            "xcsrf_token=a",
            "CSRF_TOKEN=a",
            "a=csrf_token=b",
            "csrf+token=a",
            "&&a=1&",
        ] {
            check(pairs, pairs, Sent::Nothing);
        }
    }
}
