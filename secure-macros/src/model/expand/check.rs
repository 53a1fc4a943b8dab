//! The rules, called one after the other.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Member;

use super::sample::probe;
use crate::model::{
    Model, Shape,
    field::{Bound, Field},
    rule::{Rule, RuleKind},
    tagged::{Holds, Tagged, Tagging, Variant},
    writable::Writable,
};

/// The body of `Bounded::check`.
pub(super) fn check(model: &Model, private: &TokenStream) -> TokenStream {
    let fields = match &model.shape {
        Shape::Object(fields) => in_their_places(fields, private),
        Shape::Newtype(field) => calls(field, &[], private),
        Shape::Words(_) => TokenStream::new(),
        Shape::Tagged(tagged) => of_variants(tagged, private),
    };
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
        #fields
        #(#schemas)*
    }
}

/// Each field at its name.
fn in_their_places(fields: &[Field], private: &TokenStream) -> TokenStream {
    let fields = fields.iter().map(|field| {
        let calls = calls(field, fields, private);
        let (cfgs, name) = (&field.cfgs, &field.wire_name);
        match field.flattened {
            true => quote!(#(#cfgs)* { #calls }),
            false => quote!(#(#cfgs)* { __errors.enter(#name); #calls __errors.leave(); }),
        }
    });
    quote!(#(#fields)*)
}

fn of_variants(tagged: &Tagged, private: &TokenStream) -> TokenStream {
    let arms = tagged.variants.iter().filter_map(|variant| {
        let (pattern, calls) = match &variant.holds {
            Holds::Nothing => return None,
            Holds::Value(field) => {
                let binding = field.binding(Span::call_site());
                (quote!((#binding)), calls(field, &[], private))
            }
            Holds::Fields(fields) => {
                let bindings = fields.iter().map(|field| {
                    let (cfgs, member) = (&field.cfgs, &field.member);
                    let binding = field.binding(Span::call_site());
                    quote!(#(#cfgs)* #member: #binding,)
                });
                (
                    quote!({ #(#bindings)* .. }),
                    in_their_places(fields, private),
                )
            }
        };
        let calls = match place(tagged, variant) {
            Some(place) => quote!(__errors.enter(#place); #calls __errors.leave();),
            None => calls,
        };
        let (ident, cfgs) = (&variant.ident, &variant.cfgs);
        Some(quote!(#(#cfgs)* Self::#ident #pattern => { #calls }))
    });
    quote! {
        #[allow(unreachable_patterns)]
        match self {
            #(#arms)*
            _ => {}
        }
    }
}

/// The name under which a variant's data stands on the wire.
pub(super) fn place<'a>(tagged: &'a Tagged, variant: &'a Variant) -> Option<&'a str> {
    match &tagged.tagging {
        Tagging::External => Some(&variant.wire_name),
        Tagging::Internal { .. } => None,
        Tagging::Adjacent { content, .. } => Some(content),
    }
}

/// All that is asked of one field.
fn calls(field: &Field, siblings: &[Field], private: &TokenStream) -> TokenStream {
    let rules = field
        .rules
        .iter()
        .map(|rule| rule_call(rule, field, siblings, private));
    let span = field.span();
    let (probe, errors, value) = (probe(field, private), errors(span), field.value(span));
    let writable = field
        .writable
        .as_ref()
        .map(|writable| sender_call(writable, field, private));
    let ty = &field.ty;
    let keys = (field.bound == Bound::None)
        .then(|| quote_spanned!(span=> #private::KeysProbe::<#ty>::check(#value, #errors);));
    quote_spanned!(span=> #writable #(#rules)* #keys #probe::check(#value, #errors);)
}

fn sender_call(writable: &Writable, field: &Field, private: &TokenStream) -> TokenStream {
    let (span, ty) = (writable.span, &field.ty);
    let (errors, value) = (errors(span), field.value(span));
    let (writers, message) = (writable.writers(private), option(&writable.message));
    quote_spanned! {span=>
        #private::OptionalProbe::<#ty>::check_sender(#value, #errors, #writers, #message);
    }
}

fn rule_call(rule: &Rule, field: &Field, siblings: &[Field], private: &TokenStream) -> TokenStream {
    let span = rule.span;
    let words = words(rule, private);
    let rules = quote!(#private::rules);
    let (errors, value) = (errors(span), field.value(span));
    match &rule.kind {
        RuleKind::Length { min, max, equal } => {
            let (min, max, equal) = (option(min), option(max), option(equal));
            quote_spanned!(span=> #rules::length(#errors, #value, #min, #max, #equal, #words);)
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
                #rules::range(#errors, #value, #min, #max, #above, #below, #words);
            }
        }
        // `validator` has these two for what is there, and no others for an option.
        RuleKind::Plain(name @ ("ip" | "non_control_character")) if field.is_option() => {
            let function = syn::Ident::new(name, span);
            quote_spanned! {span=>
                if let ::core::option::Option::Some(__value) = #value {
                    #rules::#function(#errors, __value, #words);
                }
            }
        }
        RuleKind::Plain(name) => {
            let function = syn::Ident::new(name, span);
            quote_spanned!(span=> #rules::#function(#errors, #value, #words);)
        }
        RuleKind::Pattern(name, pattern) => {
            let function = syn::Ident::new(name, span);
            quote_spanned!(span=> #rules::#function(#errors, #value, #pattern, #words);)
        }
        RuleKind::Regex(path) => {
            quote_spanned!(span=> #rules::regex(#errors, #value, &#path, #words);)
        }
        RuleKind::MustMatch(other) => {
            let is_other =
                |field: &&Field| matches!(&field.member, Member::Named(name) if name == other);
            let other = siblings.iter().find(is_other);
            let other = other.map(|other| other.value(span));
            quote_spanned!(span=> #rules::must_match(#errors, #value, #other, #words);)
        }
        RuleKind::Custom(function) if field.is_option() => quote_spanned! {span=>
            if let ::core::option::Option::Some(__value) = #value {
                #rules::custom(#errors, #function(__value), #words);
            }
        },
        RuleKind::Custom(function) => {
            quote_spanned!(span=> #rules::custom(#errors, #function(#value), #words);)
        }
        RuleKind::Schema(_) | RuleKind::Nested => TokenStream::new(),
    }
}

/// The name of the generated function's argument, as it knows it: under the span of a user's token it
/// would be another name where a `macro_rules!` writes the model.
fn errors(span: Span) -> TokenStream {
    let span = span.resolved_at(Span::call_site());
    quote_spanned!(span=> __errors)
}

fn words(rule: &Rule, private: &TokenStream) -> TokenStream {
    if rule.code.is_none() && rule.message.is_none() {
        return quote!(#private::rules::Words::USUAL);
    }
    let (code, message) = (option(&rule.code), option(&rule.message));
    quote!(#private::rules::Words { code: #code, message: #message })
}

fn option(value: &Option<impl quote::ToTokens>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}
