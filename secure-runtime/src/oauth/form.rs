use std::collections::HashMap;

use zeroize::Zeroizing;

use super::answer::Refusal;
use crate::input::is_well_formed;

/// In bytes. Two tokens are far shorter.
const LONGEST_FORM: usize = 32 * 1024;

/// The parameters of a request, as RFC 6749 §3.2 reads them: what is empty counts as absent, what is
/// there twice is an error, what is not known is ignored.
pub(super) struct Form {
    parameters: HashMap<String, Zeroizing<String>>,
}

impl Form {
    pub(super) fn parse(content_type: &str, body: &[u8]) -> Result<Self, Refusal> {
        let is_form = content_type.eq_ignore_ascii_case("application/x-www-form-urlencoded");
        if !is_form || body.len() > LONGEST_FORM {
            return Err(Refusal::InvalidRequest);
        }
        let mut parameters = HashMap::new();
        for (name, value) in pairs(body)? {
            let value = Zeroizing::new(value.into_owned());
            if parameters.insert(name.into_owned(), value).is_some() {
                return Err(Refusal::InvalidRequest);
            }
        }
        parameters.retain(|_, value| !value.is_empty());
        Ok(Self { parameters })
    }

    /// The parameter, if it has a value.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(|value| value.as_str())
    }

    /// The parameter; its absence is an error.
    pub(super) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).ok_or(Refusal::InvalidRequest)
    }

    /// The scopes that are asked for, where any are.
    pub(super) fn scopes(&self) -> Option<Vec<String>> {
        let words = self
            .get("scope")?
            .split(' ')
            .filter(|word| !word.is_empty());
        let scopes: Vec<_> = words.map(str::to_owned).collect();
        (!scopes.is_empty()).then_some(scopes)
    }
}

/// Names and values. What is no UTF-8 or no encoding is refused and not replaced: a password would
/// silently be another one.
pub(super) fn pairs(text: &[u8]) -> Result<form_urlencoded::Parse<'_>, Refusal> {
    match is_well_formed(text) {
        true => Ok(form_urlencoded::parse(text)),
        false => Err(Refusal::InvalidRequest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &str = "application/x-www-form-urlencoded";

    fn parse(body: &str) -> Result<Form, Refusal> {
        Form::parse(FORM, body.as_bytes())
    }

    #[test]
    fn reads_what_clients_write() {
        let form =
            parse("grant_type=password&username=a%40b.c&password=p%C3%A4+%2B&&x").expect("a form");
        assert_eq!(form.get("username"), Some("a@b.c"));
        assert_eq!(form.get("password"), Some("pä +"));
        assert_eq!(form.get("x"), None);
    }

    #[test]
    fn empty_is_absent_and_twice_is_an_error() {
        let form = parse("scope=&client_id=").expect("a form");
        assert_eq!((form.get("scope"), form.scopes()), (None, None));
        for twice in ["a=1&a=1", "a=1&a=", "a&a", "a=1&%61=2"] {
            assert!(parse(twice).is_err(), "{twice}");
        }
    }

    #[test]
    fn what_is_no_form_is_refused() {
        for broken in ["a=%", "a=%4", "a=%zz", "a=%FF", "%FF=a"] {
            assert!(parse(broken).is_err(), "{broken}");
        }
        assert!(Form::parse(FORM, b"a=\xff").is_err());
        assert!(Form::parse("application/json", b"{}").is_err());
        assert!(parse(&format!("a={}", "b".repeat(LONGEST_FORM))).is_err());
    }

    #[test]
    fn scopes_are_words() {
        let form = parse("scope=a:read++b:write+").expect("a form");
        let scopes = form.scopes().expect("scopes");
        assert_eq!(scopes, ["a:read", "b:write"]);
        assert_eq!(parse("scope=+").expect("a form").scopes(), None);
    }
}
