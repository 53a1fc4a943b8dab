//! An endpoint turned into tokens. It cannot fail.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Attribute, ItemFn, ext::IdentExt as _, spanned::Spanned as _};

use crate::{
    attribute::{
        Word,
        protected::Protected,
        rate_limit::{Key, RateLimit, path_text},
        route::Route,
    },
    diagnostics::shown,
    endpoint::{Access, Endpoint, GATHERED, Routing},
    handler::{Argument, Mark},
    runtime_path::RuntimePath,
};

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
                let _ = (&__request, &__payload);
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
            let probe = probe(argument, private);
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
fn probe(argument: &Argument, private: &TokenStream) -> TokenStream {
    let ty = &argument.ty;
    match argument.mark {
        Mark::None => quote!(#private::Probe::<#ty>),
        Mark::Trusted => quote!(#private::Probe::<#private::Trusted<#ty>>),
        Mark::Unvalidated(_) => quote!(#private::Probe::<#private::Unvalidated<#ty>>),
    }
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

fn policy(endpoint: &Endpoint) -> TokenStream {
    let private = endpoint.runtime.private();
    let name = endpoint.handler.name().unraw().to_string();
    let access = match &endpoint.access {
        Access::Public(public) => {
            let unlimited = public
                .unlimited
                .as_ref()
                .map(|(because, _)| quote!(.with_unlimited(#because)));
            quote!(#private::RoutePolicy::public(#name, ::core::module_path!()) #unlimited)
        }
        Access::Protected(protected) => {
            let demands = demands(protected, &private);
            quote!(#private::RoutePolicy::protected(#name, ::core::module_path!(), #demands))
        }
    };
    let endpoints = endpoint.routing.routes().iter().flat_map(|route| {
        let (path, private) = (route.path.value(), &private);
        route
            .methods
            .iter()
            .map(move |method| quote!(#private::Endpoint::new(#method, #path)))
    });
    let limits = endpoint
        .limits
        .iter()
        .map(|limit| rate_limit(limit, &private));
    let parameters = endpoint
        .handler
        .arguments
        .iter()
        .map(|argument| parameter(argument, &private));
    let mut routes = endpoint.routing.routes().iter();
    let wrapped = routes
        .any(|route| !route.wraps.is_empty())
        .then(|| quote!(.with_wrapper()));
    quote! {
        #access
            .with_endpoints(&[#(#endpoints),*])
            .with_limits(&[#(#limits),*])
            .with_parameters(&[#(#parameters),*])
            #wrapped
    }
}

fn demands(protected: &Protected, private: &TokenStream) -> TokenStream {
    let roles = word_set(&protected.roles, &role_words(protected, private), private);
    let or_roles = word_set(
        &protected.or_roles,
        &role_words(protected, private),
        private,
    );
    let scopes = word_set(&protected.scopes, &scope_words(protected, private), private);
    let roles = roles.map(|set| quote!(.with_roles(#set)));
    let or_roles = or_roles.map(|set| quote!(.with_or_roles(#set)));
    let scopes = scopes.map(|set| quote!(.with_scopes(#set)));
    let owner = protected.owner.as_ref().map(|owner| {
        let parameter = &owner.text;
        quote!(.with_owner(#parameter))
    });
    quote!(#private::Demands::SIGNED_IN #roles #scopes #owner #or_roles)
}

fn word_set(
    words: &[Word],
    vocabulary: &TokenStream,
    private: &TokenStream,
) -> Option<TokenStream> {
    let words: Vec<_> = words.iter().map(|word| &word.text).collect();
    (!words.is_empty()).then(|| quote!(#private::WordSet::new(#vocabulary, &[#(#words),*])))
}

fn role_words(protected: &Protected, private: &TokenStream) -> TokenStream {
    match &protected.role_type {
        Some(path) => quote_spanned!(path.span()=> <#path as #private::RoleWord>::VOCABULARY),
        None => {
            let first = protected.roles.first().or(protected.or_roles.first());
            let name = Ident::new("Role", first.map_or(protected.span, |word| word.span));
            quote_spanned!(name.span()=> <#name as #private::RoleWord>::VOCABULARY)
        }
    }
}

fn scope_words(protected: &Protected, private: &TokenStream) -> TokenStream {
    match &protected.scope_type {
        Some(path) => quote_spanned!(path.span()=> <#path as #private::ScopeWord>::VOCABULARY),
        None => {
            let first = protected.scopes.first();
            let name = Ident::new("Scope", first.map_or(protected.span, |word| word.span));
            quote_spanned!(name.span()=> <#name as #private::ScopeWord>::VOCABULARY)
        }
    }
}

fn rate_limit(limit: &RateLimit, private: &TokenStream) -> TokenStream {
    let quotas = limit.quotas.iter().map(|quota| {
        let (amount, period) = (quota.amount().get(), quota.period_seconds().get());
        quote!(#private::quota(#amount, #period))
    });
    let key = match &limit.key {
        Key::Ip => quote!(Ip),
        Key::User(_) => quote!(User),
        Key::Global => quote!(Global),
        Key::Header(name) => quote!(Header(#name)),
        Key::Function(path) => {
            let text = path_text(path);
            quote!(Function(#text, #path))
        }
    };
    let burst = limit.burst.map(|burst| quote!(.with_burst(#burst)));
    let cost = limit.cost.map(|cost| quote!(.with_cost(#cost)));
    let count = limit.failures_only.then(|| quote!(.counting_failures()));
    quote! {
        #private::RateLimit::new(&[#(#quotas),*], #private::LimitKey::#key) #burst #cost #count
    }
}

fn parameter(argument: &Argument, private: &TokenStream) -> TokenStream {
    match &argument.mark {
        Mark::None => {
            let probe = probe(argument, private);
            quote!({
                #[allow(unused_imports)]
                use #private::Unknown as _;
                #private::Parameter::new(#probe::INPUT, #probe::CALLER)
            })
        }
        Mark::Trusted => quote!(#private::Parameter::trusted()),
        Mark::Unvalidated(because) => quote!(#private::Parameter::unvalidated(#because)),
    }
}

/// Checks that need the user's types: `const` assertions, each on the token that it is about.
fn checks(endpoint: &Endpoint) -> TokenStream {
    let private = endpoint.runtime.private();
    let mut checks = TokenStream::new();
    if let Access::Protected(protected) = &endpoint.access {
        let roles = role_words(protected, &private);
        for word in protected.roles.iter().chain(&protected.or_roles) {
            checks.extend(known_word(word, &roles, &private));
        }
        let scopes = scope_words(protected, &private);
        for word in &protected.scopes {
            checks.extend(known_word(word, &scopes, &private));
        }
    }
    for argument in &endpoint.handler.arguments {
        checks.extend(match argument.mark {
            Mark::None => argument_check(argument, endpoint, &private),
            Mark::Trusted => trusted_check(argument, &private),
            Mark::Unvalidated(_) => unvalidated_check(argument, &private),
        });
    }
    if let Some(validated) = &endpoint.validated {
        let name = endpoint.handler.name();
        // An argument that is none has its own error, and may be the input that is missing here.
        let unknown = endpoint
            .handler
            .arguments
            .iter()
            .filter(|argument| matches!(argument.mark, Mark::None))
            .map(|argument| {
                let probe = probe(argument, &private);
                quote!(|| !#probe::KNOWN)
            });
        checks.extend(assertion(
            validated.span,
            &quote!({
                #[allow(unused_imports)]
                use #private::Unknown as _;
                <#name as #private::Policy>::POLICY.validates() #(#unknown)*
            }),
            "`#[validated]` has no input to validate\n  help: remove it",
        ));
    }
    checks
}

fn known_word(word: &Word, vocabulary: &TokenStream, private: &TokenStream) -> TokenStream {
    let text = &word.text;
    quote_spanned! {word.span=>
        const _: () = if !#vocabulary.knows(#text) {
            const MESSAGE: #private::ConstText = #private::unknown_word(#vocabulary, #text);
            ::core::panic!("{}", MESSAGE.as_str());
        };
    }
}

fn argument_check(argument: &Argument, endpoint: &Endpoint, private: &TokenStream) -> TokenStream {
    let probe = probe(argument, private);
    let mut checks = vec![(quote!(#probe::KNOWN), unknown_argument(argument))];
    if endpoint.validated.is_none() {
        checks.push((
            quote!(#probe::INPUT.is_none()),
            "this input is not validated\n  \
             help: add `#[validated]` to the handler\n  \
             help: or say why it is safe as it is: `#[unvalidated = \"because …\"]` before the argument"
                .to_owned(),
        ));
    }
    checks.push(match endpoint.access {
        Access::Public(_) => (
            quote!(!::core::matches!(#probe::CALLER, #private::Caller::Required)),
            "a public route may have no caller\n  \
             help: take `Option<CurrentUser>`, or make the route `#[protected]`"
                .to_owned(),
        ),
        Access::Protected(_) => (
            quote!(!::core::matches!(#probe::CALLER, #private::Caller::Optional)),
            "a protected route always has a caller\n  help: take `CurrentUser`".to_owned(),
        ),
    });
    assertions(argument, &checks, private)
}

/// `#[trusted]` is for extractors that we do not know: what we know says itself what it carries.
fn trusted_check(argument: &Argument, private: &TokenStream) -> TokenStream {
    let (ty, shown) = (&argument.ty, shown(&argument.ty));
    let probe = quote!(#private::Probe::<#ty>);
    let checks = [
        (
            quote!(!#private::InputProbe::<#ty>::CARRIES),
            format!(
                "the input `{shown}` cannot be trusted: its content is what a caller chose\n  \
                 help: remove `#[trusted]`, and add `#[validated]` to the handler\n  \
                 help: {OR_UNVALIDATED}"
            ),
        ),
        (quote!(!#probe::KNOWN), needless_mark("trusted", &shown)),
    ];
    assertions(argument, &checks, private)
}

/// What carries no input needs no reason why it is not validated.
fn unvalidated_check(argument: &Argument, private: &TokenStream) -> TokenStream {
    let (ty, shown) = (&argument.ty, shown(&argument.ty));
    let probe = quote!(#private::Probe::<#ty>);
    let needless = (
        quote!(!#probe::KNOWN || #probe::INPUT.is_some()),
        needless_mark("unvalidated", &shown),
    );
    assertions(argument, &[needless], private)
}

fn needless_mark(mark: &str, shown: &str) -> String {
    format!("`#[{mark}]` does nothing here: a `{shown}` carries no input\n  help: remove it")
}

/// Assertions about an argument's type, at that type.
fn assertions(
    argument: &Argument,
    checks: &[(TokenStream, String)],
    private: &TokenStream,
) -> TokenStream {
    let span = argument.ty.span();
    let checks = checks.iter().map(
        |(holds, message)| quote_spanned!(span=> if !(#holds) { ::core::panic!("{}", #message) }),
    );
    quote_spanned! {span=>
        #[allow(clippy::nonminimal_bool)]
        const _: () = {
            #[allow(unused_imports)]
            use #private::{NoKnownInput as _, Unknown as _};
            #(#checks)*
        };
    }
}

const OR_UNVALIDATED: &str =
    "or say why it is safe as it is: `#[unvalidated = \"because …\"]` before the argument";

/// What stands in the angle brackets of `Json<…>` and its siblings.
fn known_input(shown: &str) -> Option<&str> {
    ["Json", "Form", "Query", "Path"]
        .into_iter()
        .find_map(|input| {
            let (before, rest) = shown.split_once('<')?;
            let is_input = before.rsplit("::").next() == Some(input);
            is_input.then(|| rest.strip_suffix('>')).flatten()
        })
}

/// The message for an argument that is none. The type's name decides only how it is worded.
fn unknown_argument(argument: &Argument) -> String {
    let shown = shown(&argument.ty);
    let unvalidated = OR_UNVALIDATED;
    match known_input(&shown) {
        Some("String") => format!(
            "the input `{shown}` cannot be validated\n  \
             help: read it into a struct with `#[validated]`, and bound the field: `#[validate(length(max = 200))]`\n  \
             help: {unvalidated}"
        ),
        Some(inner) => format!(
            "the input `{shown}` cannot be validated\n  \
             help: put `#[validated]` on `{inner}`, and a bound on each text and collection in it\n  \
             help: {unvalidated}"
        ),
        None => format!(
            "`{shown}` can be neither validated nor recognised as carrying no input\n  \
             help: if it carries nothing that a caller chose: `#[trusted = \"because …\"]` before the argument\n  \
             help: {unvalidated}"
        ),
    }
}

fn assertion(span: Span, holds: &TokenStream, message: &str) -> TokenStream {
    quote_spanned! {span=>
        const _: () = if !(#holds) {
            ::core::panic!("{}", #message);
        };
    }
}

/// The gathered attributes once more, on items that vanish, so that the compiler resolves them.
pub(crate) fn gathered(paths: &[syn::Path]) -> TokenStream {
    let mark = Ident::new(GATHERED, Span::call_site());
    quote!(#(#[#paths(#mark)] const _: () = ();)*)
}
