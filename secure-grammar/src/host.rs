//! Under which names a service is called: `example.com`, `*.example.org`, `localhost:8080`, `[::1]`.

mod name;

use std::fmt;
use std::net::IpAddr;
use std::ops::Range;
use std::str::FromStr;

use crate::GrammarError;
use crate::glyph::{invisible, shown};
pub(crate) use name::Authority;

const PLACE: &str = "host pattern";
const HELP: &str = "write a name (`example.com`), all names below one (`*.example.com`) or an address \
                    (`192.0.2.1`, `[2001:db8::1]`), each with or without a port";
/// Top-level names that nobody can register, so that all names below them may be meant.
const RESERVED: [&str; 6] = [
    "example",
    "internal",
    "invalid",
    "local",
    "localhost",
    "test",
];

/// The hosts that are meant, and their port.
///
/// `*.example.com` means every name below `example.com`, however deep, and not `example.com` itself.
///
/// ```
/// use secure_grammar::HostPattern;
///
/// let pattern: HostPattern = "*.example.com:8443".parse()?;
/// assert_eq!(pattern.port(), Some(8443));
/// assert_eq!(pattern.to_string(), "*.example.com:8443");
/// # Ok::<(), secure_grammar::GrammarError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPattern {
    host: HostNames,
    port: Option<u16>,
}

/// What stands before the port of a [`HostPattern`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostNames {
    /// One name, in lower case and without a dot at its end.
    Name(String),
    /// Every name below this one.
    Below(String),
    /// An address.
    Address(IpAddr),
}

impl HostPattern {
    /// The hosts, whatever the port.
    pub const fn host(&self) -> &HostNames {
        &self.host
    }

    /// The one port, where the pattern names one.
    pub const fn port(&self) -> Option<u16> {
        self.port
    }
}

impl FromStr for HostPattern {
    type Err = GrammarError;

    fn from_str(text: &str) -> Result<Self, GrammarError> {
        if text.trim().is_empty() {
            let error = GrammarError::new(text, 0..text.len(), "empty host pattern");
            return Err(error.with_help(HELP));
        }
        no_invisible(text, PLACE)?;
        if let Some(at) = text.find("://") {
            let rest = text.get(at + 3..).unwrap_or("");
            let host = rest.split(['/', '?', '#']).next().unwrap_or("");
            let error = GrammarError::new(text, 0..at + 3, "scheme in host pattern");
            return Err(error.with_help(instead(host, HELP)));
        }
        if let Some(at) = text.find(['/', '?', '#', '\\']) {
            let error = GrammarError::new(text, at..text.len(), "path in host pattern");
            return Err(error.with_help(instead(text.get(..at).unwrap_or(""), HELP)));
        }
        if text == "*" {
            let error = GrammarError::new(text, 0..1, "`*` would allow every host");
            return Err(error.with_help("name the hosts under which the service is called"));
        }
        match text.strip_prefix("*.") {
            Some(_) => below(text),
            None => {
                let authority = Authority::parse(text, 0..text.len(), PLACE)?;
                Ok(HostPattern {
                    host: authority.host,
                    port: authority.port,
                })
            }
        }
    }
}

/// `*.example.com`
fn below(text: &str) -> Result<HostPattern, GrammarError> {
    let authority = Authority::parse(text, 2..text.len(), PLACE)?;
    let end = text.find(':').unwrap_or(text.len());
    let name = match authority.host {
        HostNames::Name(name) => name,
        HostNames::Address(_) | HostNames::Below(_) => {
            let error = GrammarError::new(text, 0..2, "wildcard before an address in host pattern");
            let address = text.get(2..).unwrap_or("");
            return Err(error.with_help(instead(address, HELP)));
        }
    };
    if !name.contains('.') && !RESERVED.contains(&name.as_str()) {
        let message = format!("`*.{}` means hosts of everybody", shown(&name));
        return Err(GrammarError::new(text, 0..end, message)
            .with_note("a whole top-level domain")
            .with_help("name your own domain, such as `*.example.com`"));
    }
    Ok(HostPattern {
        host: HostNames::Below(name),
        port: authority.port,
    })
}

/// Refuses what looks like a space or like nothing.
pub(crate) fn no_invisible(text: &str, place: &str) -> Result<(), GrammarError> {
    let Some((at, char)) = invisible(text) else {
        return Ok(());
    };
    let message = format!("invisible character `U+{:04X}` in {place}", u32::from(char));
    Err(GrammarError::new(text, at..at + char.len_utf8(), message)
        .with_note("looks like a space or like nothing")
        .with_help("remove it"))
}

/// `write …`, where that would be right, or else what there is to write.
fn instead(text: &str, otherwise: &str) -> String {
    match text.parse::<HostPattern>() {
        Ok(_) => format!("write `{}`", shown(text)),
        Err(_) => otherwise.to_owned(),
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            HostNames::Name(name) => f.write_str(name)?,
            HostNames::Below(name) => write!(f, "*.{name}")?,
            HostNames::Address(IpAddr::V4(address)) => write!(f, "{address}")?,
            HostNames::Address(IpAddr::V6(address)) => write!(f, "[{address}]")?,
        }
        match self.port {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}

/// The text from `start` to `end`, as a span of the whole.
fn span(start: usize, length: usize) -> Range<usize> {
    start..start + length
}
