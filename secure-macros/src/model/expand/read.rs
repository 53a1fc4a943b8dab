//! `Deserialize`, strict.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Attribute, Data, DeriveInput, Fields, Ident};

use super::tagged::tagged;
use crate::model::{Model, Shape, field::Field, rename::without_self};

/// The item with its `Deserialize`. What else the user derives, such as `Serialize`, is as it would be
/// without us.
pub(super) fn deserialize(model: &Model) -> TokenStream {
    let private = model.runtime.private();
    let item = &model.item;
    let name = &item.ident;
    let implementation = match &model.shape {
        Shape::Words(_) => {
            let serde = serde(&private);
            return quote! {
                #[derive(#private::serde::Deserialize)]
                #[serde(crate = #serde)]
                #item
            };
        }
        Shape::Object(fields) => {
            let deny = model.deny_unknown.then(|| quote!(, deny_unknown_fields));
            let content = quote!(#private::ObjectOnly(__deserializer));
            likened(model, deny, fields, &content)
        }
        Shape::Newtype(field) => {
            let field = std::slice::from_ref(field.as_ref());
            likened(
                model,
                Some(quote!(, transparent)),
                field,
                &quote!(__deserializer),
            )
        }
        Shape::Tagged(it) => {
            let (variants, reader) = tagged(model, it);
            (variants, quote!(#reader))
        }
    };
    let (beside, read) = implementation;
    quote! {
        #[derive(#private::SerdeAttributes)]
        #item

        const _: () = {
            #beside

            #[automatically_derived]
            impl<'de> #private::serde::Deserialize<'de> for #name {
                fn deserialize<__D: #private::serde::Deserializer<'de>>(
                    __deserializer: __D,
                ) -> ::core::result::Result<Self, __D::Error> {
                    #read
                }
            }
        };
    }
}

/// A struct is read by way of a likeness, on which serde's derive stands: it can then be told to take an
/// object alone, where the derive would take a list too.
fn likened(
    model: &Model,
    more: Option<TokenStream>,
    fields: &[Field],
    content: &TokenStream,
) -> (TokenStream, TokenStream) {
    let private = model.runtime.private();
    let serde = serde(&private);
    let text = model.item.ident.to_string();
    let likeness = likeness(&model.item);
    let beside = quote! {
        #[derive(#private::serde::Deserialize)]
        #[serde(crate = #serde, remote = #text #more)]
        #likeness
    };
    let normalize = normalize(
        fields,
        &Ident::new("__value", proc_macro2::Span::call_site()),
        &private,
    );
    let read = match normalize.is_empty() {
        true => quote!(__Likeness::deserialize(#content)),
        false => quote! {
            let mut __value = __Likeness::deserialize(#content)?;
            #normalize
            ::core::result::Result::Ok(__value)
        },
    };
    (beside, read)
}

/// Puts texts into their form, before any rule sees them.
pub(super) fn normalize(fields: &[Field], value: &Ident, private: &TokenStream) -> TokenStream {
    let calls: Vec<_> = fields
        .iter()
        .filter_map(|field| {
            let normalize = field.normalize.as_ref()?;
            let (cfgs, ty, member) = (&field.cfgs, &field.ty, &field.member);
            let form = normalize.form(private);
            Some(quote_spanned! {normalize.span=>
                #(#cfgs)*
                #private::TextProbe::<#ty>::normalize(&mut #value.#member, #form);
            })
        })
        .collect();
    match calls.is_empty() {
        true => TokenStream::new(),
        false => quote! {
            #[allow(unused_imports)]
            use #private::Misfit as _;
            #(#calls)*
        },
    }
}

/// The path of serde, as its attribute takes it.
pub(super) fn serde(private: &TokenStream) -> String {
    quote!(#private::serde).to_string().replace(' ', "")
}

/// What serde reads, and nothing else.
pub(super) fn kept(attribute: &&Attribute) -> bool {
    let path = attribute.path();
    path.is_ident("serde") || path.is_ident("cfg")
}

/// What stands on something that is not the user's own.
pub(super) fn quiet() -> TokenStream {
    quote!(#[allow(
        dead_code,
        unreachable_pub,
        clippy::all,
        clippy::pedantic,
        clippy::nursery,
        clippy::restriction
    )])
}

/// The struct under another name.
fn likeness(item: &DeriveInput) -> TokenStream {
    let attributes = item.attrs.iter().filter(kept);
    let Data::Struct(data) = &item.data else {
        return TokenStream::new();
    };
    let (quiet, body) = (quiet(), body(&data.fields, &item.ident));
    quote! {
        #(#attributes)*
        #quiet
        struct __Likeness #body
    }
}

/// Fields as serde reads them, with the end of the struct that they stand in.
pub(super) fn body(fields: &Fields, item: &Ident) -> TokenStream {
    let each = fields.iter().map(|field| {
        let attributes = field.attrs.iter().filter(kept);
        let ty = without_self(&field.ty, item);
        match &field.ident {
            Some(name) => quote!(#(#attributes)* #name: #ty),
            None => quote!(#(#attributes)* #ty),
        }
    });
    match fields {
        Fields::Named(_) => quote!({ #(#each),* }),
        Fields::Unnamed(_) => quote!((#(#each),*);),
        Fields::Unit => quote!(;),
    }
}
