//! How each variant of an enum is read, once it is known which one it is.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Data, Fields, Variant as SynVariant};

use super::read::{body, kept, normalize, quiet, serde};
use crate::model::{
    Model,
    field::cfgs,
    rename::{of_names, serde_text},
    tagged::{Holds, Tagged, Tagging, Variant},
};

/// What stands beside `Deserialize`, and what it does.
pub(super) fn tagged(model: &Model, tagged: &Tagged) -> (TokenStream, TokenStream) {
    let private = model.runtime.private();
    let enumeration = &model.item.ident;
    let text = enumeration.to_string();
    let strict = model.deny_unknown;
    let names = names(model, tagged, &private);
    let contents = each(model, tagged)
        .map(|(variant, written)| content_type(model, variant, written, &private));
    let units = tagged.variants.iter().filter_map(|variant| {
        let (ident, cfgs) = (&variant.ident, &variant.cfgs);
        matches!(variant.holds, Holds::Nothing).then(
            || quote!(#(#cfgs)* __Name::#ident => ::core::option::Option::Some(Self::#ident),),
        )
    });
    let arms = each(model, tagged).map(|(variant, written)| arm(variant, written, &private));
    let beside = quote! {
        #names
        #(#contents)*

        #[automatically_derived]
        impl #private::Variants for #enumeration {
            type Name = __Name;
            const NAME: &'static ::core::primitive::str = #text;
            const STRICT: ::core::primitive::bool = #strict;

            fn unit(__name: &__Name) -> ::core::option::Option<Self> {
                #[allow(unreachable_patterns)]
                match __name {
                    #(#units)*
                    _ => ::core::option::Option::None,
                }
            }

            fn read<'de, __D: #private::serde::Deserializer<'de>>(
                __name: __Name,
                __content: __D,
            ) -> ::core::result::Result<Self, __D::Error> {
                match __name {
                    #(#arms)*
                }
            }
        }
    };
    let read = match &tagged.tagging {
        Tagging::External => quote!(#private::read_external(__deserializer)),
        Tagging::Internal { tag } => quote!(#private::read_internal(__deserializer, #tag)),
        Tagging::Adjacent { tag, content } => {
            quote!(#private::read_adjacent(__deserializer, #tag, #content))
        }
    };
    (beside, read)
}

/// Each variant that is read, as parsed and as written.
fn each<'a>(
    model: &'a Model,
    tagged: &'a Tagged,
) -> impl Iterator<Item = (&'a Variant, &'a SynVariant)> {
    let written = match &model.item.data {
        Data::Enum(data) => Some(&data.variants),
        Data::Struct(_) | Data::Union(_) => None,
    };
    let written = written.into_iter().flatten();
    written.filter_map(|written| {
        let variant = tagged
            .variants
            .iter()
            .find(|variant| variant.ident == written.ident)?;
        Some((variant, written))
    })
}

/// The enum without its data: serde reads which variant it is, and knows the names.
fn names(model: &Model, tagged: &Tagged, private: &TokenStream) -> TokenStream {
    let (serde, quiet) = (serde(private), quiet());
    let case = serde_text(&model.item.attrs, "rename_all");
    let case = case.map(|case| quote!(, rename_all = #case));
    let variants = each(model, tagged).map(|(variant, written)| {
        let attributes = written.attrs.iter().filter(kept);
        let attributes = attributes.filter_map(of_names);
        let ident = &variant.ident;
        quote!(#(#attributes)* #ident)
    });
    quote! {
        #[derive(#private::serde::Deserialize)]
        #[serde(crate = #serde, variant_identifier #case)]
        #quiet
        pub enum __Name { #(#variants),* }
    }
}

/// What a variant holds, as a struct that serde reads.
fn content_type(
    model: &Model,
    variant: &Variant,
    written: &SynVariant,
    private: &TokenStream,
) -> TokenStream {
    let more = match &variant.holds {
        Holds::Nothing => return TokenStream::new(),
        Holds::Value(_) => quote!(, transparent),
        Holds::Fields(_) => {
            let deny = model.deny_unknown.then(|| quote!(, deny_unknown_fields));
            let case = variant.fields_case.as_ref();
            let case = case.map(|case| quote!(, rename_all = #case));
            quote!(#deny #case)
        }
    };
    let (serde, quiet, cfgs) = (serde(private), quiet(), &variant.cfgs);
    let (name, body) = (
        content_name(variant),
        body(&written.fields, &model.item.ident),
    );
    quote! {
        #(#cfgs)*
        #[derive(#private::serde::Deserialize)]
        #[serde(crate = #serde #more)]
        #quiet
        #[allow(non_camel_case_types)]
        struct #name #body
    }
}

fn content_name(variant: &Variant) -> Ident {
    format_ident!("__Content_{}", variant.ident, span = Span::call_site())
}

/// Reads what a variant holds, and makes it of that.
fn arm(variant: &Variant, written: &SynVariant, private: &TokenStream) -> TokenStream {
    let (ident, cfgs, content) = (&variant.ident, &variant.cfgs, content_name(variant));
    let value = Ident::new("__content", Span::call_site());
    let deserialize = quote!(#private::serde::Deserialize::deserialize);
    match &variant.holds {
        Holds::Nothing => quote! {
            #(#cfgs)*
            __Name::#ident => {
                <() as #private::serde::Deserialize>::deserialize(__content)?;
                ::core::result::Result::Ok(Self::#ident)
            }
        },
        Holds::Value(field) => {
            let normalize = normalize(std::slice::from_ref(field.as_ref()), &value, private);
            quote! {
                #(#cfgs)*
                __Name::#ident => {
                    #[allow(unused_mut)]
                    let mut __content: #content = #deserialize(__content)?;
                    #normalize
                    ::core::result::Result::Ok(Self::#ident(__content.0))
                }
            }
        }
        Holds::Fields(fields) => {
            let normalize = normalize(fields, &value, private);
            let moved = moved(&written.fields);
            quote! {
                #(#cfgs)*
                __Name::#ident => {
                    #[allow(unused_mut)]
                    let mut __content: #content = #deserialize(#private::ObjectOnly(__content))?;
                    #normalize
                    ::core::result::Result::Ok(Self::#ident { #moved })
                }
            }
        }
    }
}

/// All fields, those that are not read too.
fn moved(fields: &Fields) -> TokenStream {
    let fields = fields.iter().map(|field| {
        let cfgs = cfgs(&field.attrs);
        let name = &field.ident;
        quote!(#(#cfgs)* #name: __content.#name)
    });
    quote!(#(#fields),*)
}
