use std::fmt;

use actix_web::{HttpRequest, dev::Payload};

use super::{
    field::FIELD,
    stage::session_of,
    text::{Binding, make},
    visitor::Visitor,
};
use crate::{
    context::RequestContext,
    guard::{Argument, Caller, Extraction},
    policy::Input,
};

/// The form token of a page, as an argument of a guarded handler: what each of its forms carries, so that
/// it can be sent from a browser too that says nothing about where a request comes from.
///
/// It is bound to the session of the caller, whatever becomes of the session's secret, and before anybody is
/// signed in to a cookie of the browser (`__Host-csrf`, until it is closed); so it is worth nothing after a sign-in.
/// Each page gets another text. A handler that takes it learns who calls, so that on a public route a
/// credential that is good for nothing is refused; and its answer is stored by nobody.
///
/// ```
/// use actix_web::web::Html;
/// use secure_runtime::{csrf::CsrfToken, prelude::*};
///
/// #[get("/articles/new")]
/// #[protected]
/// async fn new_article(token: CsrfToken) -> Html {
///     Html::new(format!(
///         "<!doctype html><form method=\"post\" action=\"/articles\">{}<input name=\"title\"></form>",
///         token.field()
///     ))
/// }
/// ```
#[derive(Clone)]
pub struct CsrfToken(String);

impl CsrfToken {
    /// The token as text, of letters, digits, `-` and `_`: for the header `X-CSRF-Token`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The field of a form: `<input type="hidden" name="csrf_token" value="…">`. It needs no escaping.
    pub fn field(&self) -> String {
        format!(
            "<input type=\"hidden\" name=\"{FIELD}\" value=\"{}\">",
            self.0
        )
    }

    fn new(request: &HttpRequest, context: &RequestContext) -> Self {
        context.mark_private();
        let secrets = context.security.secrets();
        if let Some(id) = session_of(context) {
            return Self(make(secrets, Binding::Session(id)));
        }
        let secure = context.security.sets_secure_cookies(request);
        let visitor = context.csrf.visitor(|| {
            Visitor::read(request.headers(), secure).unwrap_or_else(|| {
                let visitor = Visitor::new();
                context.add_cookie(visitor.cookie(secure));
                visitor
            })
        });
        Self(make(secrets, Binding::Visitor(visitor.id())))
    }
}

impl Argument for CsrfToken {
    type Value = Self;
    const INPUT: Option<Input> = None;
    const CALLER: Caller = Caller::Any;

    fn extract(request: &HttpRequest, _: &mut Payload) -> Extraction<Self> {
        let context = RequestContext::of_guarded(request);
        Extraction::Ready(context.map(|context| Self::new(request, &context)))
    }
}

/// The token as text.
impl fmt::Display for CsrfToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Without the token: in a log it would be known.
impl fmt::Debug for CsrfToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CsrfToken(…)")
    }
}
