//! Requests that a page of another site makes a browser send (cross-site request forgery): refused for
//! callers that a cookie signs in, with no call in any handler.
//!
//! A browser adds the cookies of a site to whatever is sent there, also where a page of another site has it
//! sent. So the guard asks of each request that changes state for a caller with a
//! [session](crate::session), of each that opens a WebSocket for one, and of each to a route that can begin a
//! session (somebody could be signed in to the attacker's account) or end the one of a browser that has kept its
//! cookie back, where it comes from:
//!
//! | `Sec-Fetch-Site` | `Origin` | |
//! |---|---|---|
//! | `same-origin`, `none` | any | passes |
//! | `same-site`, `cross-site` | one that `cors!(…, credentials = true)` names | passes |
//! | none (an old browser) | the public origin; scheme and host of the request; as above | passes |
//! | none | none | passes with the form token |
//!
//! Anything else is answered 403, before a byte of the body is read. The form token is in the header
//! `X-CSRF-Token`, or in the field `csrf_token` of a form: [`CsrfToken`] writes it.
//!
//! Callers with an access token or an API key are never asked: no browser sends those by itself. A route that
//! must be open to pages of other sites says so, with its reason: `#[protected(csrf_off = "because …")]`.
//!
//! Background: the [OWASP CSRF Prevention Cheat Sheet].
//!
//! [OWASP CSRF Prevention Cheat Sheet]: https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html

mod argument;
mod decision;
mod evidence;
mod field;
mod progress;
mod stage;
mod text;
mod visitor;

pub use argument::CsrfToken;
pub(crate) use field::take_field;
#[cfg(feature = "uploads")]
pub(crate) use field::{FIELD, Sent};
pub(crate) use progress::Progress;
pub(crate) use stage::{judge, judge_field, read_token};
