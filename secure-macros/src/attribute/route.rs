//! The route attributes: `#[get("/notes/{id}")]` and its siblings, ours and actix-web's alike.

use proc_macro2::{Span, TokenStream};
use secure_grammar::{PathPattern, changes_state};
use syn::{
    Expr, ExprLit, Lit, LitStr, MetaNameValue, Token,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
    spanned::Spanned as _,
};

use crate::{
    diagnostics::{Diagnostic, Diagnostics},
    fragment,
};

const METHODS: [&str; 10] = [
    "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT", "QUERY",
];

/// One path with its methods.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) path: LitStr,
    pub(crate) pattern: PathPattern,
    pub(crate) methods: Vec<String>,
    pub(crate) name: Option<LitStr>,
    pub(crate) guards: Vec<syn::Path>,
    pub(crate) wraps: Vec<Expr>,
}

impl Route {
    /// `None` where something is wrong. `attribute` is `get`, `post`, … or `route`.
    pub(crate) fn parse(
        attribute: &'static str,
        span: Span,
        tokens: TokenStream,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let example = format!("`#[{attribute}(\"/notes/{{id}}\")]`");
        if tokens.is_empty() {
            diagnostics.add(
                Diagnostic::new(span, format_args!("`#[{attribute}]` needs its path"))
                    .help(example),
            );
            return None;
        }
        let raw: Raw = match syn::parse2(fragment::arguments(tokens)) {
            Ok(raw) => raw,
            Err(error) => {
                diagnostics.add(
                    Diagnostic::new(
                        error.span(),
                        format_args!(
                            "`#[{attribute}]` takes a path and then `key = \"…\"` arguments: {error}"
                        ),
                    )
                    .help(example),
                );
                return None;
            }
        };
        let pattern = match PathPattern::parse(&raw.path.value()) {
            Ok(pattern) => Some(pattern),
            Err(error) => {
                diagnostics.add(Diagnostic::grammar(raw.path.span(), &error));
                None
            }
        };
        let mut route = Self {
            path: raw.path,
            pattern: pattern?,
            methods: Vec::new(),
            name: None,
            guards: Vec::new(),
            wraps: Vec::new(),
        };
        if attribute != "route" {
            route.methods.push(attribute.to_ascii_uppercase());
        }
        let before = diagnostics.count();
        for option in raw.options {
            diagnostics.ok(route.option(attribute, option));
        }
        if route.methods.is_empty() && diagnostics.count() > before {
            return None;
        }
        if route.methods.is_empty() {
            diagnostics.add(
                Diagnostic::new(route.path.span(), "`#[route]` names no method")
                    .help("`#[route(\"/notes\", method = \"GET\", method = \"POST\")]`"),
            );
            return None;
        }
        Some(route)
    }

    fn option(&mut self, attribute: &str, option: MetaNameValue) -> Result<(), syn::Error> {
        let Some(key) = option.path.get_ident().map(ToString::to_string) else {
            return Err(Diagnostic::new(option.path.span(), "an option's key is one word").into());
        };
        let Expr::Lit(ExprLit {
            lit: Lit::Str(literal),
            ..
        }) = &option.value
        else {
            return Err(Diagnostic::new(
                option.value.span(),
                format_args!("`{key}` takes a string"),
            )
            .help(format_args!("`{key} = \"…\"`"))
            .into());
        };
        match key.as_str() {
            "name" if self.name.is_none() => self.name = Some(literal.clone()),
            "name" => {
                return Err(Diagnostic::new(option.path.span(), "`name` is given twice")
                    .help("keep one")
                    .into());
            }
            "guard" => self.guards.push(literal.parse().map_err(|_| {
                Diagnostic::new(
                    literal.span(),
                    "`guard` takes the path of a function, in a string",
                )
                .help("`guard = \"path::to::it\"`")
            })?),
            "wrap" => self.wraps.push(literal.parse().map_err(|_| {
                Diagnostic::new(literal.span(), "`wrap` takes an expression, in a string")
                    .help("`wrap = \"Middleware::new()\"`")
            })?),
            "method" if attribute == "route" => self.method(literal)?,
            "method" => {
                return Err(Diagnostic::new(
                    option.path.span(),
                    format_args!("`#[{attribute}]` has its method in its name"),
                )
                .help("several methods stand in `#[route(\"/path\", method = \"GET\", method = \"POST\")]`")
                .into());
            }
            other => {
                return Err(Diagnostic::new(
                    option.path.span(),
                    format_args!("unknown key `{other}` in `#[{attribute}]`"),
                )
                .choices(
                    other,
                    "keys",
                    match attribute {
                        "route" => &["name", "guard", "wrap", "method"],
                        _ => &["name", "guard", "wrap"],
                    },
                )
                .into());
            }
        }
        Ok(())
    }

    /// A standard method, or one of the app's own in upper case.
    fn method(&mut self, literal: &LitStr) -> Result<(), Diagnostic> {
        let method = literal.value();
        if method.is_empty() || !method.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(Diagnostic::new(
                literal.span(),
                format_args!("`{method}` is no method in upper case"),
            )
            .choices(&method.to_ascii_uppercase(), "standard methods", &METHODS));
        }
        if self.methods.contains(&method) {
            return Err(Diagnostic::new(
                literal.span(),
                format_args!("the method `{method}` is given twice"),
            )
            .help("keep one"));
        }
        self.methods.push(method);
        Ok(())
    }

    /// Whether one of the methods changes state.
    pub(crate) fn changes_state(&self) -> bool {
        self.methods.iter().any(|method| changes_state(method))
    }
}

struct Raw {
    path: LitStr,
    options: Punctuated<MetaNameValue, Token![,]>,
}

impl Parse for Raw {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let path = input.parse()?;
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
        Ok(Self {
            path,
            options: Punctuated::parse_terminated(input)?,
        })
    }
}
