use std::{fmt, num::NonZeroUsize, path::PathBuf, sync::Arc, time::Duration};

use super::scan::{ErasedScanner, Scanner};

/// How many files are at hand at once where nothing else is said.
const AT_ONCE: usize = 64;
/// How long a scan may take where nothing else is said.
const SCAN_DEADLINE: Duration = Duration::from_secs(30);

/// How uploads are kept.
///
/// ```
/// use secure_runtime::upload::UploadSettings;
///
/// let settings = UploadSettings::new("./data/uploads");
/// # drop(settings);
/// ```
#[derive(Clone)]
#[must_use]
pub struct UploadSettings {
    pub(crate) folder: PathBuf,
    pub(super) at_once: usize,
    pub(super) scanner: Option<Arc<dyn ErasedScanner>>,
    pub(super) scan_deadline: Duration,
}

impl UploadSettings {
    /// Keeps them in `folder`, which is made where there is none, for its owner alone. It must not be one that
    /// something else serves files from.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            at_once: AT_ONCE,
            scanner: None,
            scan_deadline: SCAN_DEADLINE,
        }
    }

    /// How many files may be at hand at once, from their first byte until they are kept or dropped. Whoever
    /// sends one more is answered 503. With the size of each it bounds what the folder of incoming files
    /// takes. Defaults to 64.
    pub fn at_once(mut self, files: NonZeroUsize) -> Self {
        self.at_once = files.get();
        self
    }

    /// What looks at each file before the handler gets it. Defaults to nothing.
    pub fn scanner(mut self, scanner: impl Scanner) -> Self {
        self.scanner = Some(Arc::new(scanner));
        self
    }

    /// In what time a scan has to be over; otherwise the file is refused (503). Defaults to 30 seconds.
    pub fn scan_deadline(mut self, deadline: Duration) -> Self {
        self.scan_deadline = deadline;
        self
    }

    /// What is wrong with them.
    pub(crate) fn finding(&self) -> Option<String> {
        let is_never = self.scan_deadline.is_zero();
        is_never.then(|| "the deadline of scans is zero".to_owned())
    }

    pub(crate) fn scans(&self) -> bool {
        self.scanner.is_some()
    }
}

impl fmt::Debug for UploadSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadSettings")
            .field("folder", &self.folder)
            .field("at_once", &self.at_once)
            .field("scans", &self.scans())
            .field("scan_deadline", &self.scan_deadline)
            .finish()
    }
}
