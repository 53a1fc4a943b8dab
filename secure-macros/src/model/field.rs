use proc_macro2::Span;
use syn::{Attribute, Ident, Type, spanned::Spanned as _};

use super::{
    rename::{self, Case},
    rule::{self, Rule, RuleKind},
    upload::{self, Upload},
};
use crate::{
    diagnostics::{Diagnostic, Diagnostics},
    fragment,
    handler::written_reason,
};

/// Names that say secret: alone, or at the end after `_`. Documented in `docs/defaults.md`.
const SECRET_NAMES: [&str; 8] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "api_key",
    "private_key",
    "credential",
];

/// One field of a model.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) ident: Ident,
    pub(super) ty: Type,
    /// When it is there: what is generated for it stands under the same conditions.
    pub(super) cfgs: Vec<Attribute>,
    /// Its name on the wire.
    pub(super) wire_name: String,
    pub(super) rules: Vec<Rule>,
    pub(super) bound: Bound,
    /// The name of it that says secret: its type must then keep the value secret.
    pub(super) secret_name: Option<String>,
    /// Whether its fields stand in the place of it on the wire.
    pub(super) flattened: bool,
    /// What it says of its file, where it is one.
    pub(super) upload: Option<Upload>,
}

/// What bounds the size of a field's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    /// Its type does.
    Type,
    /// `length` with a maximum.
    Length,
    /// Nothing, and the field says why.
    None,
}

impl Field {
    /// `None` where the field has no name, or is none of the input's.
    pub(super) fn parse(
        field: &syn::Field,
        case: Case,
        deny_unknown: bool,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let ident = field.ident.clone()?;
        let name = ident.to_string();
        if ["skip", "skip_deserializing"]
            .iter()
            .any(|word| rename::has_serde(&field.attrs, word))
        {
            let helpers = ["validate", "unbounded", "not_secret", "upload"];
            for attribute in &field.attrs {
                let path = attribute.path();
                if let Some(name) = helpers.iter().find(|name| path.is_ident(**name)) {
                    diagnostics.add(
                        Diagnostic::new(
                            path.span(),
                            format_args!("`#[{name}]` does nothing on a field that is not read"),
                        )
                        .help("remove it"),
                    );
                }
            }
            return None;
        }
        let flattened = rename::has_serde(&field.attrs, "flatten");
        if flattened && deny_unknown {
            diagnostics.add(
                Diagnostic::new(
                    ident.span(),
                    "`flatten` and refusing unknown fields do not go together in serde",
                )
                .help("`#[validated(unknown = \"ignore\")]`, or a field of its own"),
            );
        }
        let mut rules = Vec::new();
        let (mut unbounded, mut not_secret) = (None, None);
        for attribute in &field.attrs {
            let path = attribute.path();
            if path.is_ident("validate") {
                rules.extend(rule::parse(attribute, diagnostics));
            } else if path.is_ident("unbounded") {
                diagnostics.ok(written_reason("unbounded", attribute));
                unbounded = Some(path.span());
            } else if path.is_ident("not_secret") {
                diagnostics.ok(written_reason("not_secret", attribute));
                not_secret = Some(path.span());
            }
        }
        for rule in &rules {
            if matches!(rule.kind, RuleKind::Schema(_)) {
                diagnostics.add(
                    Diagnostic::new(rule.span, "`schema` belongs on the struct")
                        .help("on a field stands `#[validate(custom(function = path))]`"),
                );
            }
        }
        let wire_name = rename::field(&name, &field.attrs, case);
        Some(Self {
            upload: upload::parse(field, &rules, diagnostics),
            bound: bound(&rules, unbounded, diagnostics),
            secret_name: secret_name([&name, &wire_name], not_secret, diagnostics),
            wire_name,
            ty: field.ty.clone(),
            cfgs: field
                .attrs
                .iter()
                .filter(|attribute| attribute.path().is_ident("cfg"))
                .cloned()
                .collect(),
            ident,
            rules,
            flattened,
        })
    }

    /// Whether the type is written as an `Option`.
    pub(super) fn is_option(&self) -> bool {
        let Type::Path(path) = fragment::ty(&self.ty) else {
            return false;
        };
        path.path
            .segments
            .last()
            .is_some_and(|segment| segment.ident == "Option")
    }

    /// Whether the field says that what is inside has rules of its own.
    pub(super) fn is_nested(&self) -> bool {
        let mut rules = self.rules.iter();
        rules.any(|rule| matches!(rule.kind, RuleKind::Nested))
    }

    pub(super) fn span(&self) -> Span {
        self.ty.span()
    }
}

fn bound(rules: &[Rule], unbounded: Option<Span>, diagnostics: &mut Diagnostics) -> Bound {
    let has_most = rules.iter().any(|rule| {
        matches!(
            &rule.kind,
            RuleKind::Length { max: Some(_), .. } | RuleKind::Length { equal: Some(_), .. }
        )
    });
    match (has_most, unbounded) {
        (true, Some(span)) => {
            diagnostics.add(
                Diagnostic::new(span, "`#[unbounded]` stands beside a bound")
                    .help("remove it: `length` bounds the field"),
            );
            Bound::Length
        }
        (true, None) => Bound::Length,
        (false, Some(_)) => Bound::None,
        (false, None) => Bound::Type,
    }
}

/// The name that says secret, the field's own or the one on the wire, unless the field denies it.
fn secret_name(
    names: [&String; 2],
    not_secret: Option<Span>,
    diagnostics: &mut Diagnostics,
) -> Option<String> {
    let says_secret = |name: &&&String| {
        SECRET_NAMES.iter().any(|secret| {
            name.strip_suffix(secret)
                .is_some_and(|before| before.is_empty() || before.ends_with(['_', '-']))
        })
    };
    let found = names.iter().find(says_secret);
    match (not_secret, found) {
        (Some(_), Some(_)) => None,
        (Some(span), None) => {
            diagnostics.add(
                Diagnostic::new(
                    span,
                    format_args!(
                        "`#[not_secret]` does nothing here: the name `{}` does not say secret",
                        names[0]
                    ),
                )
                .help("remove it"),
            );
            None
        }
        (None, found) => found.map(|name| (*name).clone()),
    }
}
