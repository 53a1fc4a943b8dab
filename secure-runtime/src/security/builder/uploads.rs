//! What the builder is told about uploads.

use super::Builder;
use crate::upload::UploadSettings;

impl<I, A, K> Builder<I, A, K> {
    /// Where files that are uploaded are kept, and what scans them. Defaults to nowhere: a handler that takes
    /// one is refused at launch.
    pub fn uploads(mut self, settings: UploadSettings) -> Self {
        self.options.uploads = Some(settings);
        self
    }
}
