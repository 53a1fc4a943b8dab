//! Checks that need the user's types: `const` assertions beside the handler.

use proc_macro2::{Ident, Span, TokenStream};
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
            Mark::None => argument_check(argument, endpoint, &private),
            Mark::Trusted => trusted_check(argument, &private),
            Mark::Unvalidated(_) => unvalidated_check(argument, &private),
        });
    }
    checks.extend(policy_checks(endpoint, &private));
    checks
}

/// What must hold of the whole policy. An argument that is none has its own error, and may be what is missing here.
fn policy_checks(endpoint: &Endpoint, private: &TokenStream) -> Option<TokenStream> {
    let name = endpoint.handler.name();
    // A handler without arguments reads nothing, and begins no session.
    let has_arguments = !endpoint.handler.arguments.is_empty();
    let mut checks = Vec::new();
    if let Some(validated) = &endpoint.validated {
        checks.push(match validated.max {
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
        });
        if let Some((_, span)) = validated.max {
            let message = "`max` is for a body that is read whole, and each file says its own size\n  \
                 help: `#[upload(max = \"2MiB\", …)]` on the field, and nothing here";
            checks.push((span, quote!(reads_no_files()), message));
        }
        if endpoint.handler.arguments.len() > 1 {
            let message = "two arguments read the body, and the first leaves nothing to the second\n  \
                 help: for one or the other: `Either<Json<…>, Form<…>>`";
            checks.push((name.span(), quote!(reads_body_once()), message));
        }
    }
    match endpoint.access.csrf_off() {
        Some((_, span)) => {
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
            checks.push((*span, quote!(is_open_to_forgery()), message));
        }
        None if has_arguments => {
            let message = "this route begins or ends a session by a safe method, so a link could do so\n  \
                 help: `#[post(\"…\")]`, and a page with a form\n  \
                 help: or say why that is safe: `csrf_off = \"because …\"`";
            checks.push((
                name.span(),
                quote!(begins_sessions_by_unsafe_methods()),
                message,
            ));
        }
        None => {}
    }
    let policy = Ident::new("__policy", Span::call_site());
    let calls = checks.iter().map(|(span, holds, message)| {
        let call = call("hold", *span, &quote!(#policy.#holds, #message), private);
        quote!(#call;)
    });
    (!checks.is_empty()).then(|| {
        quote! {
            const _: () = {
                let #policy = &<#name as #private::Policy>::POLICY;
                if #policy.knows_its_arguments() {
                    #(#calls)*
                }
            };
        }
    })
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
        private,
    ))
}

/// That a word is one of a vocabulary.
pub(crate) fn known_word(
    word: &Word,
    vocabulary: &TokenStream,
    private: &TokenStream,
) -> TokenStream {
    let text = &word.text;
    let call = call(
        "known_word",
        word.span,
        &quote!(#vocabulary, #text),
        private,
    );
    quote_spanned!(word.span=> const _: () = #call;)
}

/// What an argument is, whether it fits the route, and where what it is found by stands.
fn argument_check(argument: &Argument, endpoint: &Endpoint, private: &TokenStream) -> TokenStream {
    let (ty, span, shown) = (&argument.ty, argument.ty.span(), shown(&argument.ty));
    let parameter = quote!(&#private::Probe::<#ty>::PARAMETER);
    let is_public = matches!(endpoint.access, Access::Public(_));
    let unknown = unknown_argument(&shown);
    let mut calls = vec![call(
        "argument",
        span,
        &quote!(#parameter, #private::FilesProbe::<#ty>::HOLDS, #is_public, #shown, #unknown),
        private,
    )];
    if endpoint.validated.is_none() {
        // A `Checked<…>` is nothing without rules.
        let or_unvalidated = match inside("Checked", &shown) {
            Some(_) => String::new(),
            None => format!("\n  help: {OR_UNVALIDATED}"),
        };
        let message = format!(
            "this input is not validated\n  \
             help: add `#[validated]` to the handler{or_unvalidated}"
        );
        let arguments = quote!(#parameter, #message);
        calls.push(call("argument_is_validated", span, &arguments, private));
    }
    for route in endpoint.routing.routes() {
        let (path, parameters) = (route.path.value(), route.pattern.parameters());
        let arguments = quote!(#parameter, #shown, #path, &[#(#parameters),*]);
        calls.push(call("argument_is_found", span, &arguments, private));
    }
    quote_spanned! {span=>
        const _: () = {
            #[allow(unused_imports)]
            use #private::{NoFiles as _, Unknown as _};
            #(#calls;)*
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
        (
            quote!(!#probe::PARAMETER.is_known()),
            needless_mark("trusted", &shown),
        ),
    ];
    assertions(argument, &checks, private)
}

/// What carries no input needs no reason why it is not validated.
fn unvalidated_check(argument: &Argument, private: &TokenStream) -> TokenStream {
    let (ty, shown) = (&argument.ty, shown(&argument.ty));
    let probe = probe(ty, private);
    let needless = (
        quote!(!#probe::PARAMETER.is_known() || #probe::PARAMETER.is_input()),
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
    let calls = checks
        .iter()
        .map(|(holds, message)| call("hold", span, &quote!(#holds, #message), private));
    quote_spanned! {span=>
        #[allow(clippy::nonminimal_bool)]
        const _: () = {
            #[allow(unused_imports)]
            use #private::{NoKnownInput as _, Unknown as _};
            #(#calls;)*
        };
    }
}

fn assertion(span: Span, holds: &TokenStream, message: &str, private: &TokenStream) -> TokenStream {
    let call = call("hold", span, &quote!(#holds, #message), private);
    quote_spanned!(span=> const _: () = #call;)
}

/// A call of something that asserts. Where it stands is where its error is shown, so all of it stands at `span`.
pub(crate) fn call(
    name: &str,
    span: Span,
    arguments: &TokenStream,
    private: &TokenStream,
) -> TokenStream {
    let private = private.clone().into_iter().map(|mut token| {
        // `$crate` means what it means where it was written.
        let means_itself = token.to_string() != "$crate";
        token.set_span(match means_itself {
            true => span,
            false => span.resolved_at(token.span()),
        });
        token
    });
    let private: TokenStream = private.collect();
    let name = Ident::new(name, span);
    quote_spanned!(span=> #private::#name(#arguments))
}
