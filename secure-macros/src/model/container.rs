//! What stands on the item itself.

use proc_macro2::Span;
use syn::{
    Attribute, Data, DeriveInput, Fields, Ident, Meta, Token, punctuated::Punctuated,
    spanned::Spanned as _,
};

use super::{
    HELPERS, rename,
    rule::{self, Rule, RuleKind},
};
use crate::diagnostics::{Diagnostic, Diagnostics};

/// What would contradict what the attribute does, or do it twice. Whether `deny_unknown_fields` is
/// still to be written.
pub(super) fn check_container(
    item: &DeriveInput,
    deny_unknown: bool,
    diagnostics: &mut Diagnostics,
) -> bool {
    for attribute in &item.attrs {
        if is_ours(attribute) {
            diagnostics.add(
                Diagnostic::new(
                    attribute.path().span(),
                    "`#[validated]` stands twice on one input",
                )
                .help("keep one"),
            );
        }
        for derived in derives(attribute).iter().filter_map(ours) {
            diagnostics.add(
                Diagnostic::new(
                    derived.span(),
                    format_args!("`#[validated]` derives `{derived}` already"),
                )
                .help("remove it here"),
            );
        }
    }
    refuse_helpers(&item.attrs, &HELPERS[1..], diagnostics);
    refuse_conditional(item, diagnostics);
    let mut is_written = false;
    for meta in rename::metas(&item.attrs) {
        let path = meta.path();
        let Some(name) = path.get_ident().map(ToString::to_string) else {
            continue;
        };
        match name.as_str() {
            "deny_unknown_fields" => {
                is_written = true;
                let text = match deny_unknown {
                    true => "`#[validated]` refuses unknown fields already",
                    false => "`deny_unknown_fields` contradicts `unknown = \"ignore\"`",
                };
                diagnostics.add(Diagnostic::new(path.span(), text).help("remove it"));
            }
            "transparent" if is_newtype(item) => diagnostics.add(
                Diagnostic::new(path.span(), "a newtype is read as what it holds already")
                    .help("remove it"),
            ),
            "from" | "try_from" | "transparent" => diagnostics.add(
                Diagnostic::new(
                    path.span(),
                    format_args!("`{name}` reads another shape, which nothing here checks"),
                )
                .help("put `#[validated]` on what is read, and convert it in the handler"),
            ),
            "untagged" => diagnostics.add(untagged(path.span())),
            _ => {}
        }
    }
    deny_unknown && !is_written
}

/// The refusal of a form whose errors have no places.
pub(super) fn untagged(span: Span) -> Diagnostic {
    Diagnostic::new(
        span,
        "`untagged` tries one variant after the other, and its errors say neither where nor what",
    )
    .help("let the input say which it is: `#[serde(tag = \"type\")]`")
}

/// Helpers that belong on fields, elsewhere.
pub(super) fn refuse_helpers(
    attributes: &[Attribute],
    helpers: &[&str],
    diagnostics: &mut Diagnostics,
) {
    for attribute in attributes {
        let path = attribute.path();
        if let Some(name) = helpers.iter().find(|name| path.is_ident(**name)) {
            diagnostics.add(
                Diagnostic::new(path.span(), format_args!("`#[{name}]` belongs on a field"))
                    .help("put it before the field that it is about"),
            );
        }
    }
}

/// What stands in a `cfg_attr` comes true after this attribute has read the item: a `skip` in one would be none.
fn refuse_conditional(item: &DeriveInput, diagnostics: &mut Diagnostics) {
    let mut places = vec![&item.attrs];
    match &item.data {
        Data::Struct(data) => places.extend(data.fields.iter().map(|field| &field.attrs)),
        Data::Enum(data) => {
            for variant in &data.variants {
                places.push(&variant.attrs);
                places.extend(variant.fields.iter().map(|field| &field.attrs));
            }
        }
        Data::Union(_) => {}
    }
    for path in places.into_iter().flatten().filter_map(conditional) {
        diagnostics.add(
            Diagnostic::new(
                path.span(),
                "`#[validated]` reads the item before a `cfg_attr` comes true",
            )
            .help("write the whole field, or the whole item, twice: each with `#[cfg(…)]`"),
        );
    }
}

/// What of ours, or of serde's, stands under a condition.
fn conditional(attribute: &Attribute) -> Option<syn::Path> {
    if !attribute.path().is_ident("cfg_attr") {
        return None;
    }
    let metas = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
    let found = metas.ok()?.into_iter().skip(1).find(|meta| {
        let path = meta.path();
        let is_helper = HELPERS.iter().any(|name| path.is_ident(name));
        is_helper || path.is_ident("serde") || conditional(&syn::parse_quote!(#[#meta])).is_some()
    });
    found.map(|meta| meta.path().clone())
}

fn is_newtype(item: &DeriveInput) -> bool {
    match &item.data {
        Data::Struct(data) => {
            matches!(&data.fields, Fields::Unnamed(fields) if fields.unnamed.len() == 1)
        }
        Data::Enum(_) | Data::Union(_) => false,
    }
}

/// Whether it is the attribute itself once more.
fn is_ours(attribute: &Attribute) -> bool {
    let last = attribute.path().segments.last();
    last.is_some_and(|segment| segment.ident == "validated")
}

/// What a `#[derive(…)]` names.
fn derives(attribute: &Attribute) -> Vec<syn::Path> {
    if !attribute.path().is_ident("derive") {
        return Vec::new();
    }
    let parser = Punctuated::<syn::Path, Token![,]>::parse_terminated;
    let paths = attribute.parse_args_with(parser).unwrap_or_default();
    paths.into_iter().collect()
}

/// The name of a derive that is ours to write.
fn ours(path: &syn::Path) -> Option<&Ident> {
    let last = &path.segments.last()?.ident;
    (last == "Deserialize" || last == "Validate").then_some(last)
}

/// `#[validate(schema(function = path))]`
pub(super) fn schemas(attributes: &[Attribute], diagnostics: &mut Diagnostics) -> Vec<Rule> {
    let mut rules = Vec::new();
    for attribute in attributes {
        if attribute.path().is_ident("validate") {
            rules.extend(rule::parse(attribute, diagnostics));
        }
    }
    rules.retain(|rule| {
        let fits = matches!(rule.kind, RuleKind::Schema(_));
        if !fits {
            diagnostics.add(
                Diagnostic::new(rule.span, "this rule belongs on a field")
                    .help("on the struct stands `#[validate(schema(function = path))]`"),
            );
        }
        fits
    });
    rules
}

/// Without our helper attributes, which no derive takes off.
pub(super) fn stripped(mut item: DeriveInput) -> DeriveInput {
    let strip = |attributes: &mut Vec<Attribute>| {
        attributes.retain(|attribute| {
            let path = attribute.path();
            !HELPERS.iter().any(|name| path.is_ident(name)) && conditional(attribute).is_none()
        });
    };
    strip(&mut item.attrs);
    item.attrs.retain(|attribute| !is_ours(attribute));
    for attribute in &mut item.attrs {
        let mut paths = derives(attribute);
        let all = paths.len();
        paths.retain(|path| ours(path).is_none());
        if paths.len() < all {
            *attribute = syn::parse_quote!(#[derive(#(#paths),*)]);
        }
    }
    match &mut item.data {
        Data::Struct(data) => data
            .fields
            .iter_mut()
            .for_each(|field| strip(&mut field.attrs)),
        Data::Enum(data) => data.variants.iter_mut().for_each(|variant| {
            strip(&mut variant.attrs);
            variant
                .fields
                .iter_mut()
                .for_each(|field| strip(&mut field.attrs));
        }),
        Data::Union(_) => {}
    }
    item
}
