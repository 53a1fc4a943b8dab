use std::{fmt, io, thread};

use tokio::{
    runtime::{self, Handle},
    sync::oneshot,
};

/// A thread with a runtime, for connections and what finds out whether the server is back.
///
/// The workers of an app are no place for them: a handler that blocks one would silence the limits of all, and
/// a worker that ends would take the connection along.
pub(super) struct Home {
    runtime: Handle,
    /// Ends the thread when it is dropped.
    _stay: oneshot::Sender<()>,
}

impl Home {
    pub(super) fn new() -> io::Result<Self> {
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let handle = runtime.handle().clone();
        let (stay, left) = oneshot::channel::<()>();
        thread::Builder::new()
            .name("secure-limits".to_owned())
            .spawn(move || {
                // It ends with an error, since nobody ever sends anything.
                let _ = runtime.block_on(left);
            })?;
        Ok(Self {
            runtime: handle,
            _stay: stay,
        })
    }

    pub(super) fn runtime(&self) -> &Handle {
        &self.runtime
    }
}

impl fmt::Debug for Home {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Home").finish_non_exhaustive()
    }
}
