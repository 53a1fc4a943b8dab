//! `#[validated]` on a struct, or on an enum without data.

mod expand;
mod field;
mod rename;
mod rule;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Data, DeriveInput, Fields, spanned::Spanned as _};

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
    check_container(&item.attrs, diagnostics);
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

/// What would contradict what the attribute does.
fn check_container(attributes: &[Attribute], diagnostics: &mut Diagnostics) {
    for attribute in attributes {
        let name = attribute.path();
        if name.is_ident("derive")
            && let Ok(paths) = attribute.parse_args_with(
                syn::punctuated::Punctuated::<syn::Path, syn::Token![,]>::parse_terminated,
            )
        {
            for path in paths {
                let last = path
                    .segments
                    .last()
                    .map(|segment| segment.ident.to_string());
                if let Some(last @ ("Deserialize" | "Validate")) = last.as_deref() {
                    diagnostics.add(
                        Diagnostic::new(
                            path.span(),
                            format_args!("`#[validated]` derives `{last}` already"),
                        )
                        .help("remove it here"),
                    );
                }
            }
        }
    }
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
            !["validate", "unbounded", "not_secret"]
                .iter()
                .any(|name| path.is_ident(name))
        });
    };
    strip(&mut item.attrs);
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
