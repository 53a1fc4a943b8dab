//! What looks at a file before the handler gets it.

use std::path::Path;

use actix_web::{HttpRequest, rt::time::timeout};
use futures_util::future::LocalBoxFuture;

use super::{MediaType, TemporaryFile, Uploads};
use crate::{
    Problem,
    audit::{AuditEvent, AuditKind},
    context::RequestContext,
    input::FieldError,
};

/// When to come back to a scanner that does not answer.
const SCANNER_IS_BACK: std::time::Duration = std::time::Duration::from_secs(10);

/// What says whether a file is harmful, such as a virus scanner.
///
/// It is asked about each file once that is whole and is what it says it is. Nothing but
/// [`Verdict::Clean`] lets it pass.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no scanner of uploads",
    label = "it says of no file whether it is harmful",
    note = "implement `secure_runtime::upload::Scanner` for it, or use `Clamd` (feature `clamd`)"
)]
pub trait Scanner: Send + Sync + 'static {
    /// Looks at a file.
    fn scan(&self, file: Candidate<'_>) -> impl Future<Output = Verdict>;
}

/// A file that is to be looked at.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Candidate<'a> {
    /// Where it lies. Only the owner of the process can read it, and it is gone after the request.
    pub path: &'a Path,
    /// How large it is, in bytes.
    pub size: u64,
    /// What its content is.
    pub media_type: MediaType,
}

impl<'a> Candidate<'a> {
    /// For tests of a scanner: a file that lies there.
    pub fn new(path: &'a Path, size: u64, media_type: MediaType) -> Self {
        Self {
            path,
            size,
            media_type,
        }
    }
}

/// What a scanner says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing is known against it.
    Clean,
    /// It is harmful; what it is called, for the log.
    Infected(String),
    /// Nobody can say; why, for the log. The file is refused, and the sender may try again.
    Failed(String),
}

/// The same for settings that hold any of them.
pub(super) trait ErasedScanner: Send + Sync {
    fn scan<'a>(&'a self, file: Candidate<'a>) -> LocalBoxFuture<'a, Verdict>;
}

impl<T: Scanner> ErasedScanner for T {
    fn scan<'a>(&'a self, file: Candidate<'a>) -> LocalBoxFuture<'a, Verdict> {
        Box::pin(Scanner::scan(self, file))
    }
}

/// What the app holds itself, too.
impl<T: Scanner> Scanner for std::sync::Arc<T> {
    async fn scan(&self, file: Candidate<'_>) -> Verdict {
        T::scan(self, file).await
    }
}

impl Uploads {
    /// Has the scanner look at a file, where there is one. `pointer` is where the file stands in the body.
    ///
    /// # Errors
    /// 422 with the code `malware` for one that is harmful, 503 where nobody can say in time.
    pub(crate) async fn scan(
        &self,
        file: &TemporaryFile,
        media_type: MediaType,
        pointer: &str,
        request: &HttpRequest,
    ) -> Result<(), Problem> {
        match self.ask_scanner(file, media_type).await? {
            None => Ok(()),
            Some(name) => {
                record(request);
                Err(infected(&name, pointer))
            }
        }
    }

    /// As [`scan`](Self::scan), where nobody has sent the file.
    #[cfg(feature = "test")]
    pub(crate) async fn scan_for_test(
        &self,
        file: &TemporaryFile,
        media_type: MediaType,
    ) -> Result<(), Problem> {
        let found = self.ask_scanner(file, media_type).await?;
        found.map_or(Ok(()), |name| Err(infected(&name, "#")))
    }

    /// What is wrong with the file; `None` where nothing is known against it.
    async fn ask_scanner(
        &self,
        file: &TemporaryFile,
        media_type: MediaType,
    ) -> Result<Option<String>, Problem> {
        let settings = self.settings();
        let Some(scanner) = &settings.scanner else {
            return Ok(None);
        };
        let candidate = Candidate::new(file.path(), file.size(), media_type);
        let unknown = |why: &str| {
            Problem::unavailable(SCANNER_IS_BACK)
                .with_detail("the file cannot be scanned at the moment")
                .because(format_args!("the scanner of uploads: {why:?}"))
        };
        match timeout(settings.scan_deadline, scanner.scan(candidate)).await {
            Ok(Verdict::Clean) => Ok(None),
            Ok(Verdict::Infected(name)) => Ok(Some(name)),
            Ok(Verdict::Failed(why)) => Err(unknown(&why)),
            Err(_) => Err(unknown("it takes too long")),
        }
    }
}

/// For the record, with whoever has sent it.
fn record(request: &HttpRequest) {
    if let Some(context) = RequestContext::of(request) {
        let state = &context.security;
        let mut event = AuditEvent::new(AuditKind::MalwareRefused, state.clock().unix());
        if let Some(caller) = context.principal() {
            event = event.about(caller.subject()).of_family(caller.family());
        }
        state.audit().record(&event);
    }
}

/// The name goes to the log alone: what a scanner knows helps whoever tries to get past it.
fn infected(name: &str, pointer: &str) -> Problem {
    let error = FieldError::at(pointer, "malware", "is refused by the scanner for malware");
    Problem::invalid(vec![error]).because(format_args!("malware was uploaded: {name:?}"))
}
