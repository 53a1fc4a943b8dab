use super::{Check, Finding, catalogue};

/// What production refuses, under the code that it has here. The sentence is that of the refusal.
pub(crate) fn refused(sentence: &str) -> Finding {
    check_of(sentence).found(sentence)
}

fn check_of(sentence: &str) -> Check {
    let is_about = |names: &[&str]| {
        names
            .iter()
            .any(|name| sentence.starts_with(&format!("`{name}")))
    };
    if sentence.starts_with("nothing is limited") {
        return catalogue::NO_LIMITS;
    }
    let is_not_set = sentence.contains("is not set");
    if sentence.contains("is no setting;") {
        return catalogue::UNKNOWN_VARIABLE;
    }
    if sentence.contains("production is reached by `https`") || sentence.contains("plain HTTP") {
        return catalogue::HTTP_ORIGIN;
    }
    if is_about(&["SECURE_SECRET", "SECURE_PREVIOUS_SECRET", "SECURE_KEYS"]) {
        return match is_not_set {
            true => catalogue::SECRET_MISSING,
            false => catalogue::SECRET_REFUSED,
        };
    }
    if is_not_set && is_about(&["SECURE_ISSUER", "SECURE_AUDIENCE"]) {
        return catalogue::ISSUER_MISSING;
    }
    catalogue::SETTING_REFUSED
}
