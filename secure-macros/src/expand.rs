//! An endpoint turned into tokens. It cannot fail.

mod checks;
mod floor;
mod policy;
mod unknown_argument;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Attribute, ItemFn, Type, ext::IdentExt as _, spanned::Spanned as _};

use crate::{
    attribute::route::Route,
    endpoint::{Endpoint, GATHERED, Routing},
    handler::{Argument, Mark},
    runtime_path::RuntimePath,
};
use checks::checks;
pub(crate) use checks::{call, known_word};
pub(crate) use floor::floor;
use policy::policy;
pub(crate) use policy::{rate_limit, role_vocabulary, scope_vocabulary, word_set};

/// Everything: the policy, the guarded function with its route, and the checks that need types.
pub(crate) fn endpoint(endpoint: &Endpoint) -> TokenStream {
    let handler = unchecked_endpoint(endpoint);
    let checks = checks(endpoint);
    let gathered = gathered(&endpoint.gathered);
    quote!(#handler #checks #gathered)
}

/// Without the checks, for when something is wrong already.
pub(crate) fn unchecked_endpoint(endpoint: &Endpoint) -> TokenStream {
    let runtime = &endpoint.runtime;
    let private = runtime.private();
    let name = endpoint.handler.name();
    let policy = policy(endpoint);
    let guard = guard(endpoint);
    let function = guarded_function(endpoint);
    let mounted = match &endpoint.routing {
        Routing::Ours(routes) => factory(&function, routes, runtime),
        Routing::Below(_, attributes) => quote!(#(#attributes)* #function),
        Routing::Nowhere => {
            // A type of the same name: it lives beside the function, and carries the policy.
            let visibility = &function.vis;
            quote! {
                #[doc(hidden)]
                #[allow(non_camel_case_types, clippy::exhaustive_structs)]
                #[derive(::core::fmt::Debug)]
                #visibility struct #name {}
                #function
            }
        }
    };
    quote! {
        #mounted
        impl #private::Policy for #name {
            const POLICY: #private::RoutePolicy = #policy;
        }
        #guard
    }
}

/// How the user's own arguments are extracted, once the stages have let the request pass.
fn guard(endpoint: &Endpoint) -> TokenStream {
    let private = endpoint.runtime.private();
    let name = endpoint.handler.name();
    let values = values(endpoint);
    let probes = endpoint
        .handler
        .arguments
        .iter()
        .map(|argument| extractor(argument, &private));
    quote! {
        impl #private::Guard<#values> for #name {
            fn extract(
                __request: &#private::actix_web::HttpRequest,
                __payload: &mut #private::actix_web::dev::Payload,
            ) -> #private::Extraction<#values> {
                #[allow(unused_imports)]
                use #private::Unknown as _;
                #private::Together::together((#(#probes(__request, __payload),)*))
            }
        }
    }
}

/// What extracts an argument: for a marked one actix-web, or the compiler says on its type that it
/// cannot.
fn extractor(argument: &Argument, private: &TokenStream) -> TokenStream {
    let (ty, span) = (&argument.ty, argument.ty.span());
    match argument.mark {
        Mark::None => {
            let probe = probe(ty, private);
            quote!(#probe::extract)
        }
        Mark::Trusted => {
            quote_spanned!(span=> <#private::Trusted<#ty> as #private::Argument>::extract)
        }
        Mark::Unvalidated(_) => {
            quote_spanned!(span=> <#private::Unvalidated<#ty> as #private::Argument>::extract)
        }
    }
}

/// The types of the user's own arguments.
fn values(endpoint: &Endpoint) -> TokenStream {
    let arguments = endpoint.handler.arguments.iter();
    let types = arguments.map(|argument| &argument.ty);
    quote!((#(#types,)*))
}

/// What the runtime knows of an argument's type.
fn probe(ty: &Type, private: &TokenStream) -> TokenStream {
    quote!(#private::Probe::<#ty>)
}

/// The struct that a route attribute of ours makes of a guarded function.
pub(crate) fn factory(function: &ItemFn, routes: &[Route], runtime: &RuntimePath) -> TokenStream {
    let private = runtime.private();
    let name = &function.sig.ident;
    let visibility = &function.vis;
    let mut function = function.clone();
    // Nobody names the function but the code below, which is no news to whoever reads a warning.
    function
        .attrs
        .retain(|attribute| !attribute.path().is_ident("deprecated"));
    let outer = function.attrs.iter().filter(|attribute| {
        let path = attribute.path();
        path.is_ident("doc") || path.is_ident("allow")
    });
    let resources = routes.iter().map(|route| resource(route, name, &private));
    quote! {
        #(#outer)*
        #[allow(
            non_camel_case_types,
            missing_copy_implementations,
            missing_debug_implementations,
            clippy::exhaustive_structs,
        )]
        #visibility struct #name;

        impl #private::actix_web::dev::HttpServiceFactory for #name {
            fn register(self, __config: &mut #private::actix_web::dev::AppService) {
                #function
                #(#private::actix_web::dev::HttpServiceFactory::register(#resources, __config);)*
            }
        }
    }
}

fn resource(route: &Route, name: &Ident, private: &TokenStream) -> TokenStream {
    let Route {
        path,
        methods,
        name: resource_name,
        guards,
        wraps,
        ..
    } = route;
    let resource_name = match resource_name {
        Some(name) => name.value(),
        None => name.unraw().to_string(),
    };
    quote! {
        #private::resource(#path, #resource_name, &[#(#methods),*], #name)
            #(.guard(#private::actix_web::guard::fn_guard(#guards)))*
            #(.wrap(#wraps))*
    }
}

/// The handler that the router calls: one argument, the guard; the user's function is whole inside.
fn guarded_function(endpoint: &Endpoint) -> ItemFn {
    let private = endpoint.runtime.private();
    let name = endpoint.handler.name();
    let visibility = &endpoint.handler.function.vis;
    let values = values(endpoint);
    let output = match endpoint.handler.output() {
        Some(output) => quote!(#output),
        None => quote!(()),
    };
    let mut function = endpoint.handler.function.clone();
    function.vis = syn::Visibility::Inherited;
    // What is about the name that the app mounts goes out with it; an `allow` is about both.
    let is_outer = |attribute: &Attribute| {
        let path = attribute.path();
        ["doc", "deprecated", "allow"]
            .iter()
            .any(|name| path.is_ident(name))
    };
    let attributes = std::mem::take(&mut function.attrs);
    let outer: Vec<_> = attributes
        .iter()
        .filter(|it| is_outer(it))
        .cloned()
        .collect();
    function.attrs = attributes;
    function
        .attrs
        .retain(|attribute| !is_outer(attribute) || attribute.path().is_ident("allow"));
    let tokens = quote! {
        #(#outer)*
        #visibility fn #name(
            __guarded: #private::Guarded<#name, #values>
        ) -> impl ::core::future::Future<Output = #output> {
            #function
            #private::call(#name, __guarded)
        }
    };
    // Built of parts that were parsed before; were it not a function, the parts would say why.
    syn::parse2(tokens).unwrap_or_else(|_| endpoint.handler.function.clone())
}

/// The gathered attributes once more, on items that vanish, so that the compiler resolves them.
pub(crate) fn gathered(paths: &[syn::Path]) -> TokenStream {
    let mark = Ident::new(GATHERED, Span::call_site());
    quote!(#(#[#paths(#mark)] const _: () = ();)*)
}
