//! A host and its port, in a host pattern or in an origin.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use super::{HostNames, span};
use crate::GrammarError;
use crate::glyph::shown;

/// RFC 1035 §2.3.4, in bytes.
const LONGEST_LABEL: usize = 63;
/// RFC 1035 §2.3.4, in bytes and without the dot at the end.
const LONGEST_NAME: usize = 253;

/// A host and its port, without wildcards.
#[derive(Debug)]
pub(crate) struct Authority {
    pub(crate) host: HostNames,
    pub(crate) port: Option<u16>,
}

impl Authority {
    /// Parses the part `at` of a text. `place` is what the text is.
    pub(crate) fn parse(
        text: &str,
        at: Range<usize>,
        place: &'static str,
    ) -> Result<Self, GrammarError> {
        Part { text, place }.authority(at)
    }
}

struct Part<'a> {
    text: &'a str,
    place: &'static str,
}

impl Part<'_> {
    fn authority(&self, at: Range<usize>) -> Result<Authority, GrammarError> {
        let part = self.slice(at.clone());
        if part.is_empty() {
            return Err(self.error(at, "missing host", "write a name, such as `example.com`"));
        }
        if let Some(sign) = part.find('@') {
            let user = span(at.start, sign + 1);
            return Err(self.error(user, "user name", "remove it: a host has none"));
        }
        if part.starts_with('[') {
            return self.bracketed(at);
        }
        let Some(colon) = part.find(':') else {
            return Ok(Authority {
                host: self.host(at)?,
                port: None,
            });
        };
        if part.parse::<Ipv6Addr>().is_ok() {
            let help = format!("write `[{part}]`");
            return Err(self.error(at, "IPv6 address without brackets", help));
        }
        let host = self.host(at.start..at.start + colon)?;
        let port = self.port(at.start + colon + 1..at.end)?;
        Ok(Authority {
            host,
            port: Some(port),
        })
    }

    /// `[2001:db8::1]:8443`
    fn bracketed(&self, at: Range<usize>) -> Result<Authority, GrammarError> {
        let part = self.slice(at.clone());
        let Some(end) = part.find(']') else {
            return Err(self.error(at, "`[` without `]`", "write `[2001:db8::1]`"));
        };
        let inner = at.start + 1..at.start + end;
        let address = self.slice(inner.clone());
        let Ok(parsed) = address.parse::<Ipv6Addr>() else {
            let what = format!("`{}` is no IPv6 address", shown(address));
            return Err(GrammarError::new(self.text, inner, what)
                .with_help("write one such as `[2001:db8::1]`"));
        };
        if let Some(mapped) = parsed.to_ipv4_mapped() {
            let help = format!("write `{mapped}`");
            return Err(self.error(inner, "IPv4 address in IPv6 clothes", help));
        }
        let canonical = parsed.to_string();
        if canonical != address {
            let help = format!("write `[{canonical}]`");
            return Err(self.error(inner, "address in an unusual spelling", help));
        }
        let rest = at.start + end + 1..at.end;
        let port = match self.slice(rest.clone()).strip_prefix(':') {
            Some(_) => Some(self.port(rest.start + 1..rest.end)?),
            None if rest.is_empty() => None,
            None => {
                return Err(self.error(rest, "text after `]`", "only `:` and a port may follow"));
            }
        };
        Ok(Authority {
            host: HostNames::Address(parsed.into()),
            port,
        })
    }

    fn host(&self, at: Range<usize>) -> Result<HostNames, GrammarError> {
        let name = self.slice(at.clone());
        if name.is_empty() {
            let what = "missing host";
            return Err(self.error(at, what, "write a name before the port"));
        }
        self.characters(name, at.start)?;
        if name.ends_with('.') {
            let help = match (name.trim_end_matches('.'), self.place) {
                ("", _) => "write a name, such as `example.com`".to_owned(),
                (_, "origin") => "remove the dot".to_owned(),
                (name, _) => format!("write `{}`; it means the one with the dot too", shown(name)),
            };
            return Err(self.error(at.end - 1..at.end, "trailing dot", help));
        }
        self.labels(name, at.start)?;
        if name.len() > LONGEST_NAME {
            let what = format!("name of {} characters", name.len());
            return Err(self.error(at, &what, "a name has at most 253 characters"));
        }
        let last = name.rsplit('.').next().unwrap_or(name);
        if !last.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(HostNames::Name(name.to_owned()));
        }
        match name.parse::<Ipv4Addr>() {
            Ok(address) => Ok(HostNames::Address(IpAddr::V4(address))),
            Err(_) => {
                let what = format!("`{}` is no IPv4 address", shown(name));
                Err(GrammarError::new(self.text, at, what)
                    .with_note("a name that ends in a number")
                    .with_help("write four numbers from 0 to 255, such as `192.0.2.1`"))
            }
        }
    }

    fn characters(&self, name: &str, start: usize) -> Result<(), GrammarError> {
        for (offset, char) in name.char_indices() {
            let here = span(start + offset, char.len_utf8());
            let (what, help) = match char {
                'a'..='z' | '0'..='9' | '-' | '_' | '.' => continue,
                'A'..='Z' => {
                    let lower = self.text.to_ascii_lowercase();
                    (
                        "upper case".to_owned(),
                        format!("write `{}`", shown(&lower)),
                    )
                }
                '*' => {
                    let help = match self.place {
                        "origin" => "name each origin",
                        _ => "`*.` stands at the beginning, such as `*.example.com`",
                    };
                    ("wildcard within a name".to_owned(), help.to_owned())
                }
                char if char.is_whitespace() => ("space".to_owned(), "remove it".to_owned()),
                char if char.is_ascii() => (
                    format!("`{}`", shown(char.encode_utf8(&mut [0; 4]))),
                    "a name has letters, digits, `-`, `_` and dots between".to_owned(),
                ),
                _ => (
                    "letters beyond ASCII".to_owned(),
                    "write the name as browsers send it, in Punycode (`xn--…`)".to_owned(),
                ),
            };
            return Err(self.error(here, &what, help));
        }
        Ok(())
    }

    fn labels(&self, name: &str, start: usize) -> Result<(), GrammarError> {
        let mut at = start;
        for label in name.split('.') {
            let here = span(at, label.len());
            if label.is_empty() {
                let rest = name.trim_start_matches('.');
                let help = match at == start && self.place != "origin" {
                    true => format!("write `*.{}` for all names below it", shown(rest)),
                    false => "remove the dot".to_owned(),
                };
                return Err(self.error(span(at, 1), "nothing before a dot", help));
            }
            if label.len() > LONGEST_LABEL {
                let what = format!("part of {} characters between dots", label.len());
                return Err(self.error(here, &what, "it has at most 63 characters"));
            }
            if label.starts_with('-') || label.ends_with('-') {
                let what = "`-` at the border of a name";
                return Err(self.error(here, what, "it stands between letters or digits"));
            }
            at += label.len() + 1;
        }
        Ok(())
    }

    fn port(&self, at: Range<usize>) -> Result<u16, GrammarError> {
        let port = self.slice(at.clone());
        let help = "write a number from 1 to 65535, or remove the `:`";
        if port.is_empty() {
            return Err(self.error(at.start - 1..at.end, "missing port", help));
        }
        let is_number = port.bytes().all(|byte| byte.is_ascii_digit()) && !port.starts_with('0');
        match port.parse::<u16>() {
            Ok(number) if is_number => Ok(number),
            _ => {
                let what = format!("`{}` is no port", shown(port));
                Err(GrammarError::new(self.text, at, what).with_help(help))
            }
        }
    }

    fn error(&self, at: Range<usize>, what: &str, help: impl Into<String>) -> GrammarError {
        let message = format!("{what} in {}", self.place);
        GrammarError::new(self.text, at, message).with_help(help)
    }

    fn slice(&self, at: Range<usize>) -> &str {
        self.text.get(at).unwrap_or("")
    }
}
