use std::borrow::Cow;

use actix_web::http::StatusCode;

/// What people read of problems with one status, in the app's own words or language:
/// [`Builder::problem_texts`](crate::Builder::problem_texts).
///
/// ```
/// use actix_web::http::StatusCode;
/// use secure_runtime::edge::ProblemText;
///
/// let text = ProblemText::new(StatusCode::NOT_FOUND, "Nicht gefunden")
///     .with_detail("Hier ist nichts, oder nichts für dich.");
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct ProblemText {
    status: StatusCode,
    title: Cow<'static, str>,
    detail: Option<Cow<'static, str>>,
    /// Whether the detail takes the place of what a problem says.
    alone: bool,
}

impl ProblemText {
    /// The title of problems with a status.
    pub fn new(status: StatusCode, title: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            title: title.into(),
            detail: None,
            alone: false,
        }
    }

    /// Says more where the problem itself does not.
    pub fn with_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Says this whatever the problem itself says. What is wrong with which field is said all the same.
    pub fn with_only_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.alone = true;
        self.with_detail(detail)
    }

    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    pub(crate) fn title(&self) -> &str {
        &self.title
    }

    /// What is said in more words; `own` is what the problem says.
    pub(crate) fn detail<'a>(&'a self, own: Option<&'a str>) -> Option<&'a str> {
        match self.alone {
            true => self.detail.as_deref(),
            false => own.or(self.detail.as_deref()),
        }
    }

    /// What is wrong with the texts.
    pub(super) fn findings(texts: &[Self]) -> Vec<String> {
        let mut findings = Vec::new();
        for (at, text) in texts.iter().enumerate() {
            let status = text.status.as_u16();
            if status < 400 {
                findings.push(format!("{status} is the status of no problem"));
            }
            if text.title.trim().is_empty() {
                findings.push(format!("the title of {status} is blank"));
            }
            if texts[..at].iter().any(|other| other.status == text.status) {
                findings.push(format!("{status} stands twice"));
            }
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detail_fills_or_takes_the_place() {
        let plain = ProblemText::new(StatusCode::NOT_FOUND, "Weg");
        assert_eq!(plain.detail(Some("own")), Some("own"));
        assert_eq!(plain.detail(None), None);
        let fills = plain.clone().with_detail("mehr");
        assert_eq!(fills.detail(Some("own")), Some("own"));
        assert_eq!(fills.detail(None), Some("mehr"));
        let alone = plain.with_only_detail("mehr");
        assert_eq!(alone.detail(Some("own")), Some("mehr"));
    }

    #[test]
    fn texts_that_cannot_be_meant_are_found() {
        let text = |status, title: &'static str| {
            ProblemText::new(StatusCode::from_u16(status).expect("a status"), title)
        };
        let texts = [
            text(404, "a"),
            text(404, "b"),
            text(200, "c"),
            text(500, " "),
        ];
        let findings = ProblemText::findings(&texts);
        let expected = [
            "404 stands twice",
            "200 is the status of no problem",
            "the title of 500 is blank",
        ];
        assert_eq!(findings, expected);
        assert_eq!(ProblemText::findings(&texts[..1]), [""; 0]);
    }
}
