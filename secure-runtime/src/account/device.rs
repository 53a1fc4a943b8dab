use crate::crypto::fill_random;

/// A device on which an account has signed in before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KnownDevice {
    id: [u8; 16],
}

impl KnownDevice {
    /// A device that was never seen.
    pub(crate) fn new() -> Self {
        let mut id = [0; 16];
        fill_random(&mut id);
        Self { id }
    }

    pub(crate) fn id(&self) -> &[u8] {
        &self.id
    }
}
