//! What makes a policy weak, seen over all its directives.

use super::source::{Reach, Source};
use super::{CspSwitch, Directive, PLACE, Value};
use crate::GrammarError;
use crate::glyph::shown;

/// Refuses what no switch allows, and what cannot work; the switches that were needed.
pub(super) fn check(
    text: &str,
    directives: &[Directive],
    switches: &[CspSwitch],
) -> Result<Vec<CspSwitch>, GrammarError> {
    let policy = Policy { text, directives };
    let mut used = Vec::new();
    let mut needs = |switch: CspSwitch, error: GrammarError| {
        if !switches.contains(&switch) {
            return Err(error);
        }
        if !used.contains(&switch) {
            used.push(switch);
        }
        Ok(())
    };
    for directive in directives {
        policy.dynamic(directive)?;
        for value in &directive.values {
            for switch in policy.dangers(directive, value) {
                needs(switch, policy.refusal(directive, value, switch))?;
            }
        }
    }
    if let Some(error) = policy.unlimited() {
        needs(CspSwitch::ScriptsFromAnywhere, error)?;
    }
    policy.base()?;
    Ok(used)
}

struct Policy<'a> {
    text: &'a str,
    directives: &'a [Directive],
}

impl Policy<'_> {
    fn find(&self, name: &str) -> Option<&Directive> {
        self.directives
            .iter()
            .find(|directive| directive.known.name == name)
    }

    /// Whether the directive says something about what `name` governs: it is one of its kind, or the
    /// default where there is none.
    fn governs(&self, directive: &Directive, name: &str) -> bool {
        let own = directive.known.name;
        let is_kind = own
            .strip_prefix(name)
            .is_some_and(|rest| rest.is_empty() || rest == "-elem" || rest == "-attr");
        is_kind || (own == "default-src" && self.find(name).is_none())
    }

    /// For which reasons a value is weak here.
    fn dangers(&self, directive: &Directive, value: &Value) -> Vec<CspSwitch> {
        let scripts = self.governs(directive, "script-src");
        let styles = self.governs(directive, "style-src");
        let loads =
            scripts || self.governs(directive, "object-src") || directive.known.name == "base-uri";
        let dangers = match value.source {
            Source::UnsafeInline | Source::UnsafeHashes => [
                (scripts, CspSwitch::UnsafeInlineScripts),
                (styles, CspSwitch::UnsafeInlineStyles),
            ],
            Source::UnsafeEval => [
                (scripts, CspSwitch::UnsafeEval),
                (false, CspSwitch::UnsafeEval),
            ],
            Source::Scheme | Source::Host(Reach::Anywhere) => [
                (loads, CspSwitch::ScriptsFromAnywhere),
                (false, CspSwitch::ScriptsFromAnywhere),
            ],
            _ => return Vec::new(),
        };
        let dangers = dangers.into_iter().filter(|(is_due, _)| *is_due);
        dangers.map(|(_, switch)| switch).collect()
    }

    fn refusal(&self, directive: &Directive, value: &Value, switch: CspSwitch) -> GrammarError {
        let (name, word) = (directive.known.name, shown(&value.text));
        let what = match switch {
            CspSwitch::UnsafeInlineScripts if value.source == Source::UnsafeHashes => {
                "lets event handlers run that somebody has injected"
            }
            CspSwitch::UnsafeInlineStyles if value.source == Source::UnsafeHashes => {
                "lets style attributes apply that somebody has injected"
            }
            CspSwitch::UnsafeInlineScripts => "lets any inline script run",
            CspSwitch::UnsafeInlineStyles => "lets any inline style apply",
            CspSwitch::UnsafeEval => "lets text run as script",
            CspSwitch::ScriptsFromAnywhere => match name {
                "base-uri" => "lets links and scripts be led away",
                "object-src" => "lets plugins come from anywhere",
                _ => "lets scripts come from anywhere",
            },
        };
        let instead = match switch {
            CspSwitch::UnsafeInlineScripts if value.source == Source::UnsafeHashes => {
                "add the handlers from a script"
            }
            CspSwitch::UnsafeInlineScripts | CspSwitch::UnsafeInlineStyles => {
                "write `'nonce'`, or the hash of each"
            }
            CspSwitch::UnsafeEval => "remove it, and what needs it",
            CspSwitch::ScriptsFromAnywhere => match name {
                "base-uri" => "write `'none'` or `'self'`",
                "object-src" => "write `'none'`",
                _ => "name the hosts, or write `'nonce' 'strict-dynamic'`",
            },
        };
        let error = GrammarError::new(
            self.text,
            value.span.clone(),
            format!("`{word}` in `{name}` {what}"),
        );
        let error = match name {
            "default-src" => {
                error.with_note("`default-src` stands in for what no other directive says")
            }
            _ => error,
        };
        error.with_help(format!("{instead}; {}", if_need_be(switch)))
    }

    /// `'strict-dynamic'` trusts what a trusted script loads, so that one has to be trusted first.
    fn dynamic(&self, directive: &Directive) -> Result<(), GrammarError> {
        let dynamic = directive
            .values
            .iter()
            .find(|value| value.source == Source::StrictDynamic);
        let Some(value) = dynamic else {
            return Ok(());
        };
        if directive.has(|source| matches!(source, Source::Nonce | Source::Hash)) {
            return Ok(());
        }
        Err(GrammarError::new(
            self.text,
            value.span.clone(),
            "`'strict-dynamic'` without a nonce or a hash lets no script run",
        )
        .with_note("hosts and `'self'` are ignored beside it")
        .with_help("add `'nonce'`, or remove it"))
    }

    /// The error for a policy that says nothing about scripts or plugins.
    fn unlimited(&self) -> Option<GrammarError> {
        let sandboxed = self.find("sandbox").is_some_and(|sandbox| {
            let mut values = sandbox.values.iter();
            !values.any(|value| value.text == "allow-scripts")
        });
        if sandboxed || self.find("default-src").is_some() {
            return None;
        }
        let missing = ["script-src", "object-src"]
            .into_iter()
            .find(|name| self.find(name).is_none())?;
        let end = self.text.len();
        let message =
            format!("{PLACE} without `default-src` or `{missing}` lets scripts come from anywhere");
        let help = format!(
            "start with `default-src 'none'`; {}",
            if_need_be(CspSwitch::ScriptsFromAnywhere)
        );
        Some(GrammarError::new(self.text, end..end, message).with_help(help))
    }

    /// A `<base>` that somebody slips in would lead scripts away that have the right nonce.
    fn base(&self) -> Result<(), GrammarError> {
        if self.find("base-uri").is_some() {
            return Ok(());
        }
        let scripts = self
            .directives
            .iter()
            .filter(|directive| self.governs(directive, "script-src"));
        let mut values = scripts.flat_map(|directive| &directive.values);
        match values.find(|value| value.source == Source::Nonce) {
            None => Ok(()),
            Some(nonce) => Err(GrammarError::new(
                self.text,
                nonce.span.clone(),
                "a nonce for scripts without `base-uri`",
            )
            .with_note("a `<base>` could lead them elsewhere")
            .with_help("add `base-uri 'none'`")),
        }
    }
}

fn if_need_be(switch: CspSwitch) -> String {
    format!(
        "if it must be, `csp!(\"…\", {} = \"because …\")`",
        switch.name()
    )
}
