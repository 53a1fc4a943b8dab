//! A model turned into tokens. It cannot fail.

mod assertions;
mod check;
mod read;
mod sample;
mod tagged;

use proc_macro2::TokenStream;
use quote::quote;

use super::{Model, Shape, field::Field, tagged::Tagging};
use assertions::assertions;
use check::check;
use sample::{kinds, sample};

/// The model with the checks that need types.
pub(super) fn model(model: &Model) -> TokenStream {
    let expanded = unchecked_model(model);
    let assertions = assertions(model);
    quote!(#expanded #assertions)
}

/// The model alone, for when something is wrong already.
pub(super) fn unchecked_model(model: &Model) -> TokenStream {
    let private = model.runtime.private();
    let name = &model.item.ident;
    let deserialize = read::deserialize(model);
    let check = check(model, &private);
    let sample = sample(model, &private);
    let kinds = kinds(model, &private);
    let constants = constants(model, &private);
    let text = text(model, &private);
    quote! {
        #deserialize

        #[automatically_derived]
        impl #private::Bounded for #name {
            #constants

            fn check(&self, __errors: &mut #private::Errors) {
                #check
            }

            #[allow(clippy::unnecessary_cast, clippy::cast_possible_wrap)]
            fn sample(__bounds: &#private::Bounds) -> #private::Value {
                #sample
            }

            fn field(
                __name: &::core::primitive::str,
            ) -> ::core::option::Option<#private::FieldKind> {
                #kinds
            }
        }

        #[automatically_derived]
        impl #private::Contents for #name {
            fn check_inside(&self, __errors: &mut #private::Errors) {
                #private::Bounded::check(self, __errors);
            }
        }

        #[automatically_derived]
        impl #private::validator::Validate for #name {
            fn validate(
                &self,
            ) -> ::core::result::Result<(), #private::validator::ValidationErrors> {
                #private::rules::validate(self)
            }
        }

        #text
    }
}

/// What other models ask of this one when they hold it.
fn constants(model: &Model, private: &TokenStream) -> TokenStream {
    let (is_secret, is_object) = match &model.shape {
        Shape::Newtype(field) => {
            let ty = &field.ty;
            let is_secret = is_secret(field, private);
            let misfit = quote!(#[allow(unused_imports)] use #private::Misfit as _;);
            (
                quote!({ #misfit #is_secret }),
                quote!({ #misfit #private::BoundedProbe::<#ty>::IS_OBJECT }),
            )
        }
        Shape::Object(_) => (quote!(false), quote!(true)),
        Shape::Words(_) => (quote!(false), quote!(false)),
        Shape::Tagged(tagged) => {
            let is_object = tagged.tagging != Tagging::External;
            (quote!(false), quote!(#is_object))
        }
    };
    quote! {
        const IS_SECRET: ::core::primitive::bool = #is_secret;
        const IS_OBJECT: ::core::primitive::bool = #is_object;
    }
}

/// Whether a field holds a secret, itself or in a newtype.
fn is_secret(field: &Field, private: &TokenStream) -> TokenStream {
    let ty = &field.ty;
    quote!((#private::SecretProbe::<#ty>::FITS || #private::BoundedProbe::<#ty>::IS_SECRET))
}

/// A newtype of a text is one.
fn text(model: &Model, private: &TokenStream) -> TokenStream {
    let Shape::Newtype(field) = &model.shape else {
        return TokenStream::new();
    };
    let (name, ty) = (&model.item.ident, &field.ty);
    quote! {
        #[automatically_derived]
        impl #private::Text for #name {
            const IS_ONE: ::core::primitive::bool = {
                #[allow(unused_imports)]
                use #private::Misfit as _;
                #private::TextProbe::<#ty>::FITS
            };

            fn normalize(&mut self, __form: #private::Normalize) {
                #[allow(unused_imports)]
                use #private::Misfit as _;
                #private::TextProbe::<#ty>::normalize(&mut self.0, __form);
            }
        }
    }
}
