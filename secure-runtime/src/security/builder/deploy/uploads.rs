//! What is said about uploads.

use super::{Options, checks};
use crate::{deploy::Finding, upload::exposure};

impl Options {
    pub(super) fn upload_findings(&self) -> Vec<Finding> {
        let Some(uploads) = &self.uploads else {
            return Vec::new();
        };
        let unscanned = (!uploads.scans()).then(|| {
            let what = "nothing scans the files that are uploaded";
            checks::UPLOADS_UNSCANNED.found(what)
        });
        let open = exposure(&uploads.folder).map(|what| checks::UPLOADS_FOLDER_OPEN.found(what));
        unscanned.into_iter().chain(open).collect()
    }
}
