//! A handler's policy, as const data.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::{ext::IdentExt as _, spanned::Spanned as _};

use super::probe;
use crate::{
    attribute::{
        Word,
        protected::{Protected, Via},
        rate_limit::{Key, RateLimit, path_text},
    },
    endpoint::{Access, Endpoint},
    handler::{Argument, Mark},
};

/// The policy that the attributes write.
pub(super) fn policy(endpoint: &Endpoint) -> TokenStream {
    let private = endpoint.runtime.private();
    let name = endpoint.handler.name().unraw().to_string();
    let access = match &endpoint.access {
        Access::Public(public) => {
            let unlimited = public
                .unlimited
                .as_ref()
                .map(|(because, _)| quote!(.with_unlimited(#because)));
            let any_host = public
                .any_host
                .as_ref()
                .map(|because| quote!(.with_any_host(#because)));
            quote! {
                #private::RoutePolicy::public(#name, ::core::module_path!()) #unlimited #any_host
            }
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
    let csrf_off = endpoint.access.csrf_off();
    let csrf_off = csrf_off.map(|(because, _)| quote!(.with_csrf_off(#because)));
    let max = endpoint.validated.as_ref().and_then(|it| it.max);
    let max = max.map(|(bytes, _)| quote!(.with_body_limit(#bytes)));
    let mut routes = endpoint.routing.routes().iter();
    let wrapped = routes
        .any(|route| !route.wraps.is_empty())
        .then(|| quote!(.with_wrapper()));
    quote!({
        #[allow(unused_imports)]
        use #private::Unknown as _;
        #access
            .with_endpoints(&[#(#endpoints),*])
            .with_limits(&[#(#limits),*])
            .with_parameters(&[#(#parameters),*])
            #max
            #csrf_off
            #wrapped
    })
}

pub(super) fn demands(protected: &Protected, private: &TokenStream) -> TokenStream {
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
    let policy = protected.policy.as_ref().map(|policy| {
        let (name, probe) = (path_text(policy), policy_probe(policy, private));
        quote!(.with_policy({
            #[allow(unused_imports)]
            use #private::NoPolicy as _;
            #private::PolicyCheck::new(#name, #probe::ASK)
        }))
    });
    let via = protected.unusual_via().map(|via| {
        let via = via.iter().map(|via| match via {
            Via::Bearer => quote!(#private::Via::Bearer),
            Via::ApiKey => quote!(#private::Via::ApiKey),
            Via::Session => quote!(#private::Via::Session),
        });
        quote!(.with_via(&[#(#via),*]))
    });
    quote!(#private::Demands::SIGNED_IN #roles #scopes #owner #or_roles #policy #via)
}

/// What the runtime knows of the type of a rule.
pub(super) fn policy_probe(policy: &syn::Path, private: &TokenStream) -> TokenStream {
    quote_spanned!(policy.span()=> #private::PolicyProbe::<#policy>)
}

/// Words of a vocabulary, where there are any.
pub(crate) fn word_set(
    words: &[Word],
    vocabulary: &TokenStream,
    private: &TokenStream,
) -> Option<TokenStream> {
    let words: Vec<_> = words.iter().map(|word| &word.text).collect();
    (!words.is_empty()).then(|| quote!(#private::WordSet::new(#vocabulary, &[#(#words),*])))
}

pub(super) fn role_words(protected: &Protected, private: &TokenStream) -> TokenStream {
    let first = protected.roles.first().or(protected.or_roles.first());
    role_vocabulary(protected.role_type.as_ref(), first, protected.span, private)
}

pub(super) fn scope_words(protected: &Protected, private: &TokenStream) -> TokenStream {
    let (named, first) = (protected.scope_type.as_ref(), protected.scopes.first());
    scope_vocabulary(named, first, protected.span, private)
}

/// The roles of the enum that is named, or of the `Role` that the first word sees.
pub(crate) fn role_vocabulary(
    named: Option<&syn::Path>,
    first: Option<&Word>,
    span: Span,
    private: &TokenStream,
) -> TokenStream {
    let path = vocabulary(named, "Role", first, span);
    quote_spanned!(path.span()=> <#path as #private::RoleWord>::VOCABULARY)
}

/// The scopes of the enum that is named, or of the `Scope` that the first word sees.
pub(crate) fn scope_vocabulary(
    named: Option<&syn::Path>,
    first: Option<&Word>,
    span: Span,
    private: &TokenStream,
) -> TokenStream {
    let path = vocabulary(named, "Scope", first, span);
    quote_spanned!(path.span()=> <#path as #private::ScopeWord>::VOCABULARY)
}

fn vocabulary(
    named: Option<&syn::Path>,
    default: &str,
    first: Option<&Word>,
    span: Span,
) -> syn::Path {
    match named {
        Some(path) => path.clone(),
        None => Ident::new(default, first.map_or(span, |word| word.span)).into(),
    }
}

/// A limit as const data.
pub(crate) fn rate_limit(limit: &RateLimit, private: &TokenStream) -> TokenStream {
    let quotas = limit.quotas.iter().map(|quota| {
        let (amount, period) = (quota.amount().get(), quota.period_seconds().get());
        quote!(#private::quota(#amount, #period))
    });
    let keys = quote!(#private::LimitKey);
    let key = match &limit.key {
        Key::Ip => quote!(#keys::Ip),
        Key::User(_) => quote!(#keys::User),
        Key::ApiKeys(_) => quote!(#keys::ApiKey),
        Key::Global => quote!(#keys::Global),
        Key::Header(name) => quote!(#keys::Header(#name)),
        Key::Function(path) => {
            let text = path_text(path);
            quote!(#keys::Function(#text, #path))
        }
        Key::Extractor(path) => {
            let text = path_text(path);
            // What is missing is missing there.
            let macros = at(private, path.span());
            quote_spanned!(path.span()=> #macros::extractor!(#text, #path))
        }
    };
    let burst = limit.burst.map(|burst| quote!(.with_burst(#burst)));
    let cost = limit.cost.map(|cost| quote!(.with_cost(#cost)));
    let count = limit.failures_only.then(|| quote!(.counting_failures()));
    quote! {
        #private::RateLimit::new(const { &[#(#quotas),*] }, #key) #burst #cost #count
    }
}

/// The same tokens, as if they were written there.
fn at(tokens: &TokenStream, span: Span) -> TokenStream {
    let there = |mut token: TokenTree| {
        token.set_span(token.span().located_at(span));
        token
    };
    tokens.clone().into_iter().map(there).collect()
}

fn parameter(argument: &Argument, private: &TokenStream) -> TokenStream {
    match &argument.mark {
        Mark::None => {
            let probe = probe(&argument.ty, private);
            quote!(#probe::PARAMETER)
        }
        Mark::Trusted => quote!(#private::Parameter::trusted()),
        Mark::Unvalidated(because) => quote!(#private::Parameter::unvalidated(#because)),
    }
}
