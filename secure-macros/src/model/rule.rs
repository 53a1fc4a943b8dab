use proc_macro2::Span;
use syn::{
    Attribute, Expr, ExprLit, ExprPath, ExprUnary, Ident, Lit, Meta, Token, UnOp,
    punctuated::Punctuated, spanned::Spanned as _,
};

use crate::{
    diagnostics::{Diagnostic, Diagnostics},
    fragment,
};

const RULES: [&str; 15] = [
    "length",
    "range",
    "email",
    "url",
    "ip",
    "regex",
    "contains",
    "does_not_contain",
    "must_match",
    "non_control_character",
    "printable",
    "required",
    "custom",
    "nested",
    "schema",
];

/// One rule of `#[validate(…)]`.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) span: Span,
    pub(super) kind: RuleKind,
    pub(super) message: Option<String>,
    pub(super) code: Option<String>,
}

#[derive(Debug)]
pub(super) enum RuleKind {
    Length {
        min: Option<Expr>,
        max: Option<Expr>,
        equal: Option<Expr>,
    },
    Range {
        min: Option<Expr>,
        max: Option<Expr>,
        exclusive_min: Option<Expr>,
        exclusive_max: Option<Expr>,
    },
    /// A rule without arguments of its own: `email`, `url`, `ip`, …
    Plain(&'static str),
    /// `contains` and `does_not_contain`
    Pattern(&'static str, String),
    Regex(Expr),
    MustMatch(Ident),
    Custom(syn::Path),
    Schema(syn::Path),
    /// Always done: what has rules of its own is checked with them.
    Nested,
}

/// The rules of one `#[validate(…)]`; what is wrong is an error, and left out.
pub(super) fn parse(attribute: &Attribute, diagnostics: &mut Diagnostics) -> Vec<Rule> {
    let metas = match &attribute.meta {
        Meta::List(list) => list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated),
        Meta::Path(_) | Meta::NameValue(_) => Ok(Punctuated::new()),
    };
    let Some(metas) = diagnostics.ok(metas) else {
        return Vec::new();
    };
    if metas.is_empty() {
        diagnostics.add(
            Diagnostic::new(attribute.path().span(), "`#[validate]` names no rule")
                .help("`#[validate(length(max = 200))]`"),
        );
    }
    metas
        .into_iter()
        .filter_map(|meta| diagnostics.ok(rule(&meta)))
        .collect()
}

fn rule(meta: &Meta) -> Result<Rule, syn::Error> {
    let span = meta.path().span();
    let name = meta.path().get_ident().map(ToString::to_string);
    let known = name
        .as_deref()
        .and_then(|name| RULES.into_iter().find(|rule| *rule == name));
    let Some(name) = known else {
        let name = name.unwrap_or_default();
        return Err(Diagnostic::new(span, format_args!("unknown rule `{name}`"))
            .choices(&name, "rules", &RULES)
            .into());
    };
    let mut options = Options::parse(name, meta)?;
    options.check_keys()?;
    let message = options.text("message")?;
    let code = options.text("code")?;
    let kind = match name {
        "length" => {
            let (min, max) = (options.whole("min")?, options.whole("max")?);
            let equal = options.whole("equal")?;
            in_order(&min, &max, false)?;
            if equal.is_some() && (min.is_some() || max.is_some()) {
                return Err(
                    Diagnostic::new(span, "`equal` stands beside `min` or `max`")
                        .help("keep `equal`, or the other two")
                        .into(),
                );
            }
            if equal.is_none() && min.is_none() && max.is_none() {
                return Err(Diagnostic::new(span, "`length` names no bound")
                    .help("`length(min = 1, max = 200)`")
                    .into());
            }
            RuleKind::Length { min, max, equal }
        }
        "range" => {
            let (min, max) = (options.number("min")?, options.number("max")?);
            let exclusive_min = options.number("exclusive_min")?;
            let exclusive_max = options.number("exclusive_max")?;
            in_order(&min, &max, false)?;
            in_order(&exclusive_min, &max, true)?;
            in_order(&min, &exclusive_max, true)?;
            in_order(&exclusive_min, &exclusive_max, true)?;
            let kind = RuleKind::Range {
                min,
                max,
                exclusive_min,
                exclusive_max,
            };
            if let RuleKind::Range {
                min: None,
                max: None,
                exclusive_min: None,
                exclusive_max: None,
            } = kind
            {
                return Err(Diagnostic::new(span, "`range` names no bound")
                    .help("`range(min = 1, max = 100)`")
                    .into());
            }
            kind
        }
        "contains" | "does_not_contain" => {
            let pattern = options.text("pattern")?.ok_or_else(|| {
                Diagnostic::new(span, format_args!("`{name}` names no pattern"))
                    .help(format_args!("`{name}(pattern = \"…\")`"))
            })?;
            RuleKind::Pattern(name, pattern)
        }
        "regex" => {
            let path = options.take("path").ok_or_else(|| {
                Diagnostic::new(span, "`regex` names no expression")
                    .help("`regex(path = *PATTERN)`")
            })?;
            RuleKind::Regex(path)
        }
        "must_match" => {
            let other = options.path("other", span, "`must_match(other = field)`")?;
            let other = other.get_ident().cloned().ok_or_else(|| {
                Diagnostic::new(other.span(), "`other` is a field of this struct")
            })?;
            RuleKind::MustMatch(other)
        }
        "custom" => {
            RuleKind::Custom(options.path("function", span, "`custom(function = check)`")?)
        }
        "schema" => {
            RuleKind::Schema(options.path("function", span, "`schema(function = check)`")?)
        }
        "nested" => RuleKind::Nested,
        plain => RuleKind::Plain(plain),
    };
    Ok(Rule {
        span,
        kind,
        message,
        code,
    })
}

/// The keys of a rule, but for `code` and `message`.
fn keys(rule: &str) -> &'static [&'static str] {
    match rule {
        "length" => &["min", "max", "equal"],
        "range" => &["min", "max", "exclusive_min", "exclusive_max"],
        "contains" | "does_not_contain" => &["pattern"],
        "regex" => &["path"],
        "must_match" => &["other"],
        "custom" | "schema" => &["function"],
        _ => &[],
    }
}

/// Refuses bounds between which nothing lies, where both are numbers in digits.
fn in_order(least: &Option<Expr>, most: &Option<Expr>, strictly: bool) -> Result<(), Diagnostic> {
    let (Some(least), Some(most)) = (least, most) else {
        return Ok(());
    };
    match (digits(least), digits(most)) {
        (Some(low), Some(high)) if low > high || strictly && low >= high => Err(Diagnostic::new(
            most.span(),
            "no value lies between these bounds",
        )
        .help("make the upper bound larger than the lower one")),
        _ => Ok(()),
    }
}

/// The value of a number in digits.
fn digits(value: &Expr) -> Option<f64> {
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Int(literal),
            ..
        }) => literal.base10_digits().parse().ok(),
        Expr::Lit(ExprLit {
            lit: Lit::Float(literal),
            ..
        }) => literal.base10_digits().parse().ok(),
        Expr::Unary(ExprUnary {
            op: UnOp::Neg(_),
            expr,
            ..
        }) => digits(expr).map(|value| -value),
        _ => None,
    }
}

/// The arguments of one rule.
struct Options {
    rule: &'static str,
    entries: Vec<(Ident, Expr)>,
}

impl Options {
    fn parse(rule: &'static str, meta: &Meta) -> Result<Self, syn::Error> {
        let mut options = Self {
            rule,
            entries: Vec::new(),
        };
        let list = match meta {
            Meta::Path(_) => return Ok(options),
            Meta::List(list) => list,
            Meta::NameValue(pair) => {
                return Err(Diagnostic::new(
                    pair.span(),
                    format_args!("`{rule}` takes its arguments in brackets"),
                )
                .help(format_args!("`{rule}(key = value)`"))
                .into());
            }
        };
        let pairs = list
            .parse_args_with(Punctuated::<syn::MetaNameValue, Token![,]>::parse_terminated)
            .map_err(|error| {
                Diagnostic::new(
                    error.span(),
                    format_args!("`{rule}` takes `key = value` arguments: {error}"),
                )
            })?;
        for pair in pairs {
            let key = pair.path.require_ident()?.clone();
            if options.entries.iter().any(|(known, _)| *known == key) {
                return Err(
                    Diagnostic::new(key.span(), format_args!("`{key}` is given twice"))
                        .help("keep one")
                        .into(),
                );
            }
            let value = fragment::expression(&pair.value).clone();
            options.entries.push((key, value));
        }
        Ok(options)
    }

    fn take(&mut self, key: &str) -> Option<Expr> {
        let at = self.entries.iter().position(|(known, _)| known == key)?;
        Some(self.entries.remove(at).1)
    }

    /// A whole number, or an expression that is not a literal.
    fn whole(&mut self, key: &str) -> Result<Option<Expr>, Diagnostic> {
        match self.take(key) {
            Some(Expr::Lit(ExprLit { lit, .. })) if !matches!(lit, Lit::Int(_)) => Err(
                Diagnostic::new(lit.span(), format_args!("`{key}` takes a whole number"))
                    .help(format_args!("`{key} = 200`")),
            ),
            value => Ok(value),
        }
    }

    /// A number, or an expression that is not a literal.
    fn number(&mut self, key: &str) -> Result<Option<Expr>, Diagnostic> {
        match self.take(key) {
            Some(Expr::Lit(ExprLit { lit, .. })) if !matches!(lit, Lit::Int(_) | Lit::Float(_)) => {
                Err(
                    Diagnostic::new(lit.span(), format_args!("`{key}` takes a number"))
                        .help(format_args!("`{key} = 100`")),
                )
            }
            value => Ok(value),
        }
    }

    fn text(&mut self, key: &str) -> Result<Option<String>, Diagnostic> {
        match self.take(key) {
            None => Ok(None),
            Some(Expr::Lit(ExprLit {
                lit: Lit::Str(literal),
                ..
            })) if key != "pattern" && literal.value().trim().is_empty() => Err(Diagnostic::new(
                literal.span(),
                format_args!("`{key}` is empty"),
            )
            .help(format_args!("write it, or remove `{key}`"))),
            Some(Expr::Lit(ExprLit {
                lit: Lit::Str(literal),
                ..
            })) => Ok(Some(literal.value())),
            Some(other) => Err(Diagnostic::new(
                other.span(),
                format_args!("`{key}` takes a string"),
            )
            .help(format_args!("`{key} = \"…\"`"))),
        }
    }

    /// A path, bare or in a string.
    fn path(&mut self, key: &str, span: Span, example: &str) -> Result<syn::Path, syn::Error> {
        match self.take(key) {
            Some(Expr::Path(ExprPath { path, .. })) => Ok(path),
            Some(Expr::Lit(ExprLit {
                lit: Lit::Str(literal),
                ..
            })) => literal.parse(),
            Some(other) => Err(
                Diagnostic::new(other.span(), format_args!("`{key}` takes a path"))
                    .help(example)
                    .into(),
            ),
            None => Err(
                Diagnostic::new(span, format_args!("`{}` names no `{key}`", self.rule))
                    .help(example)
                    .into(),
            ),
        }
    }

    fn check_keys(&self) -> Result<(), Diagnostic> {
        // What is nested has rules with texts of their own.
        let words: &[&str] = match self.rule {
            "nested" => &[],
            _ => &["code", "message"],
        };
        let known = [keys(self.rule), words].concat();
        let unknown = self
            .entries
            .iter()
            .find(|(key, _)| !known.iter().any(|known| key == known));
        match unknown {
            None => Ok(()),
            Some((key, _)) if known.is_empty() => Err(Diagnostic::new(
                key.span(),
                format_args!("`{}` takes no arguments", self.rule),
            )
            .help(format_args!("write `{}` alone", self.rule))),
            Some((key, _)) => Err(Diagnostic::new(
                key.span(),
                format_args!("unknown key `{key}` of the rule `{}`", self.rule),
            )
            .choices(&key.to_string(), "keys", &known)),
        }
    }
}
