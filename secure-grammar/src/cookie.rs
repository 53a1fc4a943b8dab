//! A cookie, as `Set-Cookie` writes it without its value: `__Host-theme; Secure; SameSite=Lax`.

use std::fmt;
use std::ops::Range;

use crate::GrammarError;
use crate::glyph::shown;
use crate::header;
use crate::words::nearest;

/// The noun of every message here.
const PLACE: &str = "cookie policy";
/// 400 days: browsers keep no cookie for longer (RFC 6265bis §5.5).
const LONGEST: u64 = 400 * 86_400;
const HOST: &str = "__Host-";
const SECURE: &str = "__Secure-";
const ATTRIBUTES: [&str; 6] = [
    "Path", "Domain", "Max-Age", "Secure", "HttpOnly", "SameSite",
];

/// With which requests of other sites a browser sends a cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SameSite {
    /// With none.
    Strict,
    /// With navigations alone.
    Lax,
    /// With all.
    None,
}

/// All that `Set-Cookie` says of a cookie but its value (RFC 6265bis).
///
/// ```
/// use secure_grammar::{CookiePolicy, SameSite};
///
/// let cookie = CookiePolicy::parse("__Host-theme; Secure; Max-Age=86400")?;
/// assert_eq!(cookie.name(), "__Host-theme");
/// assert_eq!(cookie.same_site(), SameSite::Lax);
/// assert_eq!(cookie.to_string(), "__Host-theme; Path=/; Max-Age=86400; Secure; SameSite=Lax");
/// # Ok::<(), secure_grammar::GrammarError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CookiePolicy {
    name: String,
    path: String,
    domain: Option<String>,
    max_age: Option<u64>,
    secure: bool,
    http_only: bool,
    same_site: SameSite,
}

/// What was written, each with its place.
#[derive(Default)]
struct Written {
    path: Option<(String, Range<usize>)>,
    domain: Option<(String, Range<usize>)>,
    max_age: Option<(u64, Range<usize>)>,
    secure: Option<Range<usize>>,
    http_only: Option<Range<usize>>,
    same_site: Option<(SameSite, Range<usize>)>,
}

impl CookiePolicy {
    /// Reads a name and the attributes after it. Where none is written, the path is `/` and `SameSite` is
    /// `Lax`.
    ///
    /// # Errors
    ///
    /// A name that is none; an attribute that is unknown or written twice; a value that is none; and what
    /// contradicts itself, so that browsers would not keep the cookie: `__Host-` without `Secure`, with a
    /// domain or with a path; `__Secure-` or `SameSite=None` without `Secure`.
    pub fn parse(text: &str) -> Result<Self, GrammarError> {
        header::printable(text, PLACE)?;
        if text.trim().is_empty() {
            return Err(
                GrammarError::new(text, 0..text.len(), format!("empty {PLACE}"))
                    .with_help("write a name and its attributes: `__Host-theme; Secure`"),
            );
        }
        let mut parts = header::parts(text, ';', PLACE)?.into_iter();
        let place = parts.next().unwrap_or(0..0);
        let name = name(text, place.clone())?;
        let mut written = Written::default();
        for part in parts {
            written.attribute(text, part)?;
        }
        written.consistent(text, name, place)?;
        Ok(Self {
            name: name.to_owned(),
            path: written
                .path
                .map_or_else(|| "/".to_owned(), |(path, _)| path),
            domain: written.domain.map(|(domain, _)| domain),
            max_age: written.max_age.map(|(seconds, _)| seconds),
            secure: written.secure.is_some(),
            http_only: written.http_only.is_some(),
            same_site: written.same_site.map_or(SameSite::Lax, |(site, _)| site),
        })
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Below which path it is sent.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// To which host and the hosts below it; without one to the host alone that has set it.
    pub fn domain(&self) -> Option<&str> {
        self.domain.as_deref()
    }

    /// For how many seconds it is kept; without one as long as the browser runs.
    pub const fn max_age(&self) -> Option<u64> {
        self.max_age
    }

    /// Whether it is sent by HTTPS alone.
    pub const fn is_secure(&self) -> bool {
        self.secure
    }

    /// Whether it is out of reach of scripts.
    pub const fn is_http_only(&self) -> bool {
        self.http_only
    }

    /// With which requests of other sites it is sent.
    pub const fn same_site(&self) -> SameSite {
        self.same_site
    }
}

impl SameSite {
    const ALL: [Self; 3] = [Self::Strict, Self::Lax, Self::None];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "Strict",
            Self::Lax => "Lax",
            Self::None => "None",
        }
    }
}

/// The canonical text.
impl fmt::Display for CookiePolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; Path={}", self.name, self.path)?;
        if let Some(domain) = &self.domain {
            write!(f, "; Domain={domain}")?;
        }
        if let Some(seconds) = self.max_age {
            write!(f, "; Max-Age={seconds}")?;
        }
        f.write_str(if self.secure { "; Secure" } else { "" })?;
        f.write_str(if self.http_only { "; HttpOnly" } else { "" })?;
        write!(f, "; SameSite={}", self.same_site.as_str())
    }
}

impl Written {
    fn attribute(&mut self, text: &str, part: Range<usize>) -> Result<(), GrammarError> {
        let word = text.get(part.clone()).unwrap_or("");
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name.trim_end(), Some(value.trim_start())),
            None => (word, None),
        };
        let place = part.start..part.start + name.len();
        let is_taken = match name {
            "Path" => self.path.is_some(),
            "Domain" => self.domain.is_some(),
            "Max-Age" => self.max_age.is_some(),
            "Secure" => self.secure.is_some(),
            "HttpOnly" => self.http_only.is_some(),
            "SameSite" => self.same_site.is_some(),
            _ => return Err(unknown(text, place, name)),
        };
        if is_taken {
            let message = format!("`{name}` stands twice in {PLACE}");
            return Err(GrammarError::new(text, place, message).with_help("remove one of them"));
        }
        let flag = |part: Range<usize>| match value {
            None => Ok(part),
            Some(_) => {
                let message = format!("`{name}` takes no value");
                Err(GrammarError::new(text, part, message)
                    .with_help(format!("write `{name}` alone, or leave it out")))
            }
        };
        let value_at = part.end - value.map_or(0, str::len)..part.end;
        let valued = value.unwrap_or("");
        match name {
            "Secure" => self.secure = Some(flag(part)?),
            "HttpOnly" => self.http_only = Some(flag(part)?),
            "Path" => self.path = Some((path(text, valued, value_at)?, part)),
            "Domain" => self.domain = Some((domain(text, valued, value_at)?, part)),
            "Max-Age" => self.max_age = Some((max_age(text, valued, value_at)?, part)),
            _ => self.same_site = Some((same_site(text, valued, value_at)?, part)),
        }
        Ok(())
    }

    /// Refuses what browsers would not keep.
    fn consistent(&self, text: &str, name: &str, place: Range<usize>) -> Result<(), GrammarError> {
        let is_host = name.starts_with(HOST);
        if self.secure.is_none() {
            let prefix = match is_host {
                true => Some(HOST),
                false => name.starts_with(SECURE).then_some(SECURE),
            };
            if let Some(prefix) = prefix {
                let span = place.start..place.start + prefix.len();
                let message = format!("a `{prefix}` cookie without `Secure`");
                return Err(GrammarError::new(text, span, message)
                    .with_note("browsers do not keep it")
                    .with_help("add `Secure`, or give it another name"));
            }
            if let Some((SameSite::None, span)) = &self.same_site {
                let message = "`SameSite=None` without `Secure`";
                return Err(GrammarError::new(text, span.clone(), message)
                    .with_note("browsers do not keep it")
                    .with_help("add `Secure`, or write `SameSite=Lax`"));
            }
        }
        if !is_host {
            return Ok(());
        }
        if let Some((_, span)) = &self.domain {
            let message = format!("a `{HOST}` cookie with a domain");
            return Err(GrammarError::new(text, span.clone(), message)
                .with_note("it is for the host alone that has set it")
                .with_help("remove `Domain`, or call it `__Secure-…`"));
        }
        match &self.path {
            Some((path, span)) if path != "/" => {
                let message = format!("a `{HOST}` cookie with another path than `/`");
                Err(GrammarError::new(text, span.clone(), message)
                    .with_note("browsers do not keep it")
                    .with_help("remove `Path`, or call it `__Secure-…`"))
            }
            _ => Ok(()),
        }
    }
}

/// RFC 6265 §4.1.1: a token.
fn name(text: &str, place: Range<usize>) -> Result<&str, GrammarError> {
    let name = text.get(place.clone()).unwrap_or("");
    let help = "write a name and its attributes: `__Host-theme; Secure`";
    if let Some(at) = name.find('=') {
        let span = place.start + at..place.end;
        return Err(GrammarError::new(text, span, format!("a value in {PLACE}"))
            .with_note("it comes with the answer that sets the cookie")
            .with_help("write the name alone"));
    }
    let is_token = |char: &char| char.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(*char);
    if let Some(bad) = name.chars().find(|char| !is_token(char)) {
        let at = place.start + name.find(bad).unwrap_or(0);
        let span = at..at + bad.len_utf8();
        let message = format!("`{}` in the name of a cookie", shown(&bad.to_string()));
        return Err(GrammarError::new(text, span, message)
            .with_note("no character of a name")
            .with_help(help));
    }
    if ATTRIBUTES
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name))
    {
        let message = format!("{PLACE} starts with `{}`, and not with a name", shown(name));
        return Err(GrammarError::new(text, place, message).with_help(help));
    }
    for prefix in [HOST, SECURE] {
        let written = name.get(..prefix.len()).unwrap_or("");
        if written.eq_ignore_ascii_case(prefix) && written != prefix {
            let span = place.start..place.start + prefix.len();
            let message = format!("`{}` for `{prefix}`", shown(written));
            return Err(GrammarError::new(text, span, message)
                .with_note("some browsers take it for the prefix, and some do not")
                .with_help(format!("write `{prefix}`")));
        }
    }
    Ok(name)
}

fn unknown(text: &str, span: Range<usize>, name: &str) -> GrammarError {
    let message = format!("unknown attribute `{}` in {PLACE}", shown(name));
    let error = GrammarError::new(text, span, message);
    let alias = match name
        .to_ascii_lowercase()
        .replace(['-', '_', ' '], "")
        .as_str()
    {
        "maxage" | "expires" => Some("Max-Age"),
        _ => nearest(name, &ATTRIBUTES).and_then(|at| ATTRIBUTES.get(at).copied()),
    };
    match alias {
        Some(near) => error
            .with_note(format!("did you mean `{near}`?"))
            .with_help(format!("write `{near}`")),
        None => error.with_help(format!("the attributes are {}", header::list(&ATTRIBUTES))),
    }
}

fn path(text: &str, value: &str, span: Range<usize>) -> Result<String, GrammarError> {
    let legal = |byte: u8| byte.is_ascii_graphic() && byte != b',';
    if value.starts_with('/') && value.bytes().all(legal) {
        return Ok(value.to_owned());
    }
    let message = match value.is_empty() {
        true => format!("`Path` without a path in {PLACE}"),
        false => format!("`{}` is no path", shown(value)),
    };
    Err(GrammarError::new(text, span, message)
        .with_help("write `Path=/`, or leave it out, which means the same"))
}

fn domain(text: &str, value: &str, span: Range<usize>) -> Result<String, GrammarError> {
    let is_label = |label: &str| {
        let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        (1..=63).contains(&label.len())
            && label.bytes().all(legal)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = value.rsplit('.').next().unwrap_or("");
    let is_address = last.bytes().all(|byte| byte.is_ascii_digit());
    let is_name = value.len() <= 253 && value.contains('.') && value.split('.').all(is_label);
    if is_name && !is_address {
        return Ok(value.to_owned());
    }
    let message = match value.is_empty() {
        true => format!("`Domain` without a name in {PLACE}"),
        false => format!("`{}` is no domain of cookies", shown(value)),
    };
    let note = match value.starts_with('.') {
        true => "the dot at its start means nothing any more",
        false => "a host name in lower case, with a dot in it",
    };
    Err(GrammarError::new(text, span, message)
        .with_note(note)
        .with_help(
            "write `Domain=example.com`, which means the hosts below it too, or leave it out",
        ))
}

fn max_age(text: &str, value: &str, span: Range<usize>) -> Result<u64, GrammarError> {
    let help = "write seconds: a day is `Max-Age=86400`, a year `Max-Age=31536000`";
    let refused = |message: String| GrammarError::new(text, span.clone(), message).with_help(help);
    if value.is_empty() {
        return Err(refused(format!("`Max-Age` without a number in {PLACE}")));
    }
    if !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(refused(format!(
            "`{}` is no number of seconds",
            shown(value)
        )));
    }
    match value.parse() {
        Ok(0) => Err(refused("a cookie that is kept for no time".to_owned())
            .with_note("that is how one is removed")),
        Ok(seconds) if seconds <= LONGEST => Ok(seconds),
        _ => Err(refused(format!("`{}` seconds are too long", shown(value)))
            .with_note("browsers keep it for 400 days at most, `34560000`")),
    }
}

fn same_site(text: &str, value: &str, span: Range<usize>) -> Result<SameSite, GrammarError> {
    let words = SameSite::ALL.map(SameSite::as_str);
    if let Some(site) = SameSite::ALL
        .into_iter()
        .find(|site| site.as_str() == value)
    {
        return Ok(site);
    }
    let message = match value.is_empty() {
        true => format!("`SameSite` without a word in {PLACE}"),
        false => format!("unknown word `{}` in `SameSite`", shown(value)),
    };
    let error = GrammarError::new(text, span, message);
    Err(match nearest(value, &words).and_then(|at| words.get(at)) {
        Some(near) => error
            .with_note(format!("did you mean `{near}`?"))
            .with_help(format!("write `SameSite={near}`")),
        None => error.with_help(format!("the words are {}", header::list(&words))),
    })
}
