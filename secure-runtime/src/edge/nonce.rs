use std::fmt;

use actix_web::{HttpRequest, dev::Payload};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    context::RequestContext,
    crypto::fill_random,
    guard::{Argument, Caller, Extraction},
    policy::Input,
};

/// The nonce of one response, as an argument of a guarded handler: what a script or a style in the page
/// needs to be let in.
///
/// It is fresh for each response: 128 bits from the operating system's generator, in letters, digits, `-` and
/// `_`, which need no escaping anywhere. A handler that takes it answers with a page, so its response gets
/// the policy of pages ([`Builder::page_csp`](crate::Builder::page_csp)) with the same nonce,
/// `Referrer-Policy: same-origin`, and `Cache-Control: no-store`: a page that a cache kept would come with
/// a nonce that is known. Nobody else can make one, so a script without the response's own does not run.
///
/// ```
/// use actix_web::web::Html;
/// use secure_runtime::{edge::CspNonce, prelude::*};
///
/// #[get("/")]
/// #[public]
/// async fn home(nonce: CspNonce) -> Html {
///     Html::new(format!("<!doctype html><script {}>greet()</script>", nonce.attribute()))
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct CspNonce(String);

impl CspNonce {
    pub(crate) fn random() -> Self {
        let mut bytes = [0_u8; 16];
        fill_random(&mut bytes);
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The nonce as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The attribute of a `<script>` or `<style>`: `nonce="…"`.
    pub fn attribute(&self) -> String {
        format!("nonce=\"{}\"", self.0)
    }
}

impl fmt::Display for CspNonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Without the nonce: in a log it would be known.
impl fmt::Debug for CspNonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CspNonce(…)")
    }
}

impl Argument for CspNonce {
    type Value = Self;
    const INPUT: Option<Input> = None;
    const CALLER: Caller = Caller::Unused;

    fn extract(request: &HttpRequest, _: &mut Payload) -> Extraction<Self> {
        let context = RequestContext::of_guarded(request);
        Extraction::Ready(context.map(|context| context.nonce().clone()))
    }
}
