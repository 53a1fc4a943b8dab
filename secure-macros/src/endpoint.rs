//! All attributes of one handler, gathered and checked against one another.

mod checks;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Attribute, ItemFn, Meta, spanned::Spanned as _};

use crate::{
    attribute::{
        Kind,
        protected::Protected,
        public::Public,
        rate_limit::{Form, RateLimit},
        route::Route,
        validated::Validated,
    },
    diagnostics::{Diagnostic, Diagnostics},
    expand,
    handler::Handler,
    runtime_path::RuntimePath,
};
use checks::check_distinct;

/// What a gathered attribute is emitted with once more, on an item that vanishes: the compiler
/// resolves its name, so that an attribute that was never imported does not work.
pub(crate) const GATHERED: &str = "__secure_gathered";

/// A handler with everything that is said about it.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) handler: Handler,
    pub(crate) access: Access,
    pub(crate) limits: Vec<RateLimit>,
    pub(crate) validated: Option<Validated>,
    pub(crate) routing: Routing,
    pub(crate) runtime: RuntimePath,
    /// The paths of the attributes that were taken off.
    pub(crate) gathered: Vec<syn::Path>,
}

/// Who may call.
#[derive(Debug)]
pub(crate) enum Access {
    Protected(Box<Protected>),
    Public(Public),
}

impl Access {
    /// Why pages of other sites may have a browser call, and where that stands.
    pub(crate) fn csrf_off(&self) -> Option<&(String, Span)> {
        match self {
            Self::Protected(protected) => protected.csrf_off.as_ref(),
            Self::Public(public) => public.csrf_off.as_ref(),
        }
    }
}

/// Where the handler is mounted.
#[derive(Debug)]
pub(crate) enum Routing {
    /// By the route attribute that is being expanded: ours.
    Ours(Vec<Route>),
    /// By a route attribute that stands below and is expanded next: actix-web's or ours.
    Below(Vec<Route>, Vec<Attribute>),
    /// Not by an attribute: a plain function.
    Nowhere,
}

impl Routing {
    pub(crate) fn routes(&self) -> &[Route] {
        match self {
            Self::Ours(routes) | Self::Below(routes, _) => routes,
            Self::Nowhere => &[],
        }
    }

    /// The same routes, and no attribute that is still to be expanded.
    fn without_attributes(self) -> Self {
        match self {
            Self::Below(routes, _) => Self::Ours(routes),
            other => other,
        }
    }
}

/// Expands a handler from the first of its attributes.
pub(crate) fn annotate(kind: Kind, arguments: TokenStream, item: TokenStream) -> TokenStream {
    if arguments.to_string() == GATHERED {
        return TokenStream::new();
    }
    let mut diagnostics = Diagnostics::default();
    let function: ItemFn = match syn::parse2(item.clone()) {
        Ok(function) => function,
        Err(error) => {
            let error = not_a_function(kind, &item, error).to_compile_error();
            return quote!(#error #item);
        }
    };
    if let Some(runtime) = Handler::guarded_by(&function) {
        return already_guarded(kind, arguments, function, &RuntimePath::new(Some(&runtime)));
    }
    let plain = without_ours(function.clone());
    match gather(kind, arguments, function, &mut diagnostics) {
        Some(mut endpoint) => match diagnostics.into_tokens() {
            // The checks are left out, and a route attribute below too: one mistake is one error.
            Some(errors) => {
                endpoint.routing = endpoint.routing.without_attributes();
                let expanded = expand::unchecked_endpoint(&endpoint);
                quote!(#errors #expanded)
            }
            None => expand::endpoint(&endpoint),
        },
        None => {
            let errors = diagnostics.into_tokens();
            quote!(#errors #plain)
        }
    }
}

/// Our route attribute below our others: the guard stands already, so only the route is left to do.
fn already_guarded(
    kind: Kind,
    arguments: TokenStream,
    mut function: ItemFn,
    runtime: &RuntimePath,
) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let (data, kept): (Vec<_>, Vec<_>) = std::mem::take(&mut function.attrs)
        .into_iter()
        .partition(|attribute| matches!(Kind::of(attribute.path()), Some(Kind::Route(_))));
    function.attrs = kept;
    let mut sources = vec![(kind, Span::call_site(), arguments)];
    sources.extend(data.iter().filter_map(source));
    let routes = routes(&sources, &mut diagnostics);
    match diagnostics.into_tokens() {
        Some(errors) => quote!(#errors #function),
        None => {
            let factory = expand::factory(&function, &routes, runtime);
            let paths: Vec<_> = data.iter().map(Attribute::path).cloned().collect();
            let gathered = expand::gathered(&paths);
            quote!(#factory #gathered)
        }
    }
}

fn gather(
    kind: Kind,
    arguments: TokenStream,
    mut function: ItemFn,
    diagnostics: &mut Diagnostics,
) -> Option<Endpoint> {
    // The first is the one being expanded; its path is not known, and resolved already.
    let mut sources = vec![(kind, Span::call_site(), arguments)];
    let mut gathered = Vec::new();
    let mut route_attributes = Vec::new();
    let mut kept = Vec::new();
    for attribute in std::mem::take(&mut function.attrs) {
        match Kind::of(attribute.path()) {
            Some(Kind::Route(_)) => {
                sources.extend(source(&attribute));
                route_attributes.push(attribute);
            }
            Some(_) => {
                sources.extend(source(&attribute));
                gathered.push(attribute.path().clone());
            }
            None => kept.push(attribute),
        }
    }
    function.attrs = kept;
    let is_ours = matches!(kind, Kind::Route(_));
    let routes = routes(&sources, diagnostics);
    let routing = match (is_ours, route_attributes.is_empty()) {
        (true, _) => {
            gathered.extend(route_attributes.iter().map(|route| route.path().clone()));
            Routing::Ours(routes)
        }
        (false, false) => Routing::Below(routes, route_attributes),
        (false, true) => Routing::Nowhere,
    };

    let mut accesses = Vec::new();
    let mut limits = Vec::new();
    let mut broken_limit = false;
    let mut validated: Option<Validated> = None;
    for (kind, span, tokens) in sources {
        match kind {
            Kind::Protected => {
                accesses.push((
                    span,
                    Access::Protected(Box::new(Protected::parse(span, tokens, diagnostics))),
                ));
            }
            Kind::Public => {
                accesses.push((
                    span,
                    Access::Public(Public::parse(span, tokens, diagnostics)),
                ));
            }
            Kind::RateLimit => match RateLimit::parse(Form::ATTRIBUTE, span, tokens, diagnostics) {
                Some(limit) => limits.push(limit),
                None => broken_limit = true,
            },
            Kind::Validated => {
                if validated.is_some() {
                    diagnostics.add(twice(span, "validated"));
                }
                validated = Some(Validated::parse(span, tokens, diagnostics));
            }
            Kind::Route(_) => {}
        }
    }
    let handler = Handler::new(function, kind.name(), diagnostics)?;
    let declared = one_access(accesses, &handler, diagnostics);
    let is_declared = declared.is_some();
    // Something must stand in its place, so that one mistake is one error; it is never compiled.
    let access = declared.unwrap_or(Access::Public(Public {
        span: Span::call_site(),
        unlimited: None,
        any_host: None,
        csrf_off: None,
        is_sound: false,
        runtime: None,
    }));
    let endpoint = Endpoint {
        runtime: RuntimePath::new(runtime(&access, &limits, validated.as_ref())),
        handler,
        access,
        limits,
        validated,
        routing,
        gathered,
    };
    if is_declared {
        endpoint.check(broken_limit, diagnostics);
    }
    Some(endpoint)
}

type Source = (Kind, Span, TokenStream);

/// What an attribute says: its kind, where to point, its arguments.
fn source(attribute: &Attribute) -> Option<Source> {
    let tokens = match &attribute.meta {
        Meta::Path(_) => TokenStream::new(),
        Meta::List(list) => list.tokens.clone(),
        Meta::NameValue(pair) => {
            let value = &pair.value;
            quote!(#value)
        }
    };
    Some((Kind::of(attribute.path())?, attribute.path().span(), tokens))
}

/// The routes that the route attributes name: one attribute, or those under `#[routes]`.
fn routes(sources: &[Source], diagnostics: &mut Diagnostics) -> Vec<Route> {
    let mut named = Vec::new();
    let mut several = None;
    for (kind, span, tokens) in sources {
        match kind {
            Kind::Route("routes") => {
                if several.is_some() {
                    diagnostics.add(twice(*span, "routes"));
                }
                several = Some(*span);
                if !tokens.is_empty() {
                    diagnostics.add(
                        Diagnostic::new(tokens.span(), "`#[routes]` takes no arguments")
                            .help("the paths stand in the attributes below it: `#[get(\"/a\")]`"),
                    );
                }
            }
            Kind::Route(name) => named.push((*name, *span, tokens)),
            _ => {}
        }
    }
    match several {
        Some(span) if named.is_empty() => diagnostics.add(
            Diagnostic::new(span, "`#[routes]` has no route below it")
                .help("`#[routes] #[get(\"/a\")] #[get(\"/b\")]`"),
        ),
        None if named.len() > 1 => diagnostics.add(
            Diagnostic::new(named[1].1, "a second route attribute on one handler")
                .help("put `#[routes]` above both"),
        ),
        _ => {}
    }
    let routes: Vec<_> = named
        .into_iter()
        .filter_map(|(name, span, tokens)| Route::parse(name, span, tokens.clone(), diagnostics))
        .collect();
    check_distinct(&routes, diagnostics);
    routes
}

/// Exactly one of `#[protected]` and `#[public]`.
fn one_access(
    accesses: Vec<(Span, Access)>,
    handler: &Handler,
    diagnostics: &mut Diagnostics,
) -> Option<Access> {
    let name = handler.name();
    let mut accesses = accesses.into_iter();
    let Some((_, first)) = accesses.next() else {
        diagnostics.add(
            Diagnostic::new(name.span(), format_args!("`{name}` does not say who may call it"))
                .help("`#[protected]` for signed-in callers, `#[protected(roles = \"…\")]` for some of them")
                .help("`#[public]` for everyone"),
        );
        return None;
    };
    for (span, other) in accesses {
        diagnostics.add(match (&first, &other) {
            (Access::Protected(_), Access::Protected(_)) => twice(span, "protected"),
            (Access::Public(_), Access::Public(_)) => twice(span, "public"),
            _ => Diagnostic::new(span, "a handler is `#[protected]` or `#[public]`, not both")
                .help("keep one of them"),
        });
    }
    Some(first)
}

fn twice(span: Span, attribute: &str) -> Diagnostic {
    Diagnostic::new(
        span,
        format_args!("`#[{attribute}]` stands twice on one handler"),
    )
    .help("keep one")
}

/// The `crate = path` of whichever attribute says it.
fn runtime<'a>(
    access: &'a Access,
    limits: &'a [RateLimit],
    validated: Option<&'a Validated>,
) -> Option<&'a syn::Path> {
    let of_access = match access {
        Access::Protected(protected) => protected.runtime.as_ref(),
        Access::Public(public) => public.runtime.as_ref(),
    };
    of_access
        .or_else(|| limits.iter().find_map(|limit| limit.runtime.as_ref()))
        .or_else(|| validated?.runtime.as_ref())
}

fn not_a_function(kind: Kind, item: &TokenStream, error: syn::Error) -> syn::Error {
    let what = match syn::parse2::<syn::Item>(item.clone()) {
        Ok(syn::Item::Struct(item)) => Some(("a struct", item.struct_token.span)),
        Ok(syn::Item::Enum(item)) => Some(("an enum", item.enum_token.span)),
        Ok(syn::Item::Mod(item)) => Some(("a module", item.mod_token.span)),
        Ok(syn::Item::Impl(item)) => Some(("an `impl`", item.impl_token.span)),
        Ok(syn::Item::Trait(item)) => Some(("a trait", item.trait_token.span)),
        Ok(syn::Item::Const(item)) => Some(("a constant", item.const_token.span)),
        Ok(syn::Item::Static(item)) => Some(("a static", item.static_token.span)),
        Ok(other) => Some(("none", other.span())),
        Err(_) => None,
    };
    let Some((what, span)) = what else {
        return error;
    };
    Diagnostic::new(
        span,
        format_args!(
            "`#[{}]` goes on a handler function, and this is {what}",
            kind.name()
        ),
    )
    .help("put it on an `async fn`")
    .into()
}

/// The function as it would be without us, for when it cannot be expanded: editors keep working.
fn without_ours(mut function: ItemFn) -> ItemFn {
    function
        .attrs
        .retain(|attribute| Kind::of(attribute.path()).is_none());
    for input in &mut function.sig.inputs {
        if let syn::FnArg::Typed(argument) = input {
            argument.attrs.retain(|attribute| {
                !attribute.path().is_ident("trusted") && !attribute.path().is_ident("unvalidated")
            });
        }
    }
    function
}
