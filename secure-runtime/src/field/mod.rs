//! Ready-made types of fields: each is parsed when it is read, so that a value that does not keep to its
//! rules never exists.
//!
//! | Type | Holds | Code of its error |
//! |---|---|---|
//! | [`Email`] | an address that mail can go to | `email` |
//! | [`Username`] | a name of ASCII letters, digits and `-_.` | `username`, `username_reserved` |
//! | [`Password`] | a password that was typed; it is a secret | `password` |
//! | [`Url`] | an absolute `https` address | `url` |
//! | [`Slug`] | a part of an address of a page | `slug` |
//! | `SafeHtml` | formatted text through an allow-list (feature `html`) | `html` |
//! | `PlainText` | text with all markup taken out (feature `html`) | `plain_text` |
//!
//! Each may stand in a model without a rule, and with `#[validate(length(…))]` in addition; in a `Path`, a
//! `Query`, a form and JSON. What is wrong is a 422 with the type's own code and text at its place (in a path:
//! 404), and never repeats what was sent. With the features `sqlite` and `postgres` each but `Password` is a
//! text column; what is read from the database is checked as what is sent.
//!
//! ```
//! use secure_runtime::{field::{Email, Slug, Username}, prelude::*};
//!
//! #[validated]
//! struct Profile {
//!     name: Username,
//!     email: Option<Email>,
//!     #[validate(length(max = 5))]
//!     topics: Vec<Slug>,
//! }
//! ```
//!
//! A type of an app's own is a `#[validated]` newtype.

mod email;
#[cfg(feature = "html")]
mod html;
mod password;
pub(crate) mod printable;
mod refusal;
mod slug;
mod text;
mod url;
mod username;

pub use email::Email;
#[cfg(feature = "html")]
pub use html::{Article, Comment, Element, HtmlPolicy, PlainText, SafeHtml};
pub use password::Password;
pub use printable::Printable;
pub use refusal::FieldRefusal;
pub(crate) use refusal::last as last_refusal;
pub use slug::Slug;
pub use url::Url;
pub use username::Username;
