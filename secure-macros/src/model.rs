//! `#[validated]` on a struct, or on an enum without data.

mod expand;
mod field;
mod rename;
mod rule;
mod upload;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{
    Attribute, Data, DeriveInput, Fields, Ident, Token, punctuated::Punctuated,
    spanned::Spanned as _,
};

use crate::{
    attribute::Arguments,
    diagnostics::{Diagnostic, Diagnostics},
    runtime_path::RuntimePath,
};
use field::Field;
use rename::Case;
use rule::{Rule, RuleKind};

/// An input model with its rules.
#[derive(Debug)]
pub(crate) struct Model {
    /// The item as it is emitted: without our helper attributes.
    item: DeriveInput,
    fields: Vec<Field>,
    /// The words of an enum without data.
    variants: Vec<String>,
    /// Checks over the whole struct.
    schemas: Vec<Rule>,
    deny_unknown: bool,
    runtime: RuntimePath,
}

impl Model {
    /// Whether any of its fields is a file.
    fn has_uploads(&self) -> bool {
        self.fields.iter().any(|field| field.upload.is_some())
    }

    /// Whether the item is one that this attribute takes as a model, rather than a handler.
    pub(crate) fn is_one(item: &TokenStream) -> bool {
        syn::parse2::<DeriveInput>(item.clone()).is_ok()
    }
}

/// Expands the attribute on a struct or an enum.
pub(crate) fn annotate(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let input: DeriveInput = match syn::parse2(item) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let bare = stripped(input.clone());
    let model = parse(arguments, input, &mut diagnostics);
    let errors = diagnostics.into_tokens();
    match (model, errors) {
        (Some(model), None) => expand::model(&model),
        // The rest is expanded all the same, so that one mistake is one error.
        (Some(model), Some(errors)) => {
            let expanded = expand::unchecked_model(&model);
            quote!(#errors #expanded)
        }
        (None, errors) => quote!(#errors #bare),
    }
}

fn parse(
    arguments: TokenStream,
    mut item: DeriveInput,
    diagnostics: &mut Diagnostics,
) -> Option<Model> {
    let span = item.ident.span();
    let example = "`#[validated(unknown = \"ignore\")]`";
    let mut arguments = Arguments::parse("validated", arguments, example, diagnostics);
    let unknown = arguments.take("unknown");
    let deny_unknown = unknown.is_none();
    if let Some(word) = unknown.and_then(|argument| diagnostics.ok(argument.word()))
        && word.text != "ignore"
    {
        diagnostics.add(
            Diagnostic::new(
                word.span,
                format_args!("unknown value `{}` of `unknown`", word.text),
            )
            .help("`unknown = \"ignore\"`; without it unknown fields are refused"),
        );
    }
    let runtime = RuntimePath::new(arguments.runtime.take().as_ref());
    arguments.finish(&["unknown", "crate"], &[], diagnostics);

    if !item.generics.params.is_empty() {
        diagnostics.add(
            Diagnostic::new(
                item.generics.span(),
                "an input has no generic parameters: its rules must be known",
            )
            .help("write a struct for each type"),
        );
        return None;
    }
    let deny_unknown = check_container(&item.attrs, deny_unknown, diagnostics);
    let schemas = schemas(&item.attrs, diagnostics);
    let renamed = Case::of(&item.attrs);
    let (mut fields, mut variants) = (Vec::new(), Vec::new());
    match &item.data {
        Data::Struct(data) => {
            match &data.fields {
                Fields::Named(named) => {
                    fields.extend(named.named.iter().filter_map(|field| {
                        Field::parse(field, renamed, deny_unknown, diagnostics)
                    }));
                }
                Fields::Unnamed(_) | Fields::Unit => {
                    diagnostics.add(
                        Diagnostic::new(
                            span,
                            "an input has named fields, so that its errors have places",
                        )
                        .help(format_args!("`struct {} {{ field: … }}`", item.ident)),
                    );
                    return None;
                }
            }
        }
        Data::Enum(data) => {
            for variant in &data.variants {
                if !matches!(variant.fields, Fields::Unit) {
                    diagnostics.add(
                        Diagnostic::new(
                            variant.fields.span(),
                            "an enum whose variants carry data is not available in this version",
                        )
                        .help("put the data into a struct with `#[validated]`"),
                    );
                    return None;
                }
                variants.push(rename::variant(variant, renamed));
            }
        }
        Data::Union(_) => {
            diagnostics.add(Diagnostic::new(
                span,
                "`#[validated]` goes on a struct or an enum",
            ));
            return None;
        }
    }
    check_matches(&item, &mut fields, diagnostics);
    item = stripped(item);
    Some(Model {
        item,
        fields,
        variants,
        schemas,
        deny_unknown,
        runtime,
    })
}

/// `must_match` names another field of the same input.
fn check_matches(item: &DeriveInput, fields: &mut [Field], diagnostics: &mut Diagnostics) {
    let Data::Struct(data) = &item.data else {
        return;
    };
    let names: Vec<_> = data
        .fields
        .iter()
        .filter_map(|it| it.ident.as_ref())
        .collect();
    for field in fields {
        field.rules.retain(|rule| {
            let RuleKind::MustMatch(other) = &rule.kind else {
                return true;
            };
            let others: Vec<_> = names
                .iter()
                .filter(|name| ***name != field.ident)
                .map(ToString::to_string)
                .collect();
            let is_known = others.iter().any(|name| other == name);
            if !is_known {
                let others: Vec<_> = others.iter().map(String::as_str).collect();
                diagnostics.add(
                    Diagnostic::new(
                        other.span(),
                        format_args!("`{other}` is no other field of `{}`", item.ident),
                    )
                    .choices(&other.to_string(), "other fields", &others),
                );
            }
            is_known
        });
    }
}

/// What would contradict what the attribute does, or do it twice. Whether `deny_unknown_fields` is
/// still to be written.
fn check_container(
    attributes: &[Attribute],
    deny_unknown: bool,
    diagnostics: &mut Diagnostics,
) -> bool {
    let mut is_written = false;
    for attribute in attributes {
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
    for meta in rename::metas(attributes) {
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
            "from" | "try_from" | "transparent" => diagnostics.add(
                Diagnostic::new(
                    path.span(),
                    format_args!("`{name}` reads another shape, which nothing here checks"),
                )
                .help("put `#[validated]` on what is read, and convert it in the handler"),
            ),
            _ => {}
        }
    }
    deny_unknown && !is_written
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
fn schemas(attributes: &[Attribute], diagnostics: &mut Diagnostics) -> Vec<Rule> {
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
fn stripped(mut item: DeriveInput) -> DeriveInput {
    let strip = |attributes: &mut Vec<Attribute>| {
        attributes.retain(|attribute| {
            let path = attribute.path();
            !["validate", "unbounded", "not_secret", "upload"]
                .iter()
                .any(|name| path.is_ident(name))
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
        Data::Enum(data) => data
            .variants
            .iter_mut()
            .for_each(|variant| strip(&mut variant.attrs)),
        Data::Union(_) => {}
    }
    item
}
