use std::fmt::Write as _;

use actix_web::http::StatusCode;

use crate::{FieldError, edge::CspNonce};

/// What a page says of a problem. It is what a program reads, and nothing about the inside.
#[derive(Debug)]
pub struct ProblemPage<'a> {
    pub(crate) status: StatusCode,
    pub(crate) title: &'a str,
    pub(crate) detail: Option<&'a str>,
    pub(crate) errors: &'a [FieldError],
    pub(crate) request_id: &'a str,
    pub(crate) nonce: &'a CspNonce,
    pub(crate) sign_in: Option<&'a str>,
    pub(crate) language: &'a str,
}

impl<'a> ProblemPage<'a> {
    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// What is wrong, in a few words: `Not Found`, or what the app says in its place.
    pub fn title(&self) -> &'a str {
        self.title
    }

    /// What is wrong, in more words.
    pub fn detail(&self) -> Option<&'a str> {
        self.detail
    }

    /// The fields that are wrong, where the input was.
    pub fn errors(&self) -> &'a [FieldError] {
        self.errors
    }

    /// The correlation id, under which the log says more.
    pub fn request_id(&self) -> &'a str {
        self.request_id
    }

    /// What scripts and styles in the page need.
    pub fn nonce(&self) -> &'a CspNonce {
        self.nonce
    }

    /// Where people sign in, for a page with status 401.
    pub fn sign_in(&self) -> Option<&'a str> {
        self.sign_in
            .filter(|_| self.status == StatusCode::UNAUTHORIZED)
    }

    /// The page of an app that makes none: no style, no script.
    pub(super) fn plain(&self) -> String {
        let (title, status) = (escaped(self.title), self.status.as_u16());
        let mut main = format!("<h1>{title}</h1>\n");
        if let Some(detail) = self.detail {
            let _ = writeln!(main, "<p>{}</p>", escaped(detail));
        }
        if !self.errors.is_empty() {
            main.push_str("<ul>\n");
            for error in self.errors {
                let place = error.pointer().or(error.parameter_name()).unwrap_or("");
                let (place, detail) = (escaped(place), escaped(error.detail()));
                let _ = writeln!(main, "<li><code>{place}</code> {detail}</li>");
            }
            main.push_str("</ul>\n");
        }
        if let Some(sign_in) = self.sign_in() {
            let _ = writeln!(main, "<p><a href=\"{}\">Sign in</a></p>", escaped(sign_in));
        }
        let _ = writeln!(
            main,
            "<p><small>{status} · <code>{}</code></small></p>",
            self.request_id
        );
        format!(
            "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <title>{title}</title>\n</head>\n<body>\n<main>\n{main}</main>\n</body>\n</html>\n",
            self.language
        )
    }
}

/// Text that stands for itself in HTML, in attributes too.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plain_page_escapes_what_it_shows() {
        let nonce = CspNonce::random();
        let errors = [FieldError::at("#/a<b", "code", "is \"bad\" & 'worse'")];
        let page = ProblemPage {
            status: StatusCode::UNAUTHORIZED,
            title: "<script>",
            detail: Some("a & b"),
            errors: &errors,
            request_id: "0123",
            nonce: &nonce,
            sign_in: Some("/login?a=b&c='"),
            language: "en",
        };
        let html = page.plain();
        for part in [
            "<html lang=\"en\">",
            "<title>&lt;script&gt;</title>",
            "<h1>&lt;script&gt;</h1>",
            "<p>a &amp; b</p>",
            "<code>#/a&lt;b</code> is &quot;bad&quot; &amp; &#39;worse&#39;",
            "<a href=\"/login?a=b&amp;c=&#39;\">",
            "401 · <code>0123</code>",
        ] {
            assert!(html.contains(part), "{part} in {html}");
        }
        for part in ["<script", "style", nonce.as_str()] {
            assert!(!html.contains(part), "{part} in {html}");
        }
    }
}
