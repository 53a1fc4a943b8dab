//! `csp!("…")`, `permissions_policy!("…")`, `hsts!("…")`, `cookie!("…")`: the value of a header, in a
//! literal.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use secure_grammar::{
    ContentSecurityPolicy, CookiePolicy, CspSwitch, GrammarError, PermissionsPolicy,
    StrictTransportSecurity,
};
use syn::{
    LitStr, Token,
    parse::{ParseStream, Parser as _},
};

use crate::{
    attribute::Arguments,
    diagnostics::{Diagnostic, Diagnostics},
    fragment,
    runtime_path::RuntimePath,
};

/// A macro that takes one text.
#[derive(Debug, Clone, Copy)]
struct Macro {
    name: &'static str,
    example: &'static str,
}

const CSP: Macro = Macro {
    name: "csp!",
    example: "`csp!(\"default-src 'none'; img-src 'self'\")`",
};
const PERMISSIONS_POLICY: Macro = Macro {
    name: "permissions_policy!",
    example: "`permissions_policy!(\"camera=(), geolocation=(self)\")`",
};
const COOKIE: Macro = Macro {
    name: "cookie!",
    example: "`cookie!(\"__Host-theme; Secure; SameSite=Lax\")`",
};
const HSTS: Macro = Macro {
    name: "hsts!",
    example: "`hsts!(\"max-age=63072000; includeSubDomains\")`",
};

/// `Csp`, or `PageCsp` where a nonce is due.
pub(crate) fn csp(tokens: TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let mut runtime = None;
    // So that what stands beside the errors is of the type that was meant.
    let mut is_page = false;
    let value = CSP
        .split(tokens, &mut diagnostics)
        .and_then(|(literal, rest)| {
            is_page = literal.value().contains(ContentSecurityPolicy::NONCE);
            let mut arguments = Arguments::parse(CSP.name, rest, CSP.example, &mut diagnostics);
            let mut given = Vec::new();
            for switch in CspSwitch::ALL {
                let Some(argument) = arguments.take(switch.name()) else {
                    continue;
                };
                // A switch whose reason is missing is said already, and still allows.
                let reason = diagnostics.ok(argument.reason()).unwrap_or_default();
                given.push((switch, argument.key.span(), reason));
            }
            runtime = arguments.runtime.take();
            let keys: Vec<_> = CspSwitch::ALL.into_iter().map(CspSwitch::name).collect();
            arguments.finish(&keys, &[], &mut diagnostics);
            let switches: Vec<_> = given.iter().map(|(switch, ..)| *switch).collect();
            let policy = ContentSecurityPolicy::parse_with(&literal.value(), &switches);
            let policy = grammar(&literal, policy, &mut diagnostics)?;
            for (switch, span, _) in &given {
                if !policy.used().contains(switch) {
                    diagnostics.add(idle(*switch, *span));
                }
            }
            Some((policy, given))
        });
    let private = RuntimePath::new(runtime.as_ref()).private();
    let stand_in = match is_page {
        true => quote!(#private::page_csp("", &[])),
        false => quote!(#private::csp("", &[])),
    };
    finish(diagnostics, &stand_in, || {
        let (policy, given) = value?;
        let text = policy.to_string();
        let names = given.iter().map(|(switch, ..)| switch.name());
        let reasons = given.iter().map(|(.., reason)| reason);
        let weak = quote!(&[#((#names, #reasons)),*]);
        Some(match policy.has_nonce() {
            true => quote!(#private::page_csp(#text, #weak)),
            false => quote!(#private::csp(#text, #weak)),
        })
    })
}

/// `PermissionsPolicy`
pub(crate) fn permissions_policy(tokens: TokenStream) -> TokenStream {
    PERMISSIONS_POLICY.plain(
        tokens,
        &quote!(permissions_policy),
        PermissionsPolicy::parse,
    )
}

/// `Hsts`
pub(crate) fn hsts(tokens: TokenStream) -> TokenStream {
    HSTS.plain(tokens, &quote!(hsts), StrictTransportSecurity::parse)
}

/// `CookiePolicy`
pub(crate) fn cookie(tokens: TokenStream) -> TokenStream {
    let parse = |literal: &LitStr| CookiePolicy::parse(&literal.value());
    let stand_in = |private: &TokenStream| quote!(#private::cookie_stand_in());
    COOKIE.single(tokens, parse, &stand_in, |private, policy| {
        let option = |value: Option<TokenStream>| match value {
            Some(value) => quote!(::core::option::Option::Some(#value)),
            None => quote!(::core::option::Option::None),
        };
        let (name, path) = (policy.name(), policy.path());
        let domain = option(policy.domain().map(|domain| quote!(#domain)));
        let max_age = option(policy.max_age().map(|seconds| quote!(#seconds)));
        let (secure, http_only) = (policy.is_secure(), policy.is_http_only());
        let same_site = syn::Ident::new(policy.same_site().as_str(), Span::call_site());
        quote!(#private::cookie(
            (#name, #path, #domain, #max_age),
            (#secure, #http_only, #private::SameSite::#same_site),
        ))
    })
}

impl Macro {
    /// Expands a macro that takes a text and nothing else, to a call with the canonical text.
    fn plain<T: ToString>(
        self,
        tokens: TokenStream,
        function: &TokenStream,
        parse: fn(&str) -> Result<T, GrammarError>,
    ) -> TokenStream {
        let parse = |literal: &LitStr| parse(&literal.value());
        let stand_in = |private: &TokenStream| quote!(#private::#function(""));
        self.single(tokens, parse, &stand_in, |private, policy| {
            let text = policy.to_string();
            quote!(#private::#function(#text))
        })
    }

    /// Expands a macro that takes a text and nothing else.
    fn single<T>(
        self,
        tokens: TokenStream,
        parse: impl FnOnce(&LitStr) -> Result<T, GrammarError>,
        stand_in: &dyn Fn(&TokenStream) -> TokenStream,
        value: impl FnOnce(&TokenStream, &T) -> TokenStream,
    ) -> TokenStream {
        let mut diagnostics = Diagnostics::default();
        let mut runtime = None;
        let policy = self
            .split(tokens, &mut diagnostics)
            .and_then(|(literal, rest)| {
                let mut arguments =
                    Arguments::parse(self.name, rest, self.example, &mut diagnostics);
                runtime = arguments.runtime.take();
                arguments.finish(&["crate"], &[], &mut diagnostics);
                grammar(&literal, parse(&literal), &mut diagnostics)
            });
        let private = RuntimePath::new(runtime.as_ref()).private();
        finish(diagnostics, &stand_in(&private), || {
            Some(value(&private, &policy?))
        })
    }

    /// The literal, and what follows its comma.
    fn split(
        self,
        tokens: TokenStream,
        diagnostics: &mut Diagnostics,
    ) -> Option<(LitStr, TokenStream)> {
        let missing = |span: Span| {
            let what = format!("`{}` starts with the policy, a string", self.name);
            syn::Error::from(Diagnostic::new(span, what).help(self.example))
        };
        let parser = |input: ParseStream<'_>| {
            let literal: LitStr = input.parse().map_err(|error| missing(error.span()))?;
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
            Ok((literal, input.parse()?))
        };
        diagnostics.ok(parser.parse2(fragment::arguments(tokens)))
    }
}

fn grammar<T>(
    literal: &LitStr,
    parsed: Result<T, GrammarError>,
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    diagnostics.ok(parsed.map_err(|error| Diagnostic::grammar(literal.span(), &error)))
}

/// The refusal of a switch that the policy does not need.
fn idle(switch: CspSwitch, span: Span) -> Diagnostic {
    let what = format!(
        "`{}` allows what the policy does not ask for",
        switch.name()
    );
    Diagnostic::new(span, what).help("remove it")
}

/// The value, or the errors with a value beside them whose type is right.
fn finish(
    diagnostics: Diagnostics,
    stand_in: &TokenStream,
    value: impl FnOnce() -> Option<TokenStream>,
) -> TokenStream {
    match diagnostics.into_tokens() {
        Some(errors) => quote!({ #errors #stand_in }),
        None => value().unwrap_or_default(),
    }
}
