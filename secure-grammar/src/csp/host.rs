//! Where something comes from: `https:`, `https://*.example.com:8443/path`, `/csp-reports`.

use std::ops::Range;

use super::PLACE;
use super::source::{Reach, Source};
use crate::GrammarError;
use crate::glyph::shown;
use crate::words::nearest;

const SCHEMES: [&str; 8] = [
    "https",
    "http",
    "wss",
    "ws",
    "data",
    "blob",
    "filesystem",
    "mediastream",
];
const HELP: &str =
    "a host is written `example.com`, `*.example.com` or `https://example.com:8443/path`";

/// Reads a scheme or a host.
pub(super) fn parse(text: &str, span: Range<usize>) -> Result<Source, GrammarError> {
    let word = text.get(span.clone()).unwrap_or("");
    if word == "*" {
        return Ok(Source::Host(Reach::Anywhere));
    }
    if let Some(name) = word.strip_suffix(':') {
        scheme(text, span.start..span.end - 1, name)?;
        return Ok(Source::Scheme);
    }
    let (at, rest) = match word.split_once("://") {
        Some((name, rest)) => {
            scheme(text, span.start..span.start + name.len(), name)?;
            (span.start + name.len() + 3, rest)
        }
        None => (span.start, word),
    };
    let slash = rest.find('/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at(slash);
    check_path(text, at + slash, path)?;
    if let Some(sign) = authority.find(['@', '[', '?', '#', '\\']) {
        let sign = at + sign;
        return Err(wrong(text, sign..sign + 1, word).with_help(HELP));
    }
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    if let Some(port) = port {
        let start = at + host.len() + 1;
        check_port(text, start..start + port.len(), port)?;
    }
    check_host(text, at..at + host.len(), host, word)?;
    Ok(Source::Host(match host {
        "*" => Reach::Anywhere,
        _ => Reach::Named,
    }))
}

/// Reads where reports go: a path of this server, or a URL.
pub(super) fn report_uri(text: &str, span: Range<usize>) -> Result<Source, GrammarError> {
    let word = text.get(span.clone()).unwrap_or("");
    let url = word
        .strip_prefix("https://")
        .or_else(|| word.strip_prefix("http://"));
    let is_local = word.starts_with('/') && !word.starts_with("//");
    let is_url =
        url.is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_alphanumeric()));
    let legal = |byte: u8| byte.is_ascii_graphic() && !b"'\"<>\\^`{|}".contains(&byte);
    if (is_local || is_url) && word.bytes().all(legal) {
        return Ok(Source::Other);
    }
    let message = format!("`{}` is neither a path nor a URL", shown(word));
    Err(GrammarError::new(text, span, message)
        .with_help("write `report-uri /csp-reports`, or `report-uri https://…`"))
}

fn wrong(text: &str, span: Range<usize>, word: &str) -> GrammarError {
    let message = format!("`{}` is no source in {PLACE}", shown(word));
    GrammarError::new(text, span, message)
}

fn scheme(text: &str, span: Range<usize>, name: &str) -> Result<(), GrammarError> {
    if SCHEMES.contains(&name) {
        return Ok(());
    }
    let legal =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+-".contains(&byte);
    let is_sound =
        name.starts_with(|first: char| first.is_ascii_lowercase()) && name.bytes().all(legal);
    let near = nearest(name, &SCHEMES).and_then(|at| SCHEMES.get(at));
    if is_sound && near.is_none() && name != "javascript" {
        return Ok(());
    }
    let message = format!("unknown scheme `{}` in {PLACE}", shown(name));
    let error = GrammarError::new(text, span, message);
    Err(match near {
        Some(near) => error
            .with_note(format!("did you mean `{near}`?"))
            .with_help(format!("write `{near}:`")),
        None => error.with_help("a scheme is written `https:`, in lower case"),
    })
}

fn check_port(text: &str, span: Range<usize>, port: &str) -> Result<(), GrammarError> {
    let is_number = port.bytes().all(|byte| byte.is_ascii_digit())
        && !port.starts_with('0')
        && port.parse::<u16>().is_ok();
    if port == "*" || is_number {
        return Ok(());
    }
    let message = format!("`{}` is no port", shown(port));
    Err(GrammarError::new(text, span, message).with_help("write a number up to 65535, or `*`"))
}

fn check_path(text: &str, start: usize, path: &str) -> Result<(), GrammarError> {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&()*+=:@%/".contains(&byte);
    let Some(at) = path.bytes().position(|byte| !legal(byte)) else {
        return Ok(());
    };
    let at = start + at;
    let error = GrammarError::new(
        text,
        at..at + 1,
        format!(
            "`{}` in the path of a source",
            shown(text.get(at..at + 1).unwrap_or(""))
        ),
    );
    Err(match text.as_bytes().get(at) {
        Some(b'?' | b'#') => error
            .with_note("the path ends here")
            .with_help("remove what follows the path"),
        _ => error.with_help("percent-encode it"),
    })
}

fn check_host(text: &str, span: Range<usize>, host: &str, word: &str) -> Result<(), GrammarError> {
    if host == "*" {
        return Ok(());
    }
    let labels = host.strip_prefix("*.").unwrap_or(host);
    if let Some(at) = labels.find('*') {
        let at = span.end - labels.len() + at;
        let message = format!("`*` inside of the host `{}`", shown(host));
        return Err(GrammarError::new(text, at..at + 1, message)
            .with_note("it stands for the first label alone")
            .with_help("write `*.example.com`, or name the hosts"));
    }
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let is_label = |label: &str| !label.is_empty() && label.bytes().all(legal);
    if !labels.split('.').all(is_label) {
        return Err(wrong(text, span, word).with_help(HELP));
    }
    let is_address = labels
        .rsplit('.')
        .next()
        .is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    if is_address && labels != "127.0.0.1" {
        return Err(wrong(text, span, word)
            .with_note("browsers match no address but `127.0.0.1`")
            .with_help("write the host's name"));
    }
    Ok(())
}
