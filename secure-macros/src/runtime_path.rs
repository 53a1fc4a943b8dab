//! The path under which generated code finds the runtime.

use proc_macro_crate::{FoundCrate, crate_name};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};

/// `::secure_runtime`, or the name that the user's `Cargo.toml` or `crate = …` gives it.
#[derive(Debug, Clone)]
pub(crate) struct RuntimePath {
    path: TokenStream,
}

impl RuntimePath {
    /// The path that the attribute names, or else the one that `Cargo.toml` does.
    pub(crate) fn new(named: Option<&syn::Path>) -> Self {
        let path = match named {
            Some(path) => path.to_token_stream(),
            None => {
                let name = match crate_name("secure-runtime") {
                    Ok(FoundCrate::Name(name)) => name,
                    // Where the build is not Cargo's, the crate's own name is the best guess.
                    Ok(FoundCrate::Itself) | Err(_) => "secure_runtime".to_owned(),
                };
                let name = Ident::new(&name, Span::call_site());
                quote!(::#name)
            }
        };
        Self { path }
    }

    /// The module that only generated code calls.
    pub(crate) fn private(&self) -> TokenStream {
        let path = &self.path;
        quote!(#path::__private)
    }
}
