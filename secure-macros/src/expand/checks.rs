//! Checks that need the user's types: `const` assertions beside the handler.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::{
    policy::{policy_probe, role_words, scope_words},
    probe,
    unknown_argument::{OR_UNVALIDATED, inside, unknown_argument},
};
use crate::{
    attribute::{Word, protected::Protected, rate_limit::path_text},
    diagnostics::shown,
    endpoint::{Access, Endpoint},
    handler::{Argument, Mark},
};

/// Checks that need the user's types: `const` assertions, each on the token that it is about.
pub(super) fn checks(endpoint: &Endpoint) -> TokenStream {
    let private = endpoint.runtime.private();
    let mut checks = TokenStream::new();
    if let Access::Protected(protected) = &endpoint.access {
        checks.extend(known_words(protected, &private));
        checks.extend(known_policy(protected, &private));
    }
    for argument in &endpoint.handler.arguments {
        checks.extend(match argument.mark {
            Mark::None => {
                let fits = argument_check(argument, endpoint, &private);
                let is_found = resource_check(argument, endpoint, &private);
                quote!(#fits #is_found)
            }
            Mark::Trusted => trusted_check(argument, &private),
            Mark::Unvalidated(_) => unvalidated_check(argument, &private),
        });
    }
    if let Some(validated) = &endpoint.validated {
        let (span, holds, message) = match validated.max {
            // It bounds what is not validated, too.
            Some((_, span)) => (
                span,
                quote!(may_read_body()),
                "`max` bounds a body, and this handler reads none\n  help: remove it",
            ),
            None => (
                validated.span,
                quote!(validates()),
                "`#[validated]` has no input to validate\n  help: remove it",
            ),
        };
        checks.extend(policy_check(span, &holds, message, endpoint));
        let message = "two arguments read the body, and the first leaves nothing to the second\n  \
             help: for one or the other: `Either<Json<…>, Form<…>>`";
        checks.extend(policy_check(
            endpoint.handler.name().span(),
            &quote!(reads_body_once()),
            message,
            endpoint,
        ));
    }
    if let Some((_, span)) = endpoint.access.csrf_off() {
        let message = match endpoint.access {
            Access::Public(_) => {
                "`csrf_off` does nothing on a public route that begins no session and asks for no caller\n  \
                 help: remove it"
            }
            Access::Protected(_) => {
                "`csrf_off` does nothing on a route that takes no sessions\n  \
                 help: remove it: no browser sends a token or a key by itself"
            }
        };
        checks.extend(policy_check(
            *span,
            &quote!(is_open_to_forgery()),
            message,
            endpoint,
        ));
    }
    if endpoint.access.csrf_off().is_none() {
        let message = "this route begins or ends a session by a safe method, so a link could do so\n  \
             help: `#[post(\"…\")]`, and a page with a form\n  \
             help: or say why that is safe: `csrf_off = \"because …\"`";
        checks.extend(policy_check(
            endpoint.handler.name().span(),
            &quote!(begins_sessions_by_unsafe_methods()),
            message,
            endpoint,
        ));
    }
    checks
}

/// Roles and scopes are words of the app's enums.
pub(super) fn known_words(protected: &Protected, private: &TokenStream) -> TokenStream {
    let mut checks = TokenStream::new();
    let roles = role_words(protected, private);
    for word in protected.roles.iter().chain(&protected.or_roles) {
        checks.extend(known_word(word, &roles, private));
    }
    let scopes = scope_words(protected, private);
    for word in &protected.scopes {
        checks.extend(known_word(word, &scopes, private));
    }
    checks
}

/// The rule of the app's own is one.
pub(super) fn known_policy(protected: &Protected, private: &TokenStream) -> Option<TokenStream> {
    let policy = protected.policy.as_ref()?;
    let probe = policy_probe(policy, private);
    let shown = path_text(policy);
    let message = format!(
        "`{shown}` is no `AccessPolicy`\n  \
         help: `impl AccessPolicy for {shown}`: what it is decided by, and who may"
    );
    Some(assertion(
        policy.span(),
        &quote!({
            #[allow(unused_imports)]
            use #private::NoPolicy as _;
            #probe::KNOWN
        }),
        &message,
    ))
}

/// Something that must hold of the whole policy. An argument that is none has its own error, and may be
/// what is missing here.
fn policy_check(
    span: Span,
    holds: &TokenStream,
    message: &str,
    endpoint: &Endpoint,
) -> TokenStream {
    let private = endpoint.runtime.private();
    let name = endpoint.handler.name();
    let unmarked = endpoint
        .handler
        .arguments
        .iter()
        .filter(|argument| matches!(argument.mark, Mark::None));
    let unknown = unmarked.map(|argument| {
        let probe = probe(&argument.ty, &private);
        quote!(|| !#probe::KNOWN)
    });
    assertion(
        span,
        &quote!({
            #[allow(unused_imports)]
            use #private::Unknown as _;
            <#name as #private::Policy>::POLICY.#holds #(#unknown)*
        }),
        message,
    )
}

/// That a word is one of a vocabulary.
pub(crate) fn known_word(
    word: &Word,
    vocabulary: &TokenStream,
    private: &TokenStream,
) -> TokenStream {
    let text = &word.text;
    quote_spanned! {word.span=>
        const _: () = if !#vocabulary.knows(#text) {
            const MESSAGE: #private::ConstText = #private::unknown_word(#vocabulary, #text);
            ::core::panic!("{}", MESSAGE.as_str());
        };
    }
}

fn argument_check(argument: &Argument, endpoint: &Endpoint, private: &TokenStream) -> TokenStream {
    let probe = probe(&argument.ty, private);
    let mut checks = vec![(
        quote!(#probe::KNOWN),
        unknown_argument(&shown(&argument.ty)),
    )];
    if endpoint.validated.is_none() {
        // A `Checked<…>` is nothing without rules.
        let or_unvalidated = match inside("Checked", &shown(&argument.ty)) {
            Some(_) => String::new(),
            None => format!("\n  help: {OR_UNVALIDATED}"),
        };
        checks.push((
            quote!(#probe::INPUT.is_none()),
            format!(
                "this input is not validated\n  \
                 help: add `#[validated]` to the handler{or_unvalidated}"
            ),
        ));
    }
    checks.push(match endpoint.access {
        Access::Public(_) => (
            quote!(!::core::matches!(#probe::CALLER, #private::Caller::Required { .. })),
            "a public route may have no caller\n  \
             help: take `Option<CurrentUser>`, or make the route `#[protected]`"
                .to_owned(),
        ),
        Access::Protected(_) => (
            quote!(!::core::matches!(#probe::CALLER, #private::Caller::Optional { .. })),
            "a protected route always has a caller\n  help: take `CurrentUser`".to_owned(),
        ),
    });
    assertions(argument, &checks, private)
}

/// What is found by a path parameter has one in every path that the handler names.
fn resource_check(argument: &Argument, endpoint: &Endpoint, private: &TokenStream) -> TokenStream {
    let probe = probe(&argument.ty, private);
    let (span, shown) = (argument.ty.span(), shown(&argument.ty));
    let checks = endpoint.routing.routes().iter().map(|route| {
        let (path, parameters) = (route.path.value(), route.pattern.parameters());
        quote_spanned! {span=>
            if !#private::is_found(#probe::RESOURCE, &[#(#parameters),*]) {
                const MESSAGE: #private::ConstText =
                    #private::not_found(#probe::RESOURCE, #shown, #path);
                ::core::panic!("{}", MESSAGE.as_str());
            }
        }
    });
    quote_spanned! {span=>
        const _: () = {
            #[allow(unused_imports)]
            use #private::Unknown as _;
            #(#checks)*
        };
    }
}

/// `#[trusted]` is for extractors that we do not know: what we know says itself what it carries.
fn trusted_check(argument: &Argument, private: &TokenStream) -> TokenStream {
    let (ty, shown) = (&argument.ty, shown(&argument.ty));
    let probe = probe(ty, private);
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
    let probe = probe(ty, private);
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

fn assertion(span: Span, holds: &TokenStream, message: &str) -> TokenStream {
    quote_spanned! {span=>
        const _: () = if !(#holds) {
            ::core::panic!("{}", #message);
        };
    }
}
