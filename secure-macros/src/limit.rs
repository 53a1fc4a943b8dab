//! `limit!("600/minute", by = "ip")`

use proc_macro2::{Span, TokenStream};
use quote::quote;

use crate::{
    attribute::rate_limit::{Form, RateLimit},
    diagnostics::Diagnostics,
    expand, fragment,
    runtime_path::RuntimePath,
};

/// The limit as a const value.
pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let tokens = fragment::arguments(tokens);
    let limit = RateLimit::parse(Form::MACRO, Span::call_site(), tokens, &mut diagnostics);
    let named = limit.as_ref().and_then(|limit| limit.runtime.as_ref());
    let private = RuntimePath::new(named).private();
    match (diagnostics.into_tokens(), limit) {
        (None, Some(limit)) => {
            let value = expand::rate_limit(&limit, &private);
            quote!(const { #value })
        }
        (errors, _) => {
            quote!({ #errors #private::RateLimit::new(&[], #private::LimitKey::Ip) })
        }
    }
}
