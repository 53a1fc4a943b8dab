//! What pages may ask the browser for: `camera=(), geolocation=(self)`.

mod allowlist;
mod features;

use std::fmt;

use crate::GrammarError;
use crate::glyph::shown;
use crate::header;
use crate::words::nearest;
use allowlist::Allowlist;
use features::FEATURES;

/// The noun of every message here.
const PLACE: &str = "permissions policy";

/// The value of `Permissions-Policy`: features, and the origins that may use each.
///
/// ```
/// use secure_grammar::PermissionsPolicy;
///
/// let policy = PermissionsPolicy::parse(r#"camera=(), geolocation=(self "https://maps.example.com")"#)?;
/// assert_eq!(policy.features().count(), 2);
/// # Ok::<(), secure_grammar::GrammarError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermissionsPolicy {
    features: Vec<(&'static str, Allowlist)>,
}

impl PermissionsPolicy {
    /// Reads the value of the header: `feature=allowlist`, separated by commas. An allow list is `()` for
    /// nobody, `self`, `*`, or a list in parentheses of `self` and origins in double quotes.
    ///
    /// # Errors
    ///
    /// Unknown features, what is written twice, the syntax of the older `Feature-Policy`, origins that are
    /// none.
    pub fn parse(text: &str) -> Result<Self, GrammarError> {
        header::printable(text, PLACE)?;
        if text.trim().is_empty() {
            return Err(
                GrammarError::new(text, 0..text.len(), format!("empty {PLACE}"))
                    .with_help("name what no page needs, such as `camera=(), microphone=()`"),
            );
        }
        let mut features: Vec<(&'static str, Allowlist)> = Vec::new();
        for part in header::parts(text, ',', PLACE)? {
            let word = text.get(part.clone()).unwrap_or("");
            let name = word.split(['=', ' ', '\t', ';']).next().unwrap_or("");
            let place = part.start..part.start + name.len();
            let feature = feature(text, place.clone(), name)?;
            if features.iter().any(|(known, _)| *known == feature) {
                let message = format!("feature `{feature}` stands twice in {PLACE}");
                return Err(GrammarError::new(text, place, message)
                    .with_note("a browser reads the last alone")
                    .with_help("write all its origins in one list"));
            }
            let list = allowlist::parse(text, feature, place.end..part.end)?;
            features.push((feature, list));
        }
        Ok(Self { features })
    }

    /// The features that it speaks of.
    pub fn features(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.features.iter().map(|(name, _)| *name)
    }
}

/// The canonical text.
impl fmt::Display for PermissionsPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (name, list)) in self.features.iter().enumerate() {
            f.write_str(if at > 0 { ", " } else { "" })?;
            write!(f, "{name}={list}")?;
        }
        Ok(())
    }
}

fn feature(
    text: &str,
    span: std::ops::Range<usize>,
    name: &str,
) -> Result<&'static str, GrammarError> {
    if let Some(known) = FEATURES.iter().find(|known| **known == name) {
        return Ok(known);
    }
    let message = match name {
        "" => format!("no feature before `=` in {PLACE}"),
        name => format!("unknown feature `{}` in {PLACE}", shown(name)),
    };
    let error = GrammarError::new(text, span, message);
    Err(
        match nearest(name, &FEATURES).and_then(|at| FEATURES.get(at)) {
            Some(near) => error
                .with_note(format!("did you mean `{near}`?"))
                .with_help(format!("write `{near}`")),
            None => error.with_help(
                "the features are those of \
                 https://github.com/w3c/webappsec-permissions-policy/blob/main/features.md, such as \
                 `camera`, `geolocation`, `microphone`, `payment`, `usb`",
            ),
        },
    )
}
