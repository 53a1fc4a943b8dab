//! `#[validated]` on a struct, a newtype or an enum.

mod container;
mod expand;
mod field;
mod normalize;
mod rename;
mod rule;
mod tagged;
mod writable;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Fields, spanned::Spanned as _};

use crate::{
    attribute::Arguments,
    diagnostics::{Diagnostic, Diagnostics},
    runtime_path::RuntimePath,
};
use container::{check_container, schemas, stripped};
use field::{Field, Holder, check_matches};
use rename::Case;
use rule::Rule;
use tagged::Tagged;

/// The attributes on a field, or on the item, that are ours and that no derive takes off.
const HELPERS: [&str; 5] = [
    "validate",
    "unbounded",
    "not_secret",
    "normalize",
    "writable",
];

/// An input model with its rules.
#[derive(Debug)]
pub(crate) struct Model {
    /// The item as it is emitted: without our helper attributes.
    item: DeriveInput,
    shape: Shape,
    /// Checks over the whole input.
    schemas: Vec<Rule>,
    deny_unknown: bool,
    runtime: RuntimePath,
}

/// What an input is made of.
#[derive(Debug)]
enum Shape {
    /// A struct with named fields.
    Object(Vec<Field>),
    /// A struct around one value, which is read as that value is.
    Newtype(Box<Field>),
    /// An enum without data: its words.
    Words(Vec<String>),
    /// An enum with data, or with a tag.
    Tagged(Tagged),
}

impl Model {
    /// Whether the item is one that this attribute takes as a model, rather than a handler.
    pub(crate) fn is_one(item: &TokenStream) -> bool {
        syn::parse2::<DeriveInput>(item.clone()).is_ok()
    }

    /// All fields, wherever they stand.
    fn fields(&self) -> Vec<&Field> {
        match &self.shape {
            Shape::Object(fields) => fields.iter().collect(),
            Shape::Newtype(field) => vec![field],
            Shape::Words(_) => Vec::new(),
            Shape::Tagged(tagged) => tagged.fields().collect(),
        }
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
    item: DeriveInput,
    diagnostics: &mut Diagnostics,
) -> Option<Model> {
    let example = "`#[validated(unknown = \"ignore\")]`";
    let mut arguments = Arguments::parse("validated", arguments, example, diagnostics);
    let unknown = arguments.take("unknown");
    let deny_unknown = unknown.is_none();
    let unknown_span = unknown.as_ref().map(|argument| argument.key.span());
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
    let deny_unknown = check_container(&item, deny_unknown, diagnostics);
    let schemas = schemas(&item.attrs, diagnostics);
    let shape = shape(&item, deny_unknown, diagnostics)?;
    if let (Some(span), Shape::Newtype(_) | Shape::Words(_)) = (unknown_span, &shape) {
        diagnostics.add(
            Diagnostic::new(span, "`unknown` does nothing here: there are no fields")
                .help("remove it"),
        );
    }
    Some(Model {
        item: stripped(item),
        shape,
        schemas,
        deny_unknown,
        runtime,
    })
}

fn shape(item: &DeriveInput, deny_unknown: bool, diagnostics: &mut Diagnostics) -> Option<Shape> {
    let span = item.ident.span();
    match &item.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(named) => {
                let holder = Holder::object(item, deny_unknown);
                let mut fields: Vec<_> = named
                    .named
                    .iter()
                    .filter_map(|field| Field::parse(field, &holder, diagnostics))
                    .collect();
                check_matches(&item.ident, &mut fields, diagnostics);
                Some(Shape::Object(fields))
            }
            Fields::Unnamed(values) if values.unnamed.len() == 1 => {
                let holder = Holder::newtype(item);
                let field = Field::parse(&values.unnamed[0], &holder, diagnostics)?;
                Some(Shape::Newtype(Box::new(field)))
            }
            Fields::Unnamed(_) | Fields::Unit => {
                diagnostics.add(
                    Diagnostic::new(
                        span,
                        "an input has named fields, so that its errors have places",
                    )
                    .help(format_args!("`struct {} {{ field: … }}`", item.ident)),
                );
                None
            }
        },
        Data::Enum(data) if data.variants.is_empty() => {
            diagnostics.add(
                Diagnostic::new(span, "an enum without variants has no values")
                    .help("add a variant"),
            );
            None
        }
        Data::Enum(data) => {
            let tagged = Tagged::parse(item, data, deny_unknown, diagnostics)?;
            let case = Case::of(&item.attrs);
            Some(match tagged.is_words() {
                true => Shape::Words(
                    data.variants
                        .iter()
                        .map(|variant| rename::variant(variant, case))
                        .collect(),
                ),
                false => Shape::Tagged(tagged),
            })
        }
        Data::Union(_) => {
            diagnostics.add(Diagnostic::new(
                span,
                "`#[validated]` goes on a struct or an enum",
            ));
            None
        }
    }
}
