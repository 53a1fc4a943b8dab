//! `#[upload(…)]` on a field: a file.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use secure_grammar::{MediaType, parse_size};
use syn::{
    Attribute, Data, DeriveInput, GenericArgument, LitStr, Meta, PathArguments, Type,
    spanned::Spanned as _,
};

use super::{
    Model,
    field::Field,
    rule::{Rule, RuleKind},
};
use crate::{
    attribute::{Argument, Arguments, Word},
    diagnostics::{Diagnostic, Diagnostics, shown},
    fragment,
};

const KEYS: [&str; 4] = ["max", "types", "max_side", "max_pixels"];
const EXAMPLE: &str = "`#[upload(max = \"2MiB\", types = [\"image/png\", \"image/jpeg\"])]`";

/// What a field says of its file.
#[derive(Debug, Default)]
pub(super) struct Upload {
    /// How large it may be, in bytes.
    max: u64,
    types: Vec<MediaType>,
    max_side: Option<u32>,
    max_pixels: Option<u32>,
}

/// The file that a field is, where it says so.
pub(super) fn parse(
    field: &syn::Field,
    of_variant: bool,
    rules: &[Rule],
    diagnostics: &mut Diagnostics,
) -> Option<Upload> {
    let mut attributes = field.attrs.iter().filter(|it| it.path().is_ident("upload"));
    let attribute = attributes.next()?;
    if let Some(other) = attributes.next() {
        diagnostics.add(
            Diagnostic::new(other.path().span(), "`#[upload]` stands twice on one field")
                .help("keep one"),
        );
    }
    if of_variant || field.ident.is_none() {
        diagnostics.add(
            Diagnostic::new(
                attribute.path().span(),
                "`#[upload]` belongs on a field of a struct: a form has fields, and nothing inside of them",
            )
            .help("put the file into the struct that `Multipart` reads"),
        );
        return None;
    }
    let upload = arguments(attribute, diagnostics);
    if !is_upload(&field.ty) {
        let ty = shown(&field.ty);
        diagnostics.add(
            Diagnostic::new(
                field.ty.span(),
                format_args!("`#[upload]` goes on an `Upload`, and this is a `{ty}`"),
            )
            .help(
                "`Upload`, `Option<Upload>`, or `Vec<Upload>` with `#[validate(length(max = 5))]`",
            ),
        );
        return None;
    }
    // A list says itself that it has no bound; of another field the attribute says all there is to say.
    for rule in rules {
        let fits = match rule.kind {
            RuleKind::Length { .. } => is_written(&field.ty, "Vec"),
            RuleKind::Plain("required") => is_written(&field.ty, "Option"),
            RuleKind::Custom(_) => true,
            _ => false,
        };
        if !fits {
            diagnostics.add(
                Diagnostic::new(rule.span, "this rule is not for a file")
                    .help("remove it: `#[upload]` says what a file may be"),
            );
        }
    }
    Some(upload)
}

/// The arguments. What is wrong is an error, and left out.
fn arguments(attribute: &Attribute, diagnostics: &mut Diagnostics) -> Upload {
    let span = attribute.path().span();
    let tokens = match &attribute.meta {
        Meta::List(list) => list.tokens.clone(),
        Meta::Path(_) => TokenStream::new(),
        Meta::NameValue(pair) => {
            diagnostics.add(
                Diagnostic::new(pair.span(), "`#[upload]` takes its arguments in brackets")
                    .help(EXAMPLE),
            );
            return Upload::default();
        }
    };
    let before = diagnostics.count();
    let mut arguments = Arguments::parse("upload", tokens, EXAMPLE, diagnostics);
    let is_read = diagnostics.count() == before;
    let mut upload = Upload::default();
    match arguments.take("max") {
        Some(max) => upload.max = diagnostics.ok(size(&max)).unwrap_or_default(),
        None if is_read => missing(span, "max", "how large a file may be", diagnostics),
        None => {}
    }
    match arguments.take("types") {
        Some(types) => upload.types = media_types(&types, diagnostics),
        None if is_read => missing(span, "types", "what a file may be", diagnostics),
        None => {}
    }
    for (key, bound) in [
        ("max_side", &mut upload.max_side),
        ("max_pixels", &mut upload.max_pixels),
    ] {
        let Some(argument) = arguments.take(key) else {
            continue;
        };
        let has_images = upload.types.iter().any(|kind| kind.is_image());
        if !has_images && !upload.types.is_empty() {
            diagnostics.add(
                Diagnostic::new(
                    argument.key.span(),
                    format_args!("`{key}` is for images, and none of the types is one"),
                )
                .help("remove it"),
            );
            continue;
        }
        *bound = diagnostics.ok(argument.count()).map(|(count, _)| count);
    }
    arguments.finish(&KEYS, &[], diagnostics);
    upload
}

fn missing(span: Span, key: &str, what: &str, diagnostics: &mut Diagnostics) {
    diagnostics.add(
        Diagnostic::new(
            span,
            format_args!("`#[upload]` does not say {what}: `{key}` is missing"),
        )
        .help(EXAMPLE),
    );
}

fn size(argument: &Argument) -> Result<u64, Diagnostic> {
    let word = argument.word()?;
    parse_size(&word.text).map_err(|error| Diagnostic::grammar(word.span, &error))
}

fn media_types(argument: &Argument, diagnostics: &mut Diagnostics) -> Vec<MediaType> {
    let words = diagnostics.ok(argument.words()).unwrap_or_default();
    let types = words.iter().map(media_type);
    types.filter_map(|kind| diagnostics.ok(kind)).collect()
}

fn media_type(word: &Word) -> Result<MediaType, Diagnostic> {
    let name = word.text.as_str();
    if let Some(kind) = MediaType::parse(name) {
        return Ok(kind);
    }
    let known: Vec<_> = MediaType::ALL.iter().map(|kind| kind.as_str()).collect();
    let refused = |why: &str| Diagnostic::new(word.span, format_args!("`{name}` {why}"));
    let lower = name.to_ascii_lowercase();
    Err(match lower.as_str() {
        "image/svg+xml" | "image/svg" => refused(
            "is no picture but a page: it runs scripts, and names what else is to be loaded",
        )
        .help("have pictures sent as `image/png` or `image/webp`"),
        "text/html" | "application/xhtml+xml" | "text/xml" | "application/xml" => refused(
            "is a page that runs scripts, and would do so in the name of this site",
        )
        .help(
            "a text of users is a field of the type `SafeHtml`, or a file of the type `text/plain`",
        ),
        _ if name.contains('*') => {
            refused("is no type: each of them is named").choices(name, "types", &known)
        }
        _ => refused("is no type whose content can be checked").choices(name, "types", &known),
    })
}

/// Whether a type is written as a file, or as some.
fn is_upload(ty: &Type) -> bool {
    let Type::Path(path) = fragment::ty(ty) else {
        return false;
    };
    let Some(last) = path.path.segments.last() else {
        return false;
    };
    let inside = match &last.arguments {
        PathArguments::None => return last.ident == "Upload",
        PathArguments::AngleBracketed(inside) => inside,
        PathArguments::Parenthesized(_) => return false,
    };
    let is_container = last.ident == "Option" || last.ident == "Vec";
    let mut inside = inside.args.iter();
    let (Some(GenericArgument::Type(ty)), None, true) =
        (inside.next(), inside.next(), is_container)
    else {
        return false;
    };
    let Type::Path(path) = fragment::ty(ty) else {
        return false;
    };
    let last = path.path.segments.last();
    last.is_some_and(|last| last.ident == "Upload" && last.arguments.is_none())
}

/// Whether a type is written with such a name.
fn is_written(ty: &Type, name: &str) -> bool {
    let Type::Path(path) = fragment::ty(ty) else {
        return false;
    };
    let last = path.path.segments.last();
    last.is_some_and(|last| last.ident == name)
}

/// The item with what serde is to call for its files.
pub(super) fn with_readers(
    item: &DeriveInput,
    fields: &[Field],
    private: &TokenStream,
) -> DeriveInput {
    let mut item = item.clone();
    let Data::Struct(data) = &mut item.data else {
        return item;
    };
    let path = quote!(#private::take_uploads).to_string().replace(' ', "");
    for field in &mut data.fields {
        let mut known = fields.iter();
        let is_file =
            known.any(|it| field.ident.as_ref() == Some(&it.label) && it.upload.is_some());
        if is_file {
            let path = LitStr::new(&path, field.ty.span());
            let reader: Attribute = syn::parse_quote!(#[serde(deserialize_with = #path)]);
            field.attrs.push(reader);
        }
    }
    item
}

/// What the files of a model are, and how it is read: by `Multipart` alone.
pub(super) fn form_data(model: &Model, read: &TokenStream, private: &TokenStream) -> TokenStream {
    let name = &model.item.ident;
    let denies = model.deny_unknown;
    let fields = model.fields();
    let fields = fields.iter().filter_map(|field| {
        let upload = field.upload.as_ref()?;
        Some(upload_field(field, upload, private))
    });
    quote! {
        #[automatically_derived]
        impl #private::FormData for #name {
            const UPLOADS: &'static [#private::UploadField] = &[#(#fields),*];
            const DENIES_UNKNOWN: ::core::primitive::bool = #denies;

            fn deserialize<'de, __D: #private::serde::Deserializer<'de>>(
                __deserializer: __D,
            ) -> ::core::result::Result<Self, __D::Error> {
                #read
            }
        }
    }
}

fn upload_field(field: &Field, upload: &Upload, private: &TokenStream) -> TokenStream {
    let (name, cfgs, max) = (&field.wire_name, &field.cfgs, upload.max);
    let types = upload.types.iter().map(|kind| {
        let kind = kind.as_str();
        quote!(#private::media_type(#kind))
    });
    let mut lengths = field.rules.iter().filter_map(|rule| match &rule.kind {
        RuleKind::Length { max, equal, .. } => max.as_ref().or(equal.as_ref()),
        _ => None,
    });
    let most = match lengths.next() {
        Some(most) => quote!((#most) as ::core::primitive::u64),
        None => quote!(1),
    };
    let bound = |value: Option<u32>| match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    };
    let (side, pixels) = (bound(upload.max_side), bound(upload.max_pixels));
    quote! {
        #(#cfgs)*
        #private::UploadField {
            name: #name,
            max: #max,
            types: &[#(#types),*],
            most: #most,
            image: #private::image_bounds(#side, #pixels),
        }
    }
}
