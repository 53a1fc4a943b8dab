//! The attributes of `secure-runtime`. Use them from there: this crate has no interface of its own.
//!
//! Each attribute goes the same way: parse (`attribute`) → gather and check (`endpoint`) →
//! expand (`expand`). The first attribute of a handler to be expanded gathers all its siblings, so
//! their order means nothing.

mod attribute;
mod cors;
mod diagnostics;
mod endpoint;
mod expand;
mod floor;
mod fragment;
mod handler;
mod header_policy;
mod hosts;
mod limit;
mod model;
mod runtime_path;
mod templates;
mod vocabulary;

use proc_macro::TokenStream;

use attribute::Kind;

/// Says that a handler is for signed-in callers, and which ones.
///
/// | form | demands |
/// |---|---|
/// | `#[protected]` | any signed-in caller |
/// | `roles = "admin"`, `roles = ["admin", "moderator"]` | any one of the roles |
/// | `scopes = ["articles:read", "articles:write"]` | all of the scopes |
/// | `owner = "user_id"`, `or_roles = "admin"` | the path parameter is the caller's subject, or the caller holds a role |
/// | `via = ["bearer", "api_key"]` | the credentials that are taken (`bearer`, `session`, `api_key`); `bearer` and `session` where it is not said. API keys only beside `scopes` |
/// | `csrf_off = "because …"` | nothing about where a request comes from, although a session may sign its caller in |
/// | `role_type = path::Role`, `scope_type = path::Scope` | where the words come from; by default `Role` and `Scope` as the module sees them |
///
/// Without a credential the answer is 401, without the role, scope or ownership 403.
#[proc_macro_attribute]
pub fn protected(arguments: TokenStream, item: TokenStream) -> TokenStream {
    endpoint::annotate(Kind::Protected, arguments.into(), item.into()).into()
}

/// Says that a handler is for everyone.
///
/// A public route that changes state needs a `#[rate_limit]` that counts every request by address
/// or globally, or `#[public(unlimited = "because …")]`.
///
/// With `any_host = "because …"` it also answers requests that call the host by a name that is not
/// allowed, and requests by plain HTTP where HTTPS is enforced: for health probes.
///
/// With `csrf_off = "because …"` a route that begins a session can be called by pages of other sites too.
#[proc_macro_attribute]
pub fn public(arguments: TokenStream, item: TokenStream) -> TokenStream {
    endpoint::annotate(Kind::Public, arguments.into(), item.into()).into()
}

/// Says how often a handler may be called: `#[rate_limit("5/minute")]`. It may be repeated.
///
/// | key | means |
/// |---|---|
/// | `by = "ip"` (default), `"user"`, `"api_key"`, `"global"` | whose counter; by API key only where keys are taken, and other callers there by themselves |
/// | `header = "x-tenant"` | one counter for each value of a header |
/// | `key = path::function` | one counter for each text that `fn(&HttpRequest) -> Option<String>` returns |
/// | `burst = 10` | the smooth limiter: after a burst of 10, evenly spaced |
/// | `cost = 3` | a request takes 3 units |
/// | `count = "failures"` | only answers with a status of 400 or more count |
///
/// The quota is `N/unit`, `N per unit` or `N/M units`, several joined by `;`. What does not fit is
/// answered 429 with `Retry-After` and the RateLimit fields.
#[proc_macro_attribute]
pub fn rate_limit(arguments: TokenStream, item: TokenStream) -> TokenStream {
    endpoint::annotate(Kind::RateLimit, arguments.into(), item.into()).into()
}

/// On a handler: every input is validated before the body runs; with `max = "64KiB"` the body of a request has
/// at most so many bytes, whatever the app allows elsewhere. On a struct: derives `Deserialize`
/// and `validator::Validate`, refuses unknown fields and demands a bound on every text and
/// collection.
///
/// On the fields of a struct: `#[validate(…)]` with the rules of `validator`,
/// `#[unbounded = "because …"]`, `#[not_secret = "because …"]`. On the struct:
/// `#[validated(unknown = "ignore")]`. On an argument of a handler: `#[trusted = "because …"]`,
/// `#[unvalidated = "because …"]`.
///
/// A newtype (`struct Title(#[validate(length(max = 80))] String);`) is read as what it holds, and is bounded
/// wherever it stands. An enum may hold data, with `#[serde(tag = "type")]`, with `tag` and `content`, or with
/// neither; its variants refuse unknown fields too.
///
/// On a text: `#[normalize(trim, nfc, lowercase)]`, before any rule sees it. On an `Option`:
/// `#[writable(roles = "admin")]`, `scopes = "…"`: whoever sets the field and does not hold that is answered
/// 403, as a caller whose token was narrowed is where no scope is named.
#[proc_macro_attribute]
pub fn validated(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let (arguments, item) = (arguments.into(), item.into());
    match model::Model::is_one(&item) {
        true => model::annotate(arguments, item).into(),
        false => endpoint::annotate(Kind::Validated, arguments, item).into(),
    }
}

/// The drop-in route attributes: same arguments as actix-web's.
macro_rules! route_attributes {
    ($($name:ident)*) => {$(
        #[doc = concat!(
            "Drop-in for actix-web's `#[", stringify!($name), "]`: same arguments, and a handler \
             without `#[public]` or `#[protected]` does not build."
        )]
        #[proc_macro_attribute]
        pub fn $name(arguments: TokenStream, item: TokenStream) -> TokenStream {
            endpoint::annotate(Kind::Route(stringify!($name)), arguments.into(), item.into()).into()
        }
    )*};
}

route_attributes! {
    get post put patch delete head options trace connect query route routes
}

/// Makes an enum the vocabulary of roles: `#[derive(Role)]`.
///
/// Each variant is a word, in snake case or as `#[role(name = "…")]` says; `#[role(implies = "user")]`
/// or a list gives its holder other roles too.
#[proc_macro_derive(Role, attributes(role))]
pub fn derive_role(item: TokenStream) -> TokenStream {
    vocabulary::derive(vocabulary::Noun::Role, item.into()).into()
}

/// Makes an enum the vocabulary of scopes: `#[derive(Scope)]`.
///
/// Each variant is a word: `ArticlesRead` is `articles:read`, or as `#[scope(name = "…")]` says;
/// `#[scope(implies = "articles:read")]` or a list gives its holder other scopes too.
#[proc_macro_derive(Scope, attributes(scope))]
pub fn derive_scope(item: TokenStream) -> TokenStream {
    vocabulary::derive(vocabulary::Noun::Scope, item.into()).into()
}

/// Under which names the service is called: `hosts!("example.com", "*.example.org", "localhost:8080")`.
///
/// | form | means |
/// |---|---|
/// | `"example.com"` | this name, at the usual ports (80, 443, none written) |
/// | `"*.example.com"` | every name below it, however deep, and not `example.com` itself |
/// | `"example.com:8443"` | this name at this port |
/// | `"192.0.2.1"`, `"[2001:db8::1]:8080"` | an address |
///
/// Case and a dot at the end of the name in a request make no difference. A pattern that cannot be one
/// does not build, and neither does one that stands there twice.
#[proc_macro]
pub fn hosts(patterns: TokenStream) -> TokenStream {
    hosts::expand(patterns.into()).into()
}

/// What every route of a group demands of its callers, for `Routes::floor`:
/// `floor!(roles = "admin", scopes = "admin:users")`.
///
/// | form | demands of every route in the scope |
/// |---|---|
/// | `floor!()` | any signed-in caller |
/// | `roles = "admin"`, `roles = ["admin", "moderator"]` | any one of the roles |
/// | `scopes = ["articles:read", "articles:write"]` | all of the scopes |
/// | `owner = "user_id"`, `or_roles = "admin"` | the path parameter is the caller's subject, or the caller holds a role |
/// | `via = "bearer"` | the routes take no other credential; where it is not said, each route says it |
/// | `role_type = path::Role`, `scope_type = path::Scope` | where the words come from; by default `Role` and `Scope` as the module sees them |
///
/// What `#[protected]` demands on a route comes on top of it. A word that the enum does not know does not
/// build.
#[proc_macro]
pub fn floor(demands: TokenStream) -> TokenStream {
    floor::expand(demands.into()).into()
}

/// How often something may be done, as a value: `limit!("600/minute")`. It is what
/// [`macro@rate_limit`] is on a handler, with the same keys.
///
/// | key | means |
/// |---|---|
/// | `by = "ip"` (default), `"user"`, `"api_key"`, `"global"` | whose counter |
/// | `header = "x-tenant"` | one counter for each value of a header |
/// | `key = path::function` | one counter for each text that `fn(&HttpRequest) -> Option<String>` returns |
/// | `burst = 10` | the smooth limiter: after a burst of 10, evenly spaced |
/// | `cost = 3` | a request takes 3 units |
/// | `count = "failures"` | only answers with a status of 400 or more count |
///
/// It may stand in a `const`. What is no limit does not build.
#[proc_macro]
pub fn limit(arguments: TokenStream) -> TokenStream {
    limit::expand(arguments.into()).into()
}

/// Which other origins may read the answers: `cors!(origins = ["https://app.example.com"])`.
///
/// | key | means |
/// |---|---|
/// | `origins = "https://app.example.com"`, a list, `"*"` | who may; without it, whom the configuration names |
/// | `credentials = true` | the browser may send cookies; not with `"*"` |
/// | `headers = ["X-Tenant"]` | request headers, besides `Authorization`, `Content-Type` and `X-API-Key` |
/// | `expose = ["X-Total"]` | response headers that pages may read, besides those that this crate sends for clients |
/// | `max_age = "1h"` (default) | how long browsers may remember the answer to a preflight; at most `1d` |
///
/// The methods are those of the routes that are mounted. An origin with a path, a slash at its end, a
/// wildcard or upper case does not build, and neither does `null`.
#[proc_macro]
pub fn cors(arguments: TokenStream) -> TokenStream {
    cors::expand(arguments.into()).into()
}

/// A content security policy, checked while the program is compiled:
/// `csp!("default-src 'none'; script-src 'self' 'nonce'; base-uri 'none'")`.
///
/// `'nonce'` stands for the nonce of the response; a policy that has it is a `PageCsp`, any other a `Csp`.
/// What makes a policy weak needs its switch, with the reason in writing:
///
/// | switch | allows |
/// |---|---|
/// | `unsafe_inline_scripts = "because …"` | `'unsafe-inline'`, `'unsafe-hashes'` for scripts |
/// | `unsafe_eval = "because …"` | `'unsafe-eval'` |
/// | `scripts_from_anywhere = "because …"` | `*`, `https:`, `data:` and their like for scripts, plugins and `base-uri`; a policy that does not limit scripts |
/// | `unsafe_inline_styles = "because …"` | `'unsafe-inline'`, `'unsafe-hashes'` for styles |
#[proc_macro]
pub fn csp(policy: TokenStream) -> TokenStream {
    header_policy::csp(policy.into()).into()
}

/// A permissions policy, checked while the program is compiled:
/// `permissions_policy!("camera=(), geolocation=(self)")`.
///
/// `()` is nobody, `self` this site, `*` everybody; other origins stand in double quotes:
/// `permissions_policy!(r#"payment=(self "https://pay.example.com")"#)`.
#[proc_macro]
pub fn permissions_policy(policy: TokenStream) -> TokenStream {
    header_policy::permissions_policy(policy.into()).into()
}

/// A cookie without its value, checked while the program is compiled:
/// `cookie!("__Host-theme; Secure; HttpOnly; SameSite=Strict")`.
///
/// It is written as `Set-Cookie` writes it: a name, and `Path`, `Domain`, `Max-Age`, `Secure`, `HttpOnly`,
/// `SameSite`. Without them the path is `/` and `SameSite` is `Lax`; `Secure` and `HttpOnly` are as they are
/// written. What browsers would not keep does not build: `__Host-` without `Secure`, with a domain or with a
/// path; `__Secure-` or `SameSite=None` without `Secure`.
#[proc_macro]
pub fn cookie(policy: TokenStream) -> TokenStream {
    header_policy::cookie(policy.into()).into()
}

/// For how long browsers come by HTTPS alone, checked while the program is compiled:
/// `hsts!("max-age=63072000; includeSubDomains; preload")`.
///
/// What the preload list would refuse does not build.
#[proc_macro]
pub fn hsts(policy: TokenStream) -> TokenStream {
    header_policy::hsts(policy.into()).into()
}

/// Looks at the templates of pages while the program is compiled: `templates!("pages")`, the folder seen from
/// the file in which it stands. Every file below it counts whose name has `.html`, `.htm` or `.hbs` in it.
///
/// What a content security policy with nonces would stop, and what would let somebody else's text become part
/// of the page, does not build:
///
/// | mistake | instead |
/// |---|---|
/// | `<script>` or `<style>` without a nonce, or with one that is written down | `nonce="{{ nonce }}"`, with the `CspNonce` that the handler takes |
/// | `onclick="…"`, `style="…"`, `href="javascript:…"` | a script, a style sheet, a form |
/// | `{{ value }}` within a script or a style, or in an attribute without quotes | a `data-…` attribute in quotes |
/// | `{{ value\|safe }}`, `{{{ value }}}`, `{% autoescape … %}` | the value itself |
/// | a form that posts without the field `csrf_token` | `<input type="hidden" name="csrf_token" value="{{ csrf }}">` |
///
/// It reads the expressions of askama, Tera, minijinja and Handlebars. A template that is new in the folder
/// is seen when anything else in the crate changes.
#[proc_macro]
pub fn templates(folder: TokenStream) -> TokenStream {
    templates::expand(folder.into()).into()
}

/// Lets a struct with `#[validated]` keep its `#[serde(…)]` attributes; it derives nothing.
#[doc(hidden)]
#[proc_macro_derive(SerdeAttributes, attributes(serde))]
pub fn derive_serde_attributes(_: TokenStream) -> TokenStream {
    TokenStream::new()
}
