//! Problems as pages, for people who look at them with a browser.

mod presentation;
mod problem_page;

use std::{fmt, sync::Arc};

pub(crate) use presentation::{Presentation, Visitor};
pub use problem_page::ProblemPage;

use super::{LocalPath, ProblemText};
use crate::Problem;

type Render = dyn Fn(&ProblemPage<'_>) -> Result<String, Problem> + Send + Sync;

/// How problems look in a browser: [`Builder::pages`](crate::Builder::pages).
///
/// ```
/// use secure_runtime::edge::{Pages, ProblemPage};
///
/// fn problem(page: &ProblemPage<'_>) -> Result<String, secure_runtime::Problem> {
///     // A template that escapes what it shows, such as one of askama: `Ok(Template { … }.render()?)`.
///     Ok(format!("<!doctype html><title>{0}</title><h1>{0}</h1>", page.status()))
/// }
///
/// let pages = Pages::new().sign_in("/login").problem(problem);
/// ```
#[derive(Clone)]
#[must_use]
pub struct Pages {
    sign_in: Option<String>,
    language: String,
    render: Option<Arc<Render>>,
}

impl Pages {
    /// Plain pages, and no sign-in page.
    pub fn new() -> Self {
        Self {
            sign_in: None,
            language: "en".to_owned(),
            render: None,
        }
    }

    /// Where people sign in: a path of this site ([`LocalPath`]). A browser that asks for a page and is
    /// nobody is sent there (303), with `next=` where it wanted to go. The page has to read that as a
    /// [`LocalPath`]. Defaults to a page with status 401.
    pub fn sign_in(mut self, path: impl Into<String>) -> Self {
        self.sign_in = Some(path.into());
        self
    }

    /// Makes the page of a problem. The template has to escape what it shows, and may use the
    /// [nonce](ProblemPage::nonce). Where this fails or panics, the reason is logged and the plain page
    /// goes out. Defaults to a plain page.
    pub fn problem<R>(mut self, render: R) -> Self
    where
        R: Fn(&ProblemPage<'_>) -> Result<String, Problem> + Send + Sync + 'static,
    {
        self.render = Some(Arc::new(render));
        self
    }

    /// The language of the texts (`de`, `pt-BR`), for the plain page. Defaults to `en`.
    pub fn language(mut self, language: impl Into<String>) -> Self {
        self.language = language.into();
        self
    }
}

impl Default for Pages {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("sign_in", &self.sign_in)
            .field("language", &self.language)
            .field("problem", &self.render.is_some())
            .finish()
    }
}

/// How problems are answered besides what they say themselves, as it is configured.
#[derive(Debug, Default)]
pub(crate) struct AnswerSettings {
    pub(crate) pages: Option<Pages>,
    pub(crate) texts: Vec<ProblemText>,
}

/// How problems are answered besides what they say themselves.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    pub(crate) pages: Option<ProblemPages>,
    texts: Vec<ProblemText>,
}

/// The pages of an app, with everything checked.
pub(crate) struct ProblemPages {
    sign_in: Option<LocalPath>,
    language: String,
    render: Option<Arc<Render>>,
}

impl AnswerSettings {
    /// The answers, and what is wrong with the settings.
    pub(super) fn check(&self) -> (Answers, Vec<String>) {
        let mut findings = ProblemText::findings(&self.texts);
        let pages = self.pages.as_ref().map(|pages| {
            let sign_in = pages.sign_in.as_ref().map(|text| {
                let path = text.parse::<LocalPath>().ok();
                let path = path.filter(|path| !path.as_str().contains('#'));
                if path.is_none() {
                    findings.push(format!(
                        "the sign-in page: `{text}` is no path of this site, such as `/login`"
                    ));
                }
                path.unwrap_or_default()
            });
            let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
            if pages.language.is_empty() || !pages.language.bytes().all(is_word) {
                let language = &pages.language;
                findings.push(format!(
                    "`{language}` is no language, such as `en` or `pt-BR`"
                ));
            }
            ProblemPages {
                sign_in,
                language: pages.language.clone(),
                render: pages.render.clone(),
            }
        });
        let texts = self.texts.clone();
        (Answers { pages, texts }, findings)
    }
}

impl Answers {
    /// What the app says of problems with the status of this one.
    pub(crate) fn text(&self, problem: &Problem) -> Option<&ProblemText> {
        self.texts
            .iter()
            .find(|text| text.status() == problem.status())
    }
}

impl ProblemPages {
    /// How a problem with this status is shown to whoever asks; `helps` says whether it would be another answer
    /// after signing in.
    pub(crate) fn present(&self, status: u16, visitor: &Visitor, helps: bool) -> Presentation {
        let sign_in = self.sign_in.as_ref().filter(|_| helps);
        presentation::decide(status, visitor, sign_in)
    }

    pub(crate) fn sign_in(&self) -> Option<&str> {
        self.sign_in.as_ref().map(LocalPath::as_str)
    }

    pub(crate) fn language(&self) -> &str {
        &self.language
    }

    /// The page, and why the app's own could not be made.
    pub(crate) fn render(&self, page: &ProblemPage<'_>) -> (String, Option<String>) {
        let Some(render) = &self.render else {
            return (page.plain(), None);
        };
        let render = std::panic::AssertUnwindSafe(|| render(page));
        match std::panic::catch_unwind(render) {
            Ok(Ok(text)) => (text, None),
            Ok(Err(problem)) => {
                let cause = problem.cause().map_or(problem.to_string(), str::to_owned);
                (page.plain(), Some(cause))
            }
            Err(_) => (page.plain(), Some("it panicked".to_owned())),
        }
    }
}

impl fmt::Debug for ProblemPages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProblemPages")
            .field("sign_in", &self.sign_in)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_that_cannot_be_meant_are_found() {
        let findings = |pages: Pages| {
            let settings = AnswerSettings {
                pages: Some(pages),
                texts: Vec::new(),
            };
            settings.check().1.len()
        };
        assert_eq!(findings(Pages::new()), 0);
        assert_eq!(
            findings(Pages::new().sign_in("/login?a=b").language("pt-BR")),
            0
        );
        for path in [
            "",
            "login",
            "//evil.example",
            "https://evil.example",
            "/login#here",
        ] {
            assert_eq!(findings(Pages::new().sign_in(path)), 1, "{path}");
        }
        for language in ["", "en\"", "en us", "ä"] {
            assert_eq!(findings(Pages::new().language(language)), 1, "{language}");
        }
    }
}
