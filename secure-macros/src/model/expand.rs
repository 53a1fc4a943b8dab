use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Attribute, Data};

use crate::diagnostics::shown;

use super::{
    Model,
    field::{Bound, Field},
    rule::{Rule, RuleKind},
    upload,
};

/// The model with the checks that need types.
pub(super) fn model(model: &Model) -> TokenStream {
    let private = model.runtime.private();
    let expanded = unchecked_model(model);
    let checks = model
        .fields
        .iter()
        .map(|field| field_checks(field, &private));
    quote!(#expanded #(#checks)*)
}

/// The model alone, for when something is wrong already.
pub(super) fn unchecked_model(model: &Model) -> TokenStream {
    let private = model.runtime.private();
    let item = &model.item;
    let name = &item.ident;
    let (generics, arguments, conditions) = item.generics.split_for_impl();
    let serde = quote!(#private::serde).to_string().replace(' ', "");
    let deny =
        (model.deny_unknown && model.variants.is_empty()).then(|| quote!(, deny_unknown_fields));
    let check = check(model, &private);
    let sample = sample(model, &private);
    let kinds = kinds(model, &private);
    let deserialize = match model.variants.is_empty() {
        true => object_only(model, &serde, deny),
        false => quote! {
            #[derive(#private::serde::Deserialize)]
            #[serde(crate = #serde)]
            #item
        },
    };
    quote! {
        #deserialize

        #[automatically_derived]
        impl #generics #private::Bounded for #name #arguments #conditions {
            fn check(&self, __errors: &mut #private::Errors) {
                #check
            }

            fn sample(_: &#private::Bounds) -> #private::Value {
                #sample
            }

            fn field(
                __name: &::core::primitive::str,
            ) -> ::core::option::Option<#private::FieldKind> {
                #kinds
            }
        }

        #[automatically_derived]
        impl #generics #private::Contents for #name #arguments #conditions {
            fn check_inside(&self, __errors: &mut #private::Errors) {
                #private::Bounded::check(self, __errors);
            }
        }

        #[automatically_derived]
        impl #generics #private::validator::Validate for #name #arguments #conditions {
            fn validate(
                &self,
            ) -> ::core::result::Result<(), #private::validator::ValidationErrors> {
                #private::rules::validate(self)
            }
        }
    }
}

/// The struct, and a `Deserialize` that takes an object alone: serde's derive would take a list for a
/// struct too. The derive stands on a likeness of the struct, so that what else the user derives, such
/// as `Serialize`, is as it would be without us.
fn object_only(model: &Model, serde: &str, deny: Option<TokenStream>) -> TokenStream {
    let private = model.runtime.private();
    let item = &model.item;
    let name = &item.ident;
    let text = name.to_string();
    let likeness = likeness(model, &private);
    let read = match model.has_uploads() {
        true => upload::form_data(model, item, &private),
        false => quote! {
            #[automatically_derived]
            impl<'de> #private::serde::Deserialize<'de> for #name {
                fn deserialize<__D: #private::serde::Deserializer<'de>>(
                    __deserializer: __D,
                ) -> ::core::result::Result<Self, __D::Error> {
                    __Likeness::deserialize(#private::ObjectOnly(__deserializer))
                }
            }
        },
    };
    quote! {
        #[derive(#private::SerdeAttributes)]
        #item

        const _: () = {
            #[derive(#private::serde::Deserialize)]
            #[serde(crate = #serde, remote = #text #deny)]
            #likeness

            #read
        };
    }
}

/// The struct under another name, with what serde reads and nothing else.
fn likeness(model: &Model, private: &TokenStream) -> TokenStream {
    let item = &model.item;
    let kept = |attribute: &&Attribute| {
        let path = attribute.path();
        path.is_ident("serde") || path.is_ident("cfg")
    };
    let attributes = item.attrs.iter().filter(kept);
    let Data::Struct(data) = &item.data else {
        return TokenStream::new();
    };
    let fields = data.fields.iter().map(|field| {
        let (name, ty) = (&field.ident, &field.ty);
        let attributes = field.attrs.iter().filter(kept);
        let mut known = model.fields.iter();
        let is_file = known.any(|it| Some(&it.ident) == name.as_ref() && it.upload.is_some());
        let reader = is_file.then(|| upload::reader(ty, private));
        quote!(#(#attributes)* #reader #name: #ty)
    });
    quote! {
        #(#attributes)*
        #[allow(dead_code, clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction)]
        struct __Likeness {
            #(#fields),*
        }
    }
}

/// `const` checks, each at the field's type.
fn field_checks(field: &Field, private: &TokenStream) -> TokenStream {
    let (ty, span) = (&field.ty, field.span());
    let shown = shown(ty);
    let mut checks = Vec::new();
    if field.upload.is_none() {
        checks.push((
            quote!(!#private::UploadProbe::<#ty>::FITS),
            format!(
                "nothing says how large `{}` may be, and what: it is a file\n  \
                 help: `#[upload(max = \"2MiB\", types = [\"image/png\", \"image/jpeg\"])]`",
                field.ident
            ),
        ));
    }
    match field.bound {
        Bound::Type => checks.push((
            quote!(#private::BoundedProbe::<#ty>::FITS),
            format!(
                "nothing bounds `{}`, a `{shown}`\n  \
                 help: a text or a collection: `#[validate(length(max = 200))]`\n  \
                 help: a struct or an enum of yours: `#[validated]` on it\n  \
                 help: or say why it needs no bound: `#[unbounded = \"because …\"]`",
                field.ident
            ),
        )),
        Bound::Length => checks.push((
            quote!(#private::MeasuredProbe::<#ty>::FITS),
            format!(
                "`length` does not bound all of `{}`, a `{shown}`\n  \
                 help: `length` bounds a text, and a collection whose elements are bounded themselves\n  \
                 help: put the element into a type with `#[validated]`, or say why: `#[unbounded = \"because …\"]`",
                field.ident
            ),
        )),
        Bound::None => {
            checks.push((
                quote!(!#private::BoundedProbe::<#ty>::FITS),
                format!("`#[unbounded]` does nothing here: a `{shown}` is bounded\n  help: remove it"),
            ));
            if field.is_nested() {
                checks.push((
                    quote!(#private::ContentsProbe::<#ty>::FITS),
                    format!(
                        "`nested` cannot reach the rules inside `{}`, a `{shown}`\n  \
                         help: put what is inside into a type with `#[validated]`",
                        field.ident
                    ),
                ));
            }
        }
    }
    if let Some(name) = &field.secret_name {
        checks.push((
            quote!(#private::SecretProbe::<#ty>::FITS),
            format!(
                "the name `{name}` says secret, and a `{shown}` prints and serializes\n  \
                 help: `Secret<{shown}>`\n  \
                 help: or, if it is none: `#[not_secret = \"because …\"]`"
            ),
        ));
    }
    let checks = checks.iter().map(
        |(holds, message)| quote_spanned!(span=> if !(#holds) { ::core::panic!("{}", #message) }),
    );
    let cfgs = &field.cfgs;
    quote_spanned! {span=>
        #(#cfgs)*
        const _: () = {
            #[allow(unused_imports)]
            use #private::Misfit as _;
            #(#checks)*
        };
    }
}

fn check(model: &Model, private: &TokenStream) -> TokenStream {
    let fields = model.fields.iter().map(|field| {
        let ident = &field.ident;
        let rules = field
            .rules
            .iter()
            .map(|rule| rule_call(rule, field, private));
        let span = field.span();
        let probe = probe(field, private);
        let (errors, this) = locals(span);
        let contents = quote_spanned!(span=> #probe::check(&#this.#ident, #errors););
        let calls = quote!(#(#rules)* #contents);
        let cfgs = &field.cfgs;
        if field.flattened {
            return quote!(#(#cfgs)* { #calls });
        }
        let name = &field.wire_name;
        quote!(#(#cfgs)* __errors.field(#name, |__errors| { #calls });)
    });
    let schemas = model.schemas.iter().filter_map(|rule| match &rule.kind {
        RuleKind::Schema(function) => {
            let words = words(rule, private);
            Some(quote!(#private::rules::custom(__errors, #function(self), #words);))
        }
        _ => None,
    });
    quote! {
        #[allow(unused_imports)]
        use #private::Misfit as _;
        let _ = &__errors;
        #(#fields)*
        #(#schemas)*
    }
}

fn rule_call(rule: &Rule, field: &Field, private: &TokenStream) -> TokenStream {
    // What does not fit is an error at the rule, not at all that lies between it and the field.
    let mut ident = field.ident.clone();
    ident.set_span(rule.span);
    let words = words(rule, private);
    let span = rule.span;
    let rules = quote!(#private::rules);
    let (errors, this) = locals(span);
    match &rule.kind {
        RuleKind::Length { min, max, equal } => {
            let (min, max, equal) = (option(min), option(max), option(equal));
            quote_spanned!(span=> #rules::length(#errors, &#this.#ident, #min, #max, #equal, #words);)
        }
        RuleKind::Range {
            min,
            max,
            exclusive_min,
            exclusive_max,
        } => {
            let (min, max) = (option(min), option(max));
            let (above, below) = (option(exclusive_min), option(exclusive_max));
            quote_spanned! {span=>
                #rules::range(#errors, &#this.#ident, #min, #max, #above, #below, #words);
            }
        }
        // `validator` has these two for what is there, and no others for an option.
        RuleKind::Plain(name @ ("ip" | "non_control_character")) if field.is_option() => {
            let function = syn::Ident::new(name, span);
            quote_spanned! {span=>
                if let ::core::option::Option::Some(__value) = &#this.#ident {
                    #rules::#function(#errors, __value, #words);
                }
            }
        }
        RuleKind::Plain(name) => {
            let function = syn::Ident::new(name, span);
            quote_spanned!(span=> #rules::#function(#errors, &#this.#ident, #words);)
        }
        RuleKind::Pattern(name, pattern) => {
            let function = syn::Ident::new(name, span);
            quote_spanned!(span=> #rules::#function(#errors, &#this.#ident, #pattern, #words);)
        }
        RuleKind::Regex(path) => {
            quote_spanned!(span=> #rules::regex(#errors, &#this.#ident, #path, #words);)
        }
        RuleKind::MustMatch(other) => {
            quote_spanned!(span=> #rules::must_match(#errors, &#this.#ident, &#this.#other, #words);)
        }
        RuleKind::Custom(function) if field.is_option() => quote_spanned! {span=>
            if let ::core::option::Option::Some(__value) = &#this.#ident {
                #rules::custom(#errors, #function(__value), #words);
            }
        },
        RuleKind::Custom(function) => {
            quote_spanned!(span=> #rules::custom(#errors, #function(&#this.#ident), #words);)
        }
        RuleKind::Schema(_) | RuleKind::Nested => TokenStream::new(),
    }
}

/// The names of the generated function, as it knows them: under the span of a user's token they
/// would be other names where a `macro_rules!` writes the model.
fn locals(span: Span) -> (TokenStream, TokenStream) {
    let span = span.resolved_at(Span::call_site());
    (quote_spanned!(span=> __errors), quote_spanned!(span=> self))
}

fn words(rule: &Rule, private: &TokenStream) -> TokenStream {
    let (code, message) = (option(&rule.code), option(&rule.message));
    quote!(#private::rules::Words { code: #code, message: #message })
}

fn option(value: &Option<impl quote::ToTokens>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}

fn sample(model: &Model, private: &TokenStream) -> TokenStream {
    if let Some(first) = model.variants.first() {
        return quote!(#private::Value::String(#private::text(#first)));
    }
    let fields = model.fields.iter().map(|field| {
        let (name, span) = (&field.wire_name, field.span());
        let (bounds, probe) = (bounds(field, private), probe(field, private));
        let value = quote_spanned!(span=> #probe::sample(&#bounds));
        let cfgs = &field.cfgs;
        match field.flattened {
            true => quote! {
                #(#cfgs)*
                if let #private::Value::Object(__inner) = #value {
                    ::core::iter::Extend::extend(&mut __object, __inner);
                }
            },
            false => quote! {
                #(#cfgs)*
                ::core::mem::drop(__object.insert(#private::text(#name), #value));
            },
        }
    });
    quote! {
        #[allow(unused_imports)]
        use #private::Misfit as _;
        #[allow(unused_mut)]
        let mut __object = #private::Map::new();
        #(#fields)*
        #private::Value::Object(__object)
    }
}

/// What each field is to a form that is shown again: a secret by its type, whatever its name.
fn kinds(model: &Model, private: &TokenStream) -> TokenStream {
    let fields = model.fields.iter().map(|field| {
        let (ty, cfgs, name) = (&field.ty, &field.cfgs, &field.wire_name);
        let some = quote!(::core::option::Option::Some);
        match field.flattened {
            true => {
                let probe = probe(field, private);
                quote! {
                    #(#cfgs)*
                    if let #some(__kind) = #probe::field(__name) {
                        return #some(__kind);
                    }
                }
            }
            false => quote! {
                #(#cfgs)*
                if __name == #name {
                    return #some(match #private::SecretProbe::<#ty>::FITS {
                        true => #private::FieldKind::Secret,
                        false => #private::FieldKind::Open,
                    });
                }
            },
        }
    });
    quote! {
        #[allow(unused_imports)]
        use #private::Misfit as _;
        let _ = __name;
        #(#fields)*
        ::core::option::Option::None
    }
}

/// What the runtime knows of a field's type. An unbounded one is asked for what is inside.
fn probe(field: &Field, private: &TokenStream) -> TokenStream {
    let ty = &field.ty;
    match field.bound {
        Bound::Type => quote!(#private::BoundedProbe::<#ty>),
        Bound::Length => quote!(#private::MeasuredProbe::<#ty>),
        Bound::None => quote!(#private::ContentsProbe::<#ty>),
    }
}

/// What the rules say about the values, for examples.
fn bounds(field: &Field, private: &TokenStream) -> TokenStream {
    let (mut least, mut most, mut format) = (quote!(None), quote!(None), quote!(None));
    let some = |value: &syn::Expr| quote!(Some((#value) as ::core::primitive::i64));
    for rule in &field.rules {
        match &rule.kind {
            RuleKind::Length { min, max, equal } => {
                if let Some(min) = min.as_ref().or(equal.as_ref()) {
                    least = some(min);
                }
                if let Some(max) = max.as_ref().or(equal.as_ref()) {
                    most = some(max);
                }
            }
            RuleKind::Range { min, max, .. } => {
                if let Some(min) = min {
                    least = some(min);
                }
                if let Some(max) = max {
                    most = some(max);
                }
            }
            RuleKind::Plain(name @ ("email" | "url")) => format = quote!(Some(#name)),
            _ => {}
        }
    }
    quote!({
        #[allow(unused_imports)]
        use ::core::option::Option::{None, Some};
        #[allow(clippy::unnecessary_cast, clippy::cast_possible_wrap)]
        #private::Bounds { min: #least, max: #most, format: #format }
    })
}
