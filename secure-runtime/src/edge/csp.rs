use std::{borrow::Cow, fmt};

use secure_grammar::{ContentSecurityPolicy, GrammarError};

/// The policy of every response but pages: nothing is loaded, framed or sent from what is no page.
pub(super) const API: Csp = Csp {
    text: Cow::Borrowed(
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    weak: &[],
};

/// The policy of pages: scripts with the nonce, and what those load; all else comes from this site alone.
pub(super) const PAGE: PageCsp = PageCsp {
    text: Cow::Borrowed(
        "default-src 'none'; script-src 'nonce' 'strict-dynamic'; style-src 'self' 'nonce'; \
         img-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    weak: &[],
};

/// A switch of [`csp!`](crate::csp), and why it is given.
pub(crate) type Weakness = (&'static str, &'static str);

/// A content security policy that is the same for every response.
///
/// Written as a literal it is checked while the program is compiled; from configuration, at launch:
///
/// ```
/// use secure_runtime::{csp, edge::Csp};
///
/// const POLICY: Csp = csp!("default-src 'none'; img-src 'self'");
/// assert_eq!(POLICY, Csp::parse("default-src 'none';  img-src 'self'")?);
///
/// let error = Csp::parse("default-src self").expect_err("unquoted");
/// assert_eq!(error.message(), "unquoted `self` in content security policy");
/// # Ok::<(), secure_runtime::edge::GrammarError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Csp {
    text: Cow<'static, str>,
    weak: &'static [Weakness],
}

/// A content security policy of pages: it may have a nonce, which is another for each response.
///
/// ```
/// use secure_runtime::{csp, edge::PageCsp};
///
/// const PAGES: PageCsp = csp!("default-src 'none'; script-src 'nonce'; base-uri 'none'");
/// assert!(PageCsp::parse("default-src 'none'; script-src 'nonce-abc'").is_err());
/// assert_eq!(PAGES.to_string(), "default-src 'none'; script-src 'nonce'; base-uri 'none'");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageCsp {
    text: Cow<'static, str>,
    weak: &'static [Weakness],
}

impl Csp {
    /// Reads a policy from configuration. No switch is taken there: what makes a policy weak stands in
    /// code, with its reason.
    ///
    /// # Errors
    /// What is wrong with it, as [`csp!`](crate::csp) says it.
    pub fn parse(text: &str) -> Result<Self, GrammarError> {
        ContentSecurityPolicy::parse_without_nonce(text).map(|policy| Self {
            text: policy.to_string().into(),
            weak: &[],
        })
    }

    /// What [`csp!`](crate::csp) has read.
    pub(crate) const fn literal(text: &'static str, weak: &'static [Weakness]) -> Self {
        Self {
            text: Cow::Borrowed(text),
            weak,
        }
    }

    /// The same, with reports to the endpoint at `path`, unless it says itself where they go.
    pub(super) fn reporting_to(&self, path: &str) -> Self {
        let PageCsp { text, weak } = PageCsp::from(self.clone()).reporting_to(path);
        Self { text, weak }
    }
}

impl PageCsp {
    /// Reads a policy from configuration; `'nonce'` stands for the nonce of the response.
    ///
    /// # Errors
    /// What is wrong with it, as [`csp!`](crate::csp) says it.
    pub fn parse(text: &str) -> Result<Self, GrammarError> {
        ContentSecurityPolicy::parse(text).map(|policy| Self {
            text: policy.to_string().into(),
            weak: &[],
        })
    }

    /// What [`csp!`](crate::csp) has read.
    pub(crate) const fn literal(text: &'static str, weak: &'static [Weakness]) -> Self {
        Self {
            text: Cow::Borrowed(text),
            weak,
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// Each switch that the policy needed, with its reason.
    pub(super) fn weak(&self) -> &'static [Weakness] {
        self.weak
    }

    /// Whether it says where reports go.
    pub(super) fn reports(&self) -> bool {
        let mut directives = self.text.split("; ");
        directives.any(|directive| {
            let name = directive.split(' ').next();
            matches!(name, Some("report-uri" | "report-to"))
        })
    }

    /// The same, with reports to the endpoint at `path`, unless it says itself where they go.
    pub(super) fn reporting_to(&self, path: &str) -> Self {
        match self.reports() {
            true => self.clone(),
            false => Self {
                text: format!("{}; report-uri {path}; report-to csp", self.text).into(),
                weak: self.weak,
            },
        }
    }
}

impl From<Csp> for PageCsp {
    fn from(policy: Csp) -> Self {
        Self {
            text: policy.text,
            weak: policy.weak,
        }
    }
}

impl fmt::Display for Csp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for PageCsp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A policy that may go on every response, those included that caches keep: [`Csp`], and no [`PageCsp`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no policy for every response",
    label = "a nonce is for one response alone, and caches keep responses",
    note = "without `'nonce'` it may go on every response: `.csp(csp!(\"…\"))`",
    note = "with it, it is for pages whose handlers take a `CspNonce`: `.page_csp(csp!(\"…\"))`"
)]
pub trait EveryResponse {
    #[doc(hidden)]
    fn into_csp(self) -> Csp;
}

impl EveryResponse for Csp {
    fn into_csp(self) -> Csp {
        self
    }
}
