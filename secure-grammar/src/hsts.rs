//! How long browsers come by HTTPS alone: `max-age=63072000; includeSubDomains`.

use std::fmt;
use std::ops::Range;

use crate::GrammarError;
use crate::glyph::shown;
use crate::header;
use crate::words::nearest;

/// The noun of every message here.
const PLACE: &str = "HSTS policy";
/// 10 years of 365 days.
const LONGEST: u64 = 10 * 365 * 86_400;
/// What <https://hstspreload.org> asks for: a year.
const PRELOAD: u64 = 31_536_000;
const DIRECTIVES: [&str; 3] = ["max-age", "includeSubDomains", "preload"];

/// The value of `Strict-Transport-Security` (RFC 6797).
///
/// ```
/// use secure_grammar::StrictTransportSecurity;
///
/// let policy = StrictTransportSecurity::parse("max-age=63072000; includeSubDomains; preload")?;
/// assert_eq!(policy.max_age(), 63_072_000);
/// # Ok::<(), secure_grammar::GrammarError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StrictTransportSecurity {
    max_age: u64,
    subdomains: bool,
    preload: bool,
}

impl StrictTransportSecurity {
    /// Reads the value of the header. `max-age` is in seconds, at most 10 years; 0 takes the policy back.
    ///
    /// # Errors
    ///
    /// Whatever else is written, what is written twice, and `preload` where the preload list would refuse
    /// the host: without `includeSubDomains`, or with less than a year.
    pub fn parse(text: &str) -> Result<Self, GrammarError> {
        header::printable(text, PLACE)?;
        if text.trim().is_empty() {
            return Err(
                GrammarError::new(text, 0..text.len(), format!("empty {PLACE}"))
                    .with_help("write `max-age=63072000`, which is two years"),
            );
        }
        let (mut max_age, mut subdomains, mut preload) = (None, None, None);
        for part in header::parts(text, ';', PLACE)? {
            let word = text.get(part.clone()).unwrap_or("");
            let (name, value) = match word.split_once('=') {
                Some((name, value)) => (name.trim_end(), Some(value.trim_start())),
                None => (word, None),
            };
            let place = part.start..part.start + name.len();
            let slot = match name {
                "max-age" => &mut max_age,
                "includeSubDomains" => &mut subdomains,
                "preload" => &mut preload,
                _ => return Err(unknown(text, place, name)),
            };
            if slot.is_some() {
                let message = format!("`{name}` stands twice in {PLACE}");
                return Err(GrammarError::new(text, place, message).with_help("remove one of them"));
            }
            let seconds = match (name, value) {
                ("max-age", value) => seconds(text, part.clone(), value)?,
                (_, None) => 0,
                (_, Some(_)) => {
                    let message = format!("`{name}` takes no value");
                    return Err(GrammarError::new(text, part, message)
                        .with_help(format!("write `{name}` alone")));
                }
            };
            *slot = Some((seconds, part));
        }
        let Some((max_age, span)) = max_age else {
            return Err(
                GrammarError::new(text, 0..0, format!("no `max-age` in {PLACE}"))
                    .with_help("write `max-age=63072000`, which is two years, before the rest"),
            );
        };
        if let Some((_, asked)) = &preload {
            preloadable(text, max_age, span, subdomains.is_some(), asked.clone())?;
        }
        Ok(Self {
            max_age,
            subdomains: subdomains.is_some(),
            preload: preload.is_some(),
        })
    }

    /// For how many seconds.
    pub const fn max_age(&self) -> u64 {
        self.max_age
    }

    /// Whether subdomains are meant too.
    pub const fn include_subdomains(&self) -> bool {
        self.subdomains
    }

    /// Whether browsers may come with the host in their list.
    pub const fn preload(&self) -> bool {
        self.preload
    }

    /// The same, for subdomains too.
    #[must_use]
    pub const fn with_subdomains(mut self) -> Self {
        self.subdomains = true;
        self
    }
}

/// The canonical text.
impl fmt::Display for StrictTransportSecurity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "max-age={}", self.max_age)?;
        f.write_str(if self.subdomains {
            "; includeSubDomains"
        } else {
            ""
        })?;
        f.write_str(if self.preload { "; preload" } else { "" })
    }
}

fn unknown(text: &str, span: Range<usize>, name: &str) -> GrammarError {
    let message = format!("unknown directive `{}` in {PLACE}", shown(name));
    let error = GrammarError::new(text, span, message);
    let alias = match name.to_ascii_lowercase().replace(['-', '_'], "").as_str() {
        "includesubdomains" | "subdomains" => Some("includeSubDomains"),
        "maxage" => Some("max-age"),
        _ => nearest(name, &DIRECTIVES).and_then(|at| DIRECTIVES.get(at).copied()),
    };
    match alias {
        Some(near) => error
            .with_note(format!("did you mean `{near}`?"))
            .with_help(format!("write `{near}`")),
        None => error.with_help(format!("the directives are {}", header::list(&DIRECTIVES))),
    }
}

fn seconds(text: &str, part: Range<usize>, value: Option<&str>) -> Result<u64, GrammarError> {
    let value = value.unwrap_or("");
    let span = part.end - value.len()..part.end;
    let help = "write seconds: a day is `max-age=86400`, a year `max-age=31536000`, two years `max-age=63072000`";
    if value.is_empty() {
        return Err(GrammarError::new(
            text,
            span,
            format!("`max-age` without a number in {PLACE}"),
        )
        .with_help(help));
    }
    if !value.bytes().all(|byte| byte.is_ascii_digit()) {
        let message = format!("`{}` is no number of seconds", shown(value));
        return Err(GrammarError::new(text, span, message).with_help(help));
    }
    let seconds = value.parse().ok().filter(|seconds| *seconds <= LONGEST);
    seconds.ok_or_else(|| {
        GrammarError::new(
            text,
            span,
            format!("`{}` seconds are too long", shown(value)),
        )
        .with_note("at most 10 years, `315360000`")
        .with_help(help)
    })
}

/// Refuses what the preload list refuses.
fn preloadable(
    text: &str,
    max_age: u64,
    span: Range<usize>,
    subdomains: bool,
    asked: Range<usize>,
) -> Result<(), GrammarError> {
    if max_age < PRELOAD {
        return Err(GrammarError::new(
            text,
            span,
            "the preload list takes no host for less than a year",
        )
        .with_note("`preload` asks for at least 31536000")
        .with_help("write `max-age=63072000`, which is two years, or remove `preload`"));
    }
    if !subdomains {
        return Err(GrammarError::new(
            text,
            asked,
            "the preload list takes no host without its subdomains",
        )
        .with_note("`includeSubDomains` is missing")
        .with_help("add `includeSubDomains` if all of them speak HTTPS, or remove `preload`"));
    }
    Ok(())
}
