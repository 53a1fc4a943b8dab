use html5gum::{Token, Tokenizer, emitters::default::DefaultEmitter};
use secure_grammar::check_template;

use super::text;

/// Where a template has no expressions, it is a page as it is: what the tokenizer of the HTML standard finds in
/// it that would run, the check finds too.
pub fn template(input: &[u8]) {
    let text = &*text(input);
    let mistakes = check_template(text);
    let mut last = 1;
    for mistake in &mistakes {
        assert!(mistake.line() >= last && mistake.line() <= text.lines().count().max(1));
        last = mistake.line();
        let error = mistake.error();
        assert!(!error.message().is_empty() && error.help().is_some());
        assert_eq!(error.drawing().lines().count(), 3, "{error}");
    }
    if mistakes.is_empty()
        && !text.contains('{')
        && let Some(found) = runs(text)
    {
        panic!("{found} was not seen");
    }
}

/// What of a page would run.
fn runs(page: &str) -> Option<String> {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    for token in Tokenizer::new_with_emitter(page, emitter) {
        let Ok(Token::StartTag(tag)) = token else {
            continue;
        };
        let name = String::from_utf8_lossy(&tag.name).into_owned();
        let attributes: Vec<(String, String)> = tag
            .attributes
            .iter()
            .map(|(name, value)| {
                [&name[..], &value[..]].map(|part| String::from_utf8_lossy(part).into_owned())
            })
            .map(|[name, value]| (name, value))
            .collect();
        let is_data = attributes.iter().any(|(name, value)| {
            name == "type" && value.trim().to_ascii_lowercase().ends_with("json")
        });
        if (name == "script" && !is_data) || name == "style" {
            return Some(format!("<{name}>"));
        }
        let is_handler = |name: &str| {
            name.strip_prefix("on").is_some_and(|event| {
                !event.is_empty() && event.bytes().all(|byte| byte.is_ascii_alphabetic())
            })
        };
        let found = attributes
            .into_iter()
            .find(|(name, _)| name == "style" || is_handler(name));
        if let Some((attribute, _)) = found {
            return Some(format!("<{name} {attribute}>"));
        }
    }
    None
}
