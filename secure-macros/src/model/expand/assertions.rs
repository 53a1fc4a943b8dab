//! Checks that need the fields' types: `const` assertions, each at the type.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::is_secret;
use crate::{
    diagnostics::shown,
    expand::call,
    model::{
        Model, Shape,
        field::{Bound, Field},
        tagged::{Holds, Tagging},
    },
};

/// All that must hold of the types of a model.
pub(super) fn assertions(model: &Model) -> TokenStream {
    let private = model.runtime.private();
    let fields = model.fields();
    let each = fields.iter().map(|field| of_field(field, &private));
    let beside_tag = beside_tag(model, &private);
    let words = fields.iter().filter_map(|field| {
        let cfgs = &field.cfgs;
        let words = field.writable.as_ref()?.known_words(&private);
        Some(quote!(#(#cfgs)* const _: () = { #words };))
    });
    quote!(#(#each)* #beside_tag #(#words)*)
}

fn of_field(field: &Field, private: &TokenStream) -> TokenStream {
    let mut checks = vec![];
    checks.extend(upload_check(field, private));
    checks.extend(bound_checks(field, private));
    checks.extend(secret_check(field, private));
    let checks = assert_all(field, &checks, private);
    let (normalize, writable) = (
        normalize_check(field, private),
        writable_check(field, private),
    );
    quote!(#checks #normalize #writable)
}

/// What holds, and what is said where it does not.
type Check = (TokenStream, String);

fn assert_all(field: &Field, checks: &[Check], private: &TokenStream) -> TokenStream {
    let span = field.span();
    let checks = checks.iter().map(|(holds, message)| {
        let call = call("hold", span, &quote!(#holds, #message), private);
        quote!(#call;)
    });
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

/// A file says how large it may be, and what.
fn upload_check(field: &Field, private: &TokenStream) -> Option<Check> {
    if field.upload.is_some() {
        return None;
    }
    let (ty, label) = (&field.ty, &field.label);
    Some((
        quote!(!#private::UploadProbe::<#ty>::FITS),
        format!(
            "nothing says how large `{label}` may be, and what: it is a file\n  \
             help: `#[upload(max = \"2MiB\", types = [\"image/png\", \"image/jpeg\"])]`"
        ),
    ))
}

fn bound_checks(field: &Field, private: &TokenStream) -> Vec<Check> {
    let (ty, label) = (&field.ty, &field.label);
    let shown = shown(ty);
    match field.bound {
        Bound::Type => vec![(
            quote!(#private::BoundedProbe::<#ty>::FITS),
            format!(
                "nothing bounds `{label}`, a `{shown}`\n  \
                 help: a text or a collection: `#[validate(length(max = 200))]`\n  \
                 help: a struct or an enum of yours: `#[validated]` on it\n  \
                 help: or say why it needs no bound: `#[unbounded = \"because …\"]`"
            ),
        )],
        Bound::Length => vec![(
            quote!(#private::MeasuredProbe::<#ty>::FITS),
            format!(
                "`length` does not bound all of `{label}`, a `{shown}`\n  \
                 help: `length` bounds a text, and a collection whose elements are bounded themselves\n  \
                 help: put the element into a type with `#[validated]`, or say why: `#[unbounded = \"because …\"]`"
            ),
        )],
        Bound::None => {
            let mut checks = vec![(
                quote!(!#private::BoundedProbe::<#ty>::FITS),
                format!(
                    "`#[unbounded]` does nothing here: a `{shown}` is bounded\n  help: remove it"
                ),
            )];
            if field.is_nested() {
                checks.push((
                    quote!(#private::ContentsProbe::<#ty>::FITS),
                    format!(
                        "`nested` cannot reach the rules inside `{label}`, a `{shown}`\n  \
                         help: put what is inside into a type with `#[validated]`"
                    ),
                ));
            }
            checks
        }
    }
}

fn secret_check(field: &Field, private: &TokenStream) -> Option<Check> {
    let name = field.secret_name.as_ref()?;
    let shown = shown(&field.ty);
    Some((
        is_secret(field, private),
        format!(
            "the name `{name}` says secret, and a `{shown}` prints and serializes\n  \
             help: `Secret<{shown}>`\n  \
             help: or, if it is none: `#[not_secret = \"because …\"]`"
        ),
    ))
}

/// A text, and no secret: that is taken as it is typed.
fn normalize_check(field: &Field, private: &TokenStream) -> Option<TokenStream> {
    field.normalize.as_ref()?;
    let ty = &field.ty;
    let (label, shown) = (&field.label, shown(ty));
    let is_secret = is_secret(field, private);
    Some(assert_all(
        field,
        &[
            (
                quote!(!#is_secret),
                format!(
                    "`#[normalize]` would change the secret `{label}`, which is taken as it is typed\n  \
                     help: remove it"
                ),
            ),
            (
                quote!(#private::TextProbe::<#ty>::FITS),
                format!(
                    "`#[normalize]` changes texts, and `{label}` is a `{shown}`\n  \
                     help: it goes on a `String`, an `Option<String>` or a newtype of one"
                ),
            ),
        ],
        private,
    ))
}

fn writable_check(field: &Field, private: &TokenStream) -> Option<TokenStream> {
    field.writable.as_ref()?;
    let ty = &field.ty;
    let (label, shown) = (&field.label, shown(ty));
    let check = (
        quote!(#private::OptionalProbe::<#ty>::FITS),
        format!(
            "`#[writable]` goes on a field that may be left out, and `{label}` is a `{shown}`\n  \
             help: `Option<{shown}>`\n  \
             help: for an input that is for some callers as a whole: `#[protected(roles = …)]` on the handler"
        ),
    );
    Some(assert_all(field, &[check], private))
}

/// Beside an internal tag stand the fields of what the variant holds.
fn beside_tag(model: &Model, private: &TokenStream) -> TokenStream {
    let Shape::Tagged(tagged) = &model.shape else {
        return TokenStream::new();
    };
    let Tagging::Internal { tag } = &tagged.tagging else {
        return TokenStream::new();
    };
    let values = tagged
        .variants
        .iter()
        .filter_map(|variant| match &variant.holds {
            Holds::Value(field) => Some(field),
            Holds::Nothing | Holds::Fields(_) => None,
        });
    values
        .map(|field| {
            let ty = &field.ty;
            let (label, shown) = (&field.label, shown(ty));
            let check = (
                quote!(#private::BoundedProbe::<#ty>::IS_OBJECT),
                format!(
                    "`{label}` holds a `{shown}`, which has no fields to stand beside the tag\n  \
                     help: a struct with `#[validated]`, or a field of its own: `{label} {{ … }}`\n  \
                     help: or a place for it: `#[serde(tag = \"{tag}\", content = \"…\")]`"
                ),
            );
            assert_all(field, &[check], private)
        })
        .collect()
}
