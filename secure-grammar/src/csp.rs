//! A content security policy: `default-src 'none'; script-src 'self' 'nonce'`.

mod danger;
mod directive;
mod host;
mod source;

use std::fmt;
use std::ops::Range;

use crate::GrammarError;
use crate::glyph::shown;
use crate::header;
use directive::Known;
use source::Source;

/// The noun of every message here.
const PLACE: &str = "content security policy";

/// A policy of CSP Level 3, as one would write it in the header, but for the nonce.
///
/// `'nonce'` stands for the nonce of the response that the policy goes out with.
///
/// ```
/// use secure_grammar::ContentSecurityPolicy;
///
/// let policy = ContentSecurityPolicy::parse("default-src 'none';  img-src 'self'")?;
/// assert_eq!(policy.to_string(), "default-src 'none'; img-src 'self'");
/// assert!(!policy.has_nonce());
/// # Ok::<(), secure_grammar::GrammarError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentSecurityPolicy {
    directives: Vec<(&'static str, Vec<String>)>,
    has_nonce: bool,
    used: Vec<CspSwitch>,
}

/// What makes a policy weak enough that somebody has to say why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CspSwitch {
    /// Inline scripts run, whoever has written them: `'unsafe-inline'`, `'unsafe-hashes'`.
    UnsafeInlineScripts,
    /// Text runs as script: `'unsafe-eval'`.
    UnsafeEval,
    /// Scripts, plugins or the base of links come from anywhere: `*`, `https:`, `data:`, or no limit at all.
    ScriptsFromAnywhere,
    /// Inline styles apply, whoever has written them: `'unsafe-inline'`, `'unsafe-hashes'`.
    UnsafeInlineStyles,
}

impl CspSwitch {
    /// Every switch.
    pub const ALL: [Self; 4] = [
        Self::UnsafeInlineScripts,
        Self::UnsafeEval,
        Self::ScriptsFromAnywhere,
        Self::UnsafeInlineStyles,
    ];

    /// How `csp!` names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::UnsafeInlineScripts => "unsafe_inline_scripts",
            Self::UnsafeEval => "unsafe_eval",
            Self::ScriptsFromAnywhere => "scripts_from_anywhere",
            Self::UnsafeInlineStyles => "unsafe_inline_styles",
        }
    }
}

impl ContentSecurityPolicy {
    /// What stands for the nonce.
    pub const NONCE: &str = "'nonce'";

    /// Reads a policy. Directives are separated by `;`, their values by spaces.
    ///
    /// # Errors
    ///
    /// Unknown directives, keywords and hashes, what is written twice, values that a browser would ignore,
    /// and whatever lets scripts in that nobody chose ([`CspSwitch`]).
    pub fn parse(text: &str) -> Result<Self, GrammarError> {
        Self::parse_with(text, &[])
    }

    /// As [`parse`](Self::parse), and takes what the switches allow.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    pub fn parse_with(text: &str, switches: &[CspSwitch]) -> Result<Self, GrammarError> {
        header::printable(text, PLACE)?;
        if text.trim().is_empty() {
            return Err(empty(text));
        }
        if let Some(at) = text.find(',') {
            return Err(
                GrammarError::new(text, at..at + 1, format!("comma in {PLACE}"))
                    .with_note("a browser would start another policy here")
                    .with_help(
                        "directives are separated by `;`, values by spaces; in a path it is `%2C`",
                    ),
            );
        }
        let mut directives: Vec<Directive> = Vec::new();
        for part in header::parts(text, ';', PLACE)? {
            let directive = Directive::parse(text, part)?;
            let same = |known: &&Directive| known.known.name == directive.known.name;
            if directives.iter().any(|known| same(&known)) {
                let name = directive.known.name;
                let message = format!("directive `{name}` stands twice in {PLACE}");
                return Err(GrammarError::new(text, directive.span, message)
                    .with_note("a browser reads the first alone")
                    .with_help("write all its values in one"));
            }
            directives.push(directive);
        }
        let used = danger::check(text, &directives, switches)?;
        let sources = directives.iter().flat_map(|directive| &directive.values);
        Ok(Self {
            has_nonce: sources.clone().any(|value| value.source == Source::Nonce),
            directives: directives.into_iter().map(Directive::plain).collect(),
            used,
        })
    }

    /// As [`parse`](Self::parse), for a policy that is the same for every response: it has no nonce.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    pub fn parse_without_nonce(text: &str) -> Result<Self, GrammarError> {
        let policy = Self::parse(text)?;
        if !policy.has_nonce {
            return Ok(policy);
        }
        let at = text.find(Self::NONCE).unwrap_or(0);
        let message = format!("nonce in a {PLACE} of every response");
        Err(GrammarError::new(text, at..at + Self::NONCE.len(), message)
            .with_note("caches keep responses, and a nonce is for one alone")
            .with_help("say it of pages, whose handlers take the nonce"))
    }

    /// Whether a nonce is due, and the policy thus another for each response.
    pub fn has_nonce(&self) -> bool {
        self.has_nonce
    }

    /// The switches without which it would be refused.
    pub fn used(&self) -> &[CspSwitch] {
        &self.used
    }

    /// The values of a directive, if it is there.
    pub fn directive(&self, name: &str) -> Option<&[String]> {
        let found = self.directives.iter().find(|(known, _)| *known == name);
        found.map(|(_, values)| values.as_slice())
    }
}

/// The canonical text.
impl fmt::Display for ContentSecurityPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (name, values)) in self.directives.iter().enumerate() {
            f.write_str(if at > 0 { "; " } else { "" })?;
            f.write_str(name)?;
            for value in values {
                write!(f, " {value}")?;
            }
        }
        Ok(())
    }
}

/// A directive, with the places of what it says.
#[derive(Debug)]
struct Directive {
    known: &'static Known,
    /// Where its name stands.
    span: Range<usize>,
    values: Vec<Value>,
}

/// One value of a directive.
#[derive(Debug)]
struct Value {
    text: String,
    span: Range<usize>,
    source: Source,
}

impl Directive {
    fn parse(text: &str, part: Range<usize>) -> Result<Self, GrammarError> {
        let mut words = header::words(text, part).into_iter();
        let span = words.next().unwrap_or_default();
        let known = directive::find(text, span.clone())?;
        let words: Vec<_> = words.collect();
        amount(text, known, &span, &words)?;
        let mut values: Vec<Value> = Vec::new();
        for span in words {
            let source = known.kind.value(text, known.name, span.clone())?;
            let value = text.get(span.clone()).unwrap_or("").to_owned();
            if values.iter().any(|known| known.text == value) {
                let message = format!("`{}` stands twice in `{}`", shown(&value), known.name);
                return Err(GrammarError::new(text, span, message).with_help("remove one of them"));
            }
            values.push(Value {
                text: value,
                span,
                source,
            });
        }
        let none = values.iter().find(|value| value.source == Source::None);
        if let (Some(none), true) = (none, values.len() > 1) {
            let message = format!("`'none'` beside other values in `{}`", known.name);
            return Err(GrammarError::new(text, none.span.clone(), message)
                .with_note("a browser ignores it here")
                .with_help("remove it, or everything else"));
        }
        Ok(Self {
            known,
            span,
            values,
        })
    }

    fn has(&self, is: impl Fn(&Source) -> bool) -> bool {
        self.values.iter().any(|value| is(&value.source))
    }

    fn plain(self) -> (&'static str, Vec<String>) {
        let values = self.values.into_iter().map(|value| value.text);
        (self.known.name, values.collect())
    }
}

/// Refuses a directive with too few values, or with too many.
fn amount(
    text: &str,
    known: &Known,
    name: &Range<usize>,
    words: &[Range<usize>],
) -> Result<(), GrammarError> {
    let (least, most) = known.kind.amount();
    if words.len() < least {
        let message = format!("directive `{}` has no value", known.name);
        return Err(
            GrammarError::new(text, name.end..name.end, message).with_help(format!(
                "write `{} {}`",
                known.name,
                known.kind.example()
            )),
        );
    }
    let Some(extra) = words.get(most) else {
        return Ok(());
    };
    let message = match most {
        0 => format!("directive `{}` takes no value", known.name),
        _ => format!("directive `{}` takes one value", known.name),
    };
    Err(
        GrammarError::new(text, extra.clone(), message).with_help(match most {
            0 => format!(
                "write `{}` alone, and `;` before the next directive",
                known.name
            ),
            _ => format!("write `{} {}`", known.name, known.kind.example()),
        }),
    )
}

fn empty(text: &str) -> GrammarError {
    GrammarError::new(text, 0..text.len(), format!("empty {PLACE}"))
        .with_help("start with `default-src 'none'`, and add what pages need")
}
