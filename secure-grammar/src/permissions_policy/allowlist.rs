//! Who may use a feature: `()`, `self`, `*`, `(self "https://maps.example.com")`.

use std::fmt;
use std::ops::Range;

use crate::GrammarError;
use crate::glyph::shown;
use crate::header;

/// Who may use a feature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Allowlist {
    /// Every page and every frame.
    Everybody,
    /// The members of a list, perhaps none. `self` stands as it is, an origin in its quotes.
    Listed(Vec<String>),
}

/// The canonical text.
impl fmt::Display for Allowlist {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everybody => f.write_str("*"),
            Self::Listed(members) => write!(f, "({})", members.join(" ")),
        }
    }
}

/// Reads what follows the name of a feature.
pub(super) fn parse(
    text: &str,
    feature: &str,
    rest: Range<usize>,
) -> Result<Allowlist, GrammarError> {
    let word = text.get(rest.clone()).unwrap_or("");
    let Some(value) = word.strip_prefix('=') else {
        return Err(old_syntax(text, feature, rest, word));
    };
    let span = rest.start + 1..rest.end;
    if value.starts_with([' ', '\t']) {
        return Err(GrammarError::new(
            text,
            span.start..span.start + 1,
            format!("space after `{feature}=`"),
        )
        .with_note("a browser ignores the whole header then")
        .with_help(format!("write `{feature}={}`", shown(value.trim_start()))));
    }
    match value {
        "*" => return Ok(Allowlist::Everybody),
        "self" => return Ok(Allowlist::Listed(vec!["self".to_owned()])),
        _ => {}
    }
    let Some(inner) = value.strip_prefix('(') else {
        return Err(bare(text, feature, span, value));
    };
    let Some((inner, after)) = inner.split_once(')') else {
        let message = format!("the list of `{feature}` is not closed");
        return Err(GrammarError::new(text, span.end..span.end, message)
            .with_help(format!("write `{feature}=(…)`")));
    };
    if !after.is_empty() {
        let message = format!("something after the list of `{feature}`");
        return Err(
            GrammarError::new(text, span.end - after.len()..span.end, message)
                .with_help("features are separated by commas, such as `camera=(), usb=()`"),
        );
    }
    let start = span.start + 1;
    let members = header::words(text, start..start + inner.len());
    let mut listed: Vec<String> = Vec::new();
    for span in members.iter().cloned() {
        let word = text.get(span.clone()).unwrap_or("");
        if listed.iter().any(|known| known == word) {
            let message = format!("`{}` stands twice in the list of `{feature}`", shown(word));
            return Err(GrammarError::new(text, span, message).with_help("remove one of them"));
        }
        if word == "*" {
            if members.len() > 1 {
                return Err(GrammarError::new(
                    text,
                    span,
                    format!("`*` beside others in the list of `{feature}`"),
                )
                .with_note("it already allows everybody")
                .with_help(format!("write `{feature}=*`, or remove it")));
            }
            return Ok(Allowlist::Everybody);
        }
        member(text, feature, span, word)?;
        listed.push(word.to_owned());
    }
    Ok(Allowlist::Listed(listed))
}

/// Checks one member of a list.
fn member(text: &str, feature: &str, span: Range<usize>, word: &str) -> Result<(), GrammarError> {
    if word == "self" {
        return Ok(());
    }
    let quoted = word.strip_prefix('"');
    if let Some(quoted) = quoted {
        let Some(origin) = quoted
            .strip_suffix('"')
            .filter(|inner| !inner.contains('"'))
        else {
            let message = format!("`{}` has no closing quote, or too many", shown(word));
            return Err(GrammarError::new(text, span, message).with_help(
                "an origin stands in double quotes, such as `\"https://example.com\"`",
            ));
        };
        return check_origin(text, span.start + 1..span.end - 1, origin);
    }
    let plain = word.trim_matches('\'').to_ascii_lowercase();
    let error = |message: String| GrammarError::new(text, span, message);
    Err(match plain.as_str() {
        "self" => error(format!("`{}` in the list of `{feature}`", shown(word)))
            .with_note("the older syntax")
            .with_help("write `self`"),
        "none" => error(format!("`{}` in the list of `{feature}`", shown(word)))
            .with_note("the older syntax")
            .with_help(format!("nobody is the empty list, `{feature}=()`")),
        _ if word.contains([':', '.']) => error(format!(
            "origin `{}` is not quoted in the list of `{feature}`",
            shown(word)
        ))
        .with_help(format!(
            "write `\"{}\"`; in Rust a text with quotes is `r#\"…\"#`",
            shown(word.trim_matches('\''))
        )),
        _ => error(format!(
            "`{}` is no member of the list of `{feature}`",
            shown(word)
        ))
        .with_help(
            "a list holds `self` and origins in double quotes, such as `\"https://example.com\"`",
        ),
    })
}

/// The error for `camera 'none'` and its like.
fn old_syntax(text: &str, feature: &str, rest: Range<usize>, word: &str) -> GrammarError {
    if word.trim().is_empty() {
        let message = format!("feature `{feature}` says nobody");
        return GrammarError::new(text, rest, message)
            .with_note("who may use it?")
            .with_help(format!(
                "write `{feature}=()` for nobody, `{feature}=(self)` for this site"
            ));
    }
    if word.trim_start().starts_with('=') {
        return GrammarError::new(text, rest, format!("space before the `=` of `{feature}`"))
            .with_note("a browser ignores the whole header then")
            .with_help(format!("write `{feature}{}`", shown(word.trim_start())));
    }
    let instead = match word.trim().trim_matches('\'') {
        "none" => format!("{feature}=()"),
        "self" => format!("{feature}=(self)"),
        "*" => format!("{feature}=*"),
        _ => format!("{feature}=(self)"),
    };
    let message = format!("no `=` after `{feature}`");
    GrammarError::new(text, rest, message)
        .with_note("the syntax of the older `Feature-Policy`")
        .with_help(format!(
            "write `{instead}`, and a comma before the next feature"
        ))
}

/// The error for a value that is no list, `self` or `*`.
fn bare(text: &str, feature: &str, span: Range<usize>, value: &str) -> GrammarError {
    let plain = value.trim_matches(['\'', '"']).to_ascii_lowercase();
    let message = match value {
        "" => format!("no allow list after `{feature}=`"),
        value => format!("`{}` is no allow list of `{feature}`", shown(value)),
    };
    let error = GrammarError::new(text, span, message);
    if let Some((_, next)) = value.split_once(';') {
        return error
            .with_note("`;` separates nothing here")
            .with_help(format!(
                "features are separated by commas: `…, {}`",
                shown(next.trim())
            ));
    }
    match plain.as_str() {
        "none" | "" | "false" => error.with_help(format!("nobody is `{feature}=()`")),
        "self" => error.with_help(format!("write `{feature}=(self)`")),
        _ => error.with_help(format!(
            "write `{feature}=()` for nobody, `{feature}=(self)`, `{feature}=(self \"https://example.com\")`, or `{feature}=*`"
        )),
    }
}

/// Checks an origin: scheme, host and perhaps a port; a first label `*` stands for every subdomain.
fn check_origin(text: &str, span: Range<usize>, origin: &str) -> Result<(), GrammarError> {
    let help = "write scheme and host alone, in lower case, such as `\"https://example.com\"`";
    let wrong = |span: Range<usize>, note: &str| {
        let message = format!("`{}` is no origin", shown(origin));
        let error = GrammarError::new(text, span, message).with_help(help);
        Err(match note {
            "" => error,
            note => error.with_note(note),
        })
    };
    let scheme = ["https://", "http://"]
        .into_iter()
        .find(|scheme| origin.starts_with(scheme));
    let Some(scheme) = scheme else {
        return wrong(span, "no `https://`");
    };
    let host = origin.get(scheme.len()..).unwrap_or("");
    let start = span.start + scheme.len();
    if let Some(at) = host.find(['/', '?', '#']) {
        return wrong(start + at..span.end, "an origin has no path");
    }
    let (name, port) = match host.split_once(':') {
        Some((name, port)) => (name, Some(port)),
        None => (host, None),
    };
    if let Some(port) = port {
        let digits = port.bytes().all(|byte| byte.is_ascii_digit());
        if !digits || port.starts_with('0') || port.parse::<u16>().is_err() {
            return wrong(span.end - port.len()..span.end, "no port");
        }
    }
    let labels = name.strip_prefix("*.").unwrap_or(name);
    let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_label = |label: &str| !label.is_empty() && label.bytes().all(legal);
    match labels.split('.').all(is_label) {
        true => Ok(()),
        false => wrong(start..start + name.len(), ""),
    }
}
