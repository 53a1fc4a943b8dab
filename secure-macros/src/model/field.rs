use proc_macro2::{Span, TokenStream};
use quote::{ToTokens as _, quote_spanned};
use syn::{
    Attribute, DeriveInput, Ident, Index, Member, Type, Variant, ext::IdentExt as _,
    spanned::Spanned as _,
};

use super::{
    HELPERS,
    normalize::Normalize,
    rename::{self, Case},
    rule::{self, Rule, RuleKind},
    upload::{self, Upload},
    writable::Writable,
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
    /// Its name; the only value of a newtype has none.
    pub(super) member: Member,
    /// What it is called in messages.
    pub(super) label: Ident,
    /// Whether a variant of an enum holds it, rather than a struct.
    pub(super) of_variant: bool,
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
    pub(super) normalize: Option<Normalize>,
    pub(super) writable: Option<Writable>,
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

/// What holds a field.
#[derive(Debug)]
pub(super) struct Holder {
    /// The input, which fields may name `Self`.
    input: Ident,
    /// What a value without a name is called in messages: the newtype, or the variant.
    unnamed: Ident,
    pub(super) case: Case,
    deny_unknown: bool,
    of_variant: bool,
    cfgs: Vec<Attribute>,
}

impl Holder {
    pub(super) fn object(item: &DeriveInput, deny_unknown: bool) -> Self {
        Self {
            input: item.ident.clone(),
            unnamed: item.ident.clone(),
            case: Case::of(&item.attrs),
            deny_unknown,
            of_variant: false,
            cfgs: Vec::new(),
        }
    }

    pub(super) fn newtype(item: &DeriveInput) -> Self {
        Self::object(item, true)
    }

    pub(super) fn variant(
        item: &DeriveInput,
        variant: &Variant,
        case: Case,
        deny_unknown: bool,
    ) -> Self {
        Self {
            input: item.ident.clone(),
            unnamed: variant.ident.clone(),
            case,
            deny_unknown,
            of_variant: true,
            cfgs: cfgs(&variant.attrs),
        }
    }
}

impl Field {
    /// `None` where the field is none of the input's.
    pub(super) fn parse(
        field: &syn::Field,
        holder: &Holder,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let label = field
            .ident
            .clone()
            .unwrap_or_else(|| holder.unnamed.clone());
        let name = match &field.ident {
            Some(ident) => ident.to_string(),
            // The name of a type or a variant, as a field would have it.
            None => rename::snake(&holder.unnamed),
        };
        if rename::is_skipped(&field.attrs) {
            for attribute in &field.attrs {
                let path = attribute.path();
                if let Some(name) = HELPERS.iter().find(|name| path.is_ident(**name)) {
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
        if flattened && holder.deny_unknown {
            diagnostics.add(
                Diagnostic::new(
                    label.span(),
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
        let wire_name = rename::field(&name, &field.attrs, holder.case);
        let writable = Writable::parse(&field.attrs, diagnostics);
        if let Some(writable) = &writable {
            check_writable(writable.span, field, diagnostics);
        }
        let mut cfgs = cfgs(&field.attrs);
        cfgs.extend_from_slice(&holder.cfgs);
        Some(Self {
            member: match &field.ident {
                Some(ident) => Member::Named(ident.clone()),
                None => Member::Unnamed(Index::from(0)),
            },
            upload: upload::parse(field, holder.of_variant, &rules, diagnostics),
            bound: bound(&rules, unbounded, diagnostics),
            secret_name: secret_name([&name, &wire_name], not_secret, diagnostics),
            wire_name,
            ty: rename::without_self(&field.ty, &holder.input),
            of_variant: holder.of_variant,
            cfgs,
            label,
            rules,
            flattened,
            normalize: Normalize::parse(&field.attrs, diagnostics),
            writable,
        })
    }

    /// The value, as a reference: of a struct by way of `self`, of a variant as its pattern binds it.
    pub(super) fn value(&self, span: Span) -> TokenStream {
        match &self.member {
            _ if self.of_variant => self.binding(span).into_token_stream(),
            member => member_of_self(member, span),
        }
    }

    /// What the pattern of a variant binds it to.
    pub(super) fn binding(&self, span: Span) -> Ident {
        let span = span.resolved_at(Span::call_site());
        match &self.member {
            Member::Named(ident) => Ident::new(&format!("__{}", ident.unraw()), span),
            Member::Unnamed(_) => Ident::new("__value", span),
        }
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

/// A member of the struct; what does not fit is an error at `span`, not at all that lies between.
fn member_of_self(member: &Member, span: Span) -> TokenStream {
    let this = quote_spanned!(span.resolved_at(Span::call_site())=> self);
    let mut member = member.clone();
    match &mut member {
        Member::Named(ident) => ident.set_span(span),
        Member::Unnamed(index) => index.span = span,
    }
    quote_spanned!(span=> &#this.#member)
}

/// The conditions under which something is there.
pub(super) fn cfgs(attributes: &[Attribute]) -> Vec<Attribute> {
    let is_cfg = |attribute: &&Attribute| attribute.path().is_ident("cfg");
    attributes.iter().filter(is_cfg).cloned().collect()
}

/// Who may set a field can be asked where it is there or not, and has a name.
fn check_writable(span: Span, field: &syn::Field, diagnostics: &mut Diagnostics) {
    if field.ident.is_none() {
        diagnostics.add(
            Diagnostic::new(span, "`#[writable]` belongs on a field with a name")
                .help("put it on the field that holds this type"),
        );
    }
    if rename::has_serde(&field.attrs, "flatten") {
        diagnostics.add(
            Diagnostic::new(
                span,
                "`#[writable]` and `flatten`: there is no field to set",
            )
            .help("put it on the fields inside"),
        );
    }
    if rename::has_value(&field.attrs, "default") {
        diagnostics.add(
            Diagnostic::new(
                span,
                "`#[writable]` and a default of its own: the field is set by nobody",
            )
            .help("`#[serde(default)]`, and put the value in its place in the handler"),
        );
    }
}

/// `must_match` names another field of the same input, or of the same variant.
pub(super) fn check_matches(holder: &Ident, fields: &mut [Field], diagnostics: &mut Diagnostics) {
    let names: Vec<_> = fields.iter().map(|field| field.label.clone()).collect();
    for field in fields {
        let own = field.label.clone();
        field.rules.retain(|rule| {
            let RuleKind::MustMatch(other) = &rule.kind else {
                return true;
            };
            let others = names.iter().filter(|name| **name != own);
            let others: Vec<_> = others.map(ToString::to_string).collect();
            let is_known = others.iter().any(|name| other == name);
            if !is_known {
                let others: Vec<_> = others.iter().map(String::as_str).collect();
                diagnostics.add(
                    Diagnostic::new(
                        other.span(),
                        format_args!("`{other}` is no other field of `{holder}`"),
                    )
                    .choices(&other.to_string(), "other fields", &others),
                );
            }
            is_known
        });
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
