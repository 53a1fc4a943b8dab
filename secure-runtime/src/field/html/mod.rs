//! Formatted text of users: HTML through an allow-list, or without any.

mod cost;
mod element;
mod plain_text;
mod policy;
mod printed;
mod safe_html;
#[cfg(test)]
mod tests;

pub use element::Element;
pub use plain_text::PlainText;
pub use policy::{Article, Comment, HtmlPolicy};
pub use safe_html::SafeHtml;
