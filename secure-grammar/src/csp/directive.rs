//! The directives, and which values each takes.

use std::ops::Range;

use super::PLACE;
use super::host;
use super::source::{self, Source};
use crate::GrammarError;
use crate::glyph::shown;
use crate::header::list;
use crate::words::nearest;

/// A directive that browsers know.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
}

/// Which values a directive takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Sources for everything that no other directive is about.
    Default,
    /// Sources of scripts.
    Scripts,
    /// Sources of scripts or styles that stand in attributes, and so have no nonce.
    ScriptAttributes,
    /// Sources of styles.
    Styles,
    StyleAttributes,
    /// Sources of something that does not run.
    Sources,
    Sandbox,
    /// No value.
    Flag,
    ReportUri,
    ReportTo,
    TrustedTypes,
    TrustedTypesFor,
    Webrtc,
}

const fn known(name: &'static str, kind: Kind) -> Known {
    Known { name, kind }
}

const KNOWN: [Known; 27] = [
    known("default-src", Kind::Default),
    known("script-src", Kind::Scripts),
    known("script-src-elem", Kind::Scripts),
    known("script-src-attr", Kind::ScriptAttributes),
    known("style-src", Kind::Styles),
    known("style-src-elem", Kind::Styles),
    known("style-src-attr", Kind::StyleAttributes),
    known("img-src", Kind::Sources),
    known("font-src", Kind::Sources),
    known("connect-src", Kind::Sources),
    known("media-src", Kind::Sources),
    known("object-src", Kind::Sources),
    known("child-src", Kind::Sources),
    known("frame-src", Kind::Sources),
    known("fenced-frame-src", Kind::Sources),
    known("worker-src", Kind::Sources),
    known("manifest-src", Kind::Sources),
    known("base-uri", Kind::Sources),
    known("form-action", Kind::Sources),
    known("frame-ancestors", Kind::Sources),
    known("sandbox", Kind::Sandbox),
    known("upgrade-insecure-requests", Kind::Flag),
    known("report-uri", Kind::ReportUri),
    known("report-to", Kind::ReportTo),
    known("trusted-types", Kind::TrustedTypes),
    known("require-trusted-types-for", Kind::TrustedTypesFor),
    known("webrtc", Kind::Webrtc),
];

/// Directives that are gone, and what to write instead.
const GONE: [(&str, &str); 8] = [
    (
        "block-all-mixed-content",
        "write `upgrade-insecure-requests`",
    ),
    ("plugin-types", "write `object-src 'none'`"),
    (
        "prefetch-src",
        "remove it; `default-src` governs prefetches",
    ),
    ("navigate-to", "remove it; no browser knows it"),
    (
        "referrer",
        "remove it; the `Referrer-Policy` header says it",
    ),
    ("reflected-xss", "remove it; no browser knows it"),
    ("require-sri-for", "remove it; no browser knows it"),
    ("allow", "write `default-src`"),
];

const SANDBOX: [&str; 14] = [
    "allow-downloads",
    "allow-forms",
    "allow-modals",
    "allow-orientation-lock",
    "allow-pointer-lock",
    "allow-popups",
    "allow-popups-to-escape-sandbox",
    "allow-presentation",
    "allow-same-origin",
    "allow-scripts",
    "allow-storage-access-by-user-activation",
    "allow-top-navigation",
    "allow-top-navigation-by-user-activation",
    "allow-top-navigation-to-custom-protocols",
];

/// The directive that stands there.
pub(super) fn find(text: &str, span: Range<usize>) -> Result<&'static Known, GrammarError> {
    let word = text.get(span.clone()).unwrap_or("");
    if let Some(known) = KNOWN.iter().find(|known| known.name == word) {
        return Ok(known);
    }
    if let Some((_, help)) = GONE.iter().find(|(gone, _)| *gone == word) {
        return Err(GrammarError::new(
            text,
            span,
            format!("directive `{word}` is gone from {PLACE}"),
        )
        .with_help(*help));
    }
    let names: Vec<&str> = KNOWN.iter().map(|known| known.name).collect();
    let error = GrammarError::new(
        text,
        span,
        format!("unknown directive `{}` in {PLACE}", shown(word)),
    );
    let near = nearest(word, &names).and_then(|at| names.get(at));
    let looks_like_value = word.starts_with('\'') || word.contains([':', '.', '*']);
    Err(match near {
        Some(name) => error
            .with_note(format!("did you mean `{name}`?"))
            .with_help(format!("write `{name}`")),
        None if looks_like_value => error
            .with_note("a value without a directive")
            .with_help("a directive starts with its name, such as `script-src 'self'`"),
        None => error.with_help(format!("the directives are {}", list(&names))),
    })
}

impl Kind {
    /// How many values there may be: at least, and at most.
    pub(super) fn amount(self) -> (usize, usize) {
        match self {
            Self::Flag => (0, 0),
            Self::Sandbox | Self::TrustedTypes => (0, usize::MAX),
            Self::ReportTo | Self::TrustedTypesFor | Self::Webrtc => (1, 1),
            _ => (1, usize::MAX),
        }
    }

    /// A value that is always right.
    pub(super) fn example(self) -> &'static str {
        match self {
            Self::ReportUri => "/csp-reports",
            Self::ReportTo => "csp",
            Self::TrustedTypesFor => "'script'",
            Self::Webrtc => "'block'",
            _ => "'none'",
        }
    }

    /// Reads one value of the directive `name`.
    pub(super) fn value(
        self,
        text: &str,
        name: &str,
        span: Range<usize>,
    ) -> Result<Source, GrammarError> {
        let word = text.get(span.clone()).unwrap_or("");
        match self {
            Self::Sandbox => one_of(text, name, span, &SANDBOX),
            Self::TrustedTypesFor => one_of(text, name, span, &["'script'"]),
            Self::Webrtc => one_of(text, name, span, &["'allow'", "'block'"]),
            Self::ReportUri => host::report_uri(text, span),
            Self::ReportTo => match is_token(word) {
                true => Ok(Source::Other),
                false => Err(GrammarError::new(
                    text,
                    span,
                    format!("`{}` is no name of an endpoint", shown(word)),
                )
                .with_help("`report-to` names an entry of `Reporting-Endpoints`, such as `csp`")),
            },
            Self::TrustedTypes => match word {
                "'none'" => Ok(Source::None),
                "'allow-duplicates'" | "*" => Ok(Source::Other),
                word if word.bytes().all(is_policy_name) => Ok(Source::Other),
                _ => one_of(text, name, span, &["'none'", "'allow-duplicates'", "*"]),
            },
            Self::Flag => Ok(Source::Other),
            kind => {
                let source = source::parse(text, span.clone())?;
                kind.takes(text, name, span, &source)?;
                Ok(source)
            }
        }
    }

    /// Refuses a source that means nothing in this directive.
    fn takes(
        self,
        text: &str,
        name: &str,
        span: Range<usize>,
        source: &Source,
    ) -> Result<(), GrammarError> {
        let scripts = matches!(self, Self::Default | Self::Scripts | Self::ScriptAttributes);
        let styles = matches!(self, Self::Default | Self::Styles | Self::StyleAttributes);
        let in_attributes = matches!(self, Self::ScriptAttributes | Self::StyleAttributes);
        let (means_something, belongs) = match source {
            Source::None | Source::OwnOrigin | Source::Other => (true, ""),
            Source::Host(_) | Source::Scheme => (!in_attributes, "directives about what is loaded"),
            Source::Nonce => (
                (scripts || styles) && !in_attributes,
                "`script-src` and `style-src`",
            ),
            Source::Hash | Source::UnsafeInline | Source::UnsafeHashes | Source::ReportSample => {
                (scripts || styles, "`script-src` and `style-src`")
            }
            Source::UnsafeEval | Source::StrictDynamic | Source::ScriptKeyword => {
                (scripts && !in_attributes, "`script-src`")
            }
        };
        if means_something {
            return Ok(());
        }
        let word = shown(text.get(span.clone()).unwrap_or(""));
        Err(
            GrammarError::new(text, span, format!("`{word}` means nothing in `{name}`"))
                .with_note("a browser ignores it")
                .with_help(format!("remove it; it belongs into {belongs}")),
        )
    }
}

fn one_of(
    text: &str,
    name: &str,
    span: Range<usize>,
    words: &[&str],
) -> Result<Source, GrammarError> {
    let word = text.get(span.clone()).unwrap_or("");
    if words.contains(&word) {
        return Ok(Source::Other);
    }
    let message = format!("unknown value `{}` of `{name}`", shown(word));
    let error = GrammarError::new(text, span, message);
    let error = match nearest(word, words).and_then(|at| words.get(at)) {
        Some(near) => error.with_note(format!("did you mean `{near}`?")),
        None => error,
    };
    Err(error.with_help(format!("it takes {}", list(words))))
}

fn is_token(word: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.*".contains(&byte);
    word.starts_with(|first: char| first.is_ascii_lowercase() || first == '*')
        && word.bytes().all(legal)
}

/// The characters of a policy's name in Trusted Types.
fn is_policy_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-#=_/@.%".contains(&byte)
}
