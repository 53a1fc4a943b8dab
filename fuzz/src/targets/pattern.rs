use actix_web::dev::{Path, ResourceDef};
use secure_grammar::PathPattern;

use super::{sound, text};

/// What is taken as a path, the router takes too, and finds the same parameters in it.
pub fn pattern(input: &[u8]) {
    let text = &*text(input);
    let Some(pattern) = sound(text, PathPattern::parse(text)) else {
        return;
    };
    assert_eq!(pattern.as_str(), text);
    assert!(pattern.parameters().len() <= 16);
    // Of the regular expressions in it only the shape is known; the router reads them at launch.
    if text.contains(':') {
        return;
    }
    let known = ResourceDef::new(text);
    let plain = text.trim_end_matches('*').replace(['{', '}'], "");
    if pattern.parameters().is_empty() {
        assert!(known.is_match(text));
        return;
    }
    let mut path = Path::new(plain);
    if known.capture_match_info(&mut path) {
        for name in pattern.parameters() {
            assert!(path.get(name).is_some(), "{name}");
        }
        assert_eq!(path.iter().count(), pattern.parameters().len());
    }
}
