//! `floor!(roles = "admin", scopes = "admin:users")`

use proc_macro2::{Span, TokenStream};
use quote::quote;

use crate::{
    attribute::protected::Protected, diagnostics::Diagnostics, expand, runtime_path::RuntimePath,
};

/// The floor as a const value.
pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let floor = Protected::parse_floor(Span::call_site(), tokens, &mut diagnostics);
    let Some(errors) = diagnostics.into_tokens() else {
        return expand::floor(&floor);
    };
    let private = RuntimePath::new(floor.runtime.as_ref()).private();
    quote!({ #errors #private::Floor::new(&#private::Demands::SIGNED_IN) })
}
