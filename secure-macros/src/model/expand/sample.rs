//! An example of a model, and what its fields are to a form that is shown again.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote, quote_spanned};
use syn::Ident;

use super::{check::place, is_secret};
use crate::model::{
    Model, Shape,
    field::{Bound, Field},
    rule::RuleKind,
    tagged::{Holds, Tagged, Tagging, Variant},
};

/// The body of `Bounded::sample`.
pub(super) fn sample(model: &Model, private: &TokenStream) -> TokenStream {
    let value = match &model.shape {
        Shape::Words(words) => {
            let first = words.first();
            quote!(#private::Value::String(#private::text(#first)))
        }
        Shape::Newtype(field) => value(field, private),
        Shape::Object(fields) => {
            let fields = object(fields, private);
            quote!(#private::sample_object(&[#fields]))
        }
        Shape::Tagged(tagged) => {
            let variant = of_variant(tagged, example(tagged, &model.item.ident), private);
            quote!(#private::once::<Self>(|| { #variant }))
        }
    };
    quote! {
        #[allow(unused_imports)]
        use #private::Misfit as _;
        let _ = __bounds;
        #value
    }
}

/// The variant that an example is made of: the first that does not hold the enum itself.
fn example<'a>(tagged: &'a Tagged, name: &Ident) -> Option<&'a Variant> {
    let holds_itself = |variant: &&Variant| {
        let mut fields = variant.fields();
        fields.any(|field| {
            field
                .ty
                .to_token_stream()
                .to_string()
                .contains(&name.to_string())
        })
    };
    let mut variants = tagged.variants.iter();
    let found = variants.find(|variant| !holds_itself(variant));
    found.or(tagged.variants.first())
}

fn of_variant(tagged: &Tagged, variant: Option<&Variant>, private: &TokenStream) -> TokenStream {
    let Some(variant) = variant else {
        return quote!(#private::Value::Null);
    };
    let name = &variant.wire_name;
    let word = quote!(#private::Value::String(#private::text(#name)));
    let content = match &variant.holds {
        Holds::Nothing => None,
        Holds::Value(field) => Some(value(field, private)),
        Holds::Fields(fields) => {
            let fields = object(fields, private);
            Some(quote!(#private::sample_object(&[#fields])))
        }
    };
    let tag = match &tagged.tagging {
        Tagging::External if content.is_none() => return word,
        Tagging::External => None,
        Tagging::Internal { tag } | Tagging::Adjacent { tag, .. } => {
            Some(quote!(::core::mem::drop(__whole.insert(#private::text(#tag), #word));))
        }
    };
    let content = content.map(|content| match place(tagged, variant) {
        Some(place) => {
            quote!(::core::mem::drop(__whole.insert(#private::text(#place), #content));)
        }
        None => quote! {
            if let #private::Value::Object(__inner) = #content {
                ::core::iter::Extend::extend(&mut __whole, __inner);
            }
        },
    });
    let cfgs = &variant.cfgs;
    quote! {
        #[allow(unused_mut)]
        let mut __whole = #private::Map::new();
        #(#cfgs)* { #tag #content }
        #private::Value::Object(__whole)
    }
}

/// The fields as a table, of which the runtime makes an object. One without a name is flattened.
fn object(fields: &[Field], private: &TokenStream) -> TokenStream {
    let fields = fields.iter().map(|field| {
        let (cfgs, name) = (&field.cfgs, &field.wire_name);
        let name = match field.flattened {
            true => quote!(::core::option::Option::None),
            false => quote!(::core::option::Option::Some(#name)),
        };
        let (bounds, probe) = (bounds(field, private), probe(field, private));
        let sample = quote_spanned!(field.span()=> #probe::sample);
        quote!(#(#cfgs)* (#name, #sample, #bounds),)
    });
    fields.collect()
}

fn value(field: &Field, private: &TokenStream) -> TokenStream {
    let (bounds, probe) = (bounds(field, private), probe(field, private));
    quote_spanned!(field.span()=> #probe::sample(&#bounds))
}

/// The body of `Bounded::field`: what each field is to a form that is shown again. A secret is one by its
/// type, whatever its name.
pub(super) fn kinds(model: &Model, private: &TokenStream) -> TokenStream {
    let some = quote!(::core::option::Option::Some);
    let (last, fields): (Option<TokenStream>, TokenStream) = match &model.shape {
        Shape::Words(_) => (None, TokenStream::new()),
        Shape::Newtype(field) => {
            let probe = probe(field, private);
            (
                None,
                quote!(if let #some(__kind) = #probe::field(__name) { return #some(__kind); }),
            )
        }
        Shape::Object(fields) => (None, of_fields(fields, private)),
        Shape::Tagged(tagged) => of_tagged(tagged, private),
    };
    quote! {
        #[allow(unused_imports)]
        use #private::Misfit as _;
        let _ = __name;
        #fields
        #last
        ::core::option::Option::None
    }
}

/// What the fields of a struct say of a name: a table of those that are its own, and whoever is flattened into it.
fn of_fields(fields: &[Field], private: &TokenStream) -> TokenStream {
    let own = fields.iter().filter(|field| !field.flattened);
    let own = own.map(|field| {
        let (cfgs, name) = (&field.cfgs, &field.wire_name);
        let is_secret = is_secret(field, private);
        quote!(#(#cfgs)* (#name, #is_secret),)
    });
    let flattened = fields.iter().filter(|field| field.flattened);
    let flattened = flattened.map(|field| kind(field, private));
    quote! {
        if let ::core::option::Option::Some(__kind) = #private::kind_of(__name, &[#(#own)*]) {
            return ::core::option::Option::Some(__kind);
        }
        #(#flattened)*
    }
}

/// What one field says of a name.
fn kind(field: &Field, private: &TokenStream) -> TokenStream {
    let (cfgs, name) = (&field.cfgs, &field.wire_name);
    let some = quote!(::core::option::Option::Some);
    if field.flattened {
        let probe = probe(field, private);
        return quote! {
            #(#cfgs)*
            if let #some(__kind) = #probe::field(__name) {
                return #some(__kind);
            }
        };
    }
    let is_secret = is_secret(field, private);
    quote! {
        #(#cfgs)*
        if __name == #name {
            return #some(match #is_secret {
                true => #private::FieldKind::Secret,
                false => #private::FieldKind::Open,
            });
        }
    }
}

/// A name may be a field of several variants: it is a secret where one of them says so. The data of an enum
/// whose tag stands outside of it is in no form.
fn of_tagged(tagged: &Tagged, private: &TokenStream) -> (Option<TokenStream>, TokenStream) {
    let tag = match &tagged.tagging {
        Tagging::External => return (None, TokenStream::new()),
        Tagging::Internal { tag } | Tagging::Adjacent { tag, .. } => tag,
    };
    let some = quote!(::core::option::Option::Some);
    let secret = quote!(#some(#private::FieldKind::Secret));
    let variants = tagged.variants.iter().map(|variant| {
        let place = place(tagged, variant);
        let fields = variant.fields().map(|field| {
            let cfgs = &field.cfgs;
            let kind = match (place, &variant.holds) {
                (None, Holds::Value(_)) => {
                    let probe = probe(field, private);
                    quote!(#probe::field(__name))
                }
                (Some(content), _) => kind_at(content, field, private),
                (None, _) => {
                    let kind = kind(field, private);
                    quote!((|| { #kind ::core::option::Option::None })())
                }
            };
            quote! {
                #(#cfgs)*
                match #kind {
                    #secret => return #secret,
                    #some(__kind) => __found = #some(__kind),
                    ::core::option::Option::None => {}
                }
            }
        });
        quote!(#(#fields)*)
    });
    let fields = quote! {
        #[allow(unused_mut)]
        let mut __found: ::core::option::Option<#private::FieldKind> =
            ::core::option::Option::None;
        #(#variants)*
        if __name == #tag {
            return #some(#private::FieldKind::Open);
        }
    };
    (
        Some(quote!(if __found.is_some() {
            return __found;
        })),
        fields,
    )
}

/// What a field of a variant says of the place in which all its data stands.
fn kind_at(content: &str, field: &Field, private: &TokenStream) -> TokenStream {
    let is_secret = is_secret(field, private);
    quote! {
        match (__name == #content, #is_secret) {
            (true, true) => ::core::option::Option::Some(#private::FieldKind::Secret),
            (true, false) => ::core::option::Option::Some(#private::FieldKind::Open),
            (false, _) => ::core::option::Option::None,
        }
    }
}

/// What the runtime knows of a field's type. An unbounded one is asked for what is inside.
pub(super) fn probe(field: &Field, private: &TokenStream) -> TokenStream {
    let ty = &field.ty;
    match field.bound {
        Bound::Type => quote!(#private::BoundedProbe::<#ty>),
        Bound::Length => quote!(#private::MeasuredProbe::<#ty>),
        Bound::None => quote!(#private::ContentsProbe::<#ty>),
    }
}

/// What the rules say about the values, for examples.
fn bounds(field: &Field, private: &TokenStream) -> TokenStream {
    let none = || quote!(::core::option::Option::None);
    let (mut least, mut most, mut format) = (none(), none(), none());
    let some = |value: &syn::Expr| quote!(::core::option::Option::Some((#value) as ::core::primitive::i64));
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
            RuleKind::Plain(name @ ("email" | "url")) => {
                format = quote!(::core::option::Option::Some(#name))
            }
            _ => {}
        }
    }
    quote!(#private::Bounds { min: #least, max: #most, format: #format })
}
