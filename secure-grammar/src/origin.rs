//! Where a page comes from: `https://app.example.com`.

use std::fmt;
use std::str::FromStr;

use crate::GrammarError;
use crate::glyph::shown;
use crate::host::{Authority, HostPattern, no_invisible};

const PLACE: &str = "origin";
const HELP: &str = "write scheme and host, such as `https://app.example.com`";
const SCHEMES: [(&str, u16); 2] = [("https", 443), ("http", 80)];

/// A scheme, a host and perhaps a port, in the spelling in which browsers send it.
///
/// ```
/// use secure_grammar::Origin;
///
/// let origin: Origin = "https://app.example.com".parse()?;
/// assert!(origin.is_https());
/// let error = "https://app.example.com/".parse::<Origin>().unwrap_err();
/// assert_eq!(error.help(), Some("write `https://app.example.com`"));
/// # Ok::<(), secure_grammar::GrammarError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin(String);

/// Who may read answers from another origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AllowedOrigin {
    /// `*`: pages of every origin.
    Any,
    /// Pages of this one.
    One(Origin),
}

impl Origin {
    /// The origin as browsers send it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether its pages come by HTTPS.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// The pattern of its host and port alone.
    pub fn host(&self) -> Option<HostPattern> {
        let (_, host) = self.0.split_once("://")?;
        host.parse().ok()
    }
}

impl FromStr for Origin {
    type Err = GrammarError;

    fn from_str(text: &str) -> Result<Self, GrammarError> {
        if text.trim().is_empty() {
            let error = GrammarError::new(text, 0..text.len(), "empty origin");
            return Err(error.with_help(HELP));
        }
        no_invisible(text, PLACE)?;
        if text == "*" {
            let error = GrammarError::new(text, 0..1, "`*` is no origin, but all of them");
            return Err(error.with_help(HELP));
        }
        if text.eq_ignore_ascii_case("null") {
            return Err(
                GrammarError::new(text, 0..text.len(), "`null` is the origin of nobody")
                    .with_note("local files and sandboxed frames of any site send it")
                    .with_help(HELP),
            );
        }
        let Some(colon) = text.find("://") else {
            let with_scheme = format!("https://{text}");
            let help = help(&with_scheme);
            return Err(GrammarError::new(text, 0..0, "missing scheme in origin").with_help(help));
        };
        let scheme = text.get(..colon).unwrap_or("");
        let default_port = default_port(text, scheme)?;
        let start = colon + 3;
        let rest = text.get(start..).unwrap_or("");
        if let Some(at) = rest.find(['/', '?', '#', '\\']) {
            return Err(more(text, start + at));
        }
        let authority = Authority::parse(text, start..text.len(), PLACE)?;
        if authority.port == Some(default_port) {
            let at = text.rfind(':').unwrap_or(start);
            let what = format!("default port of `{scheme}` in origin");
            return Err(GrammarError::new(text, at..text.len(), what)
                .with_note("browsers leave it out")
                .with_help(help(text.get(..at).unwrap_or(""))));
        }
        Ok(Origin(text.to_owned()))
    }
}

impl FromStr for AllowedOrigin {
    type Err = GrammarError;

    fn from_str(text: &str) -> Result<Self, GrammarError> {
        match text {
            "*" => Ok(AllowedOrigin::Any),
            text => Ok(AllowedOrigin::One(text.parse()?)),
        }
    }
}

/// The port that a scheme has where none is written.
fn default_port(text: &str, scheme: &str) -> Result<u16, GrammarError> {
    let known = SCHEMES.iter().find(|(name, _)| *name == scheme);
    if let Some((_, port)) = known {
        return Ok(*port);
    }
    let span = 0..scheme.len();
    let lower = scheme.to_ascii_lowercase();
    if SCHEMES.iter().any(|(name, _)| *name == lower) {
        let error = GrammarError::new(text, span, "upper case in origin");
        return Err(error.with_help(help(&text.to_ascii_lowercase())));
    }
    let message = format!("unknown scheme `{}` in origin", shown(scheme));
    Err(GrammarError::new(text, span, message).with_help("the schemes are `https` and `http`"))
}

/// What follows the host.
fn more(text: &str, at: usize) -> GrammarError {
    let what = match text.get(at..) {
        Some("/") => "trailing `/` in origin",
        Some(rest) if rest.starts_with('?') => "query in origin",
        Some(rest) if rest.starts_with('#') => "fragment in origin",
        _ => "path in origin",
    };
    GrammarError::new(text, at..text.len(), what)
        .with_note("an origin ends with its host or port")
        .with_help(help(text.get(..at).unwrap_or("")))
}

/// `write …`, where that would be an origin.
fn help(text: &str) -> String {
    match text.parse::<Origin>() {
        Ok(origin) => format!("write `{}`", shown(origin.as_str())),
        Err(_) => HELP.to_owned(),
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
