//! What goes wrong with files, as a problem.

use std::{
    io::{self, ErrorKind},
    time::Duration,
};

use actix_web::http::StatusCode;
use tokio::task::spawn_blocking;

use crate::Problem;

/// When to come back to a folder that cannot be used: somebody has to see to it.
const FOLDER_IS_BACK: Duration = Duration::from_secs(30);

/// 507 where there is no room, and otherwise 503: it is nothing about the request.
pub(super) fn fault(error: &io::Error) -> Problem {
    let is_full = matches!(
        error.kind(),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge
    );
    match is_full {
        true => Problem::new(StatusCode::INSUFFICIENT_STORAGE)
            .with_detail("there is no room for the file"),
        false => Problem::unavailable(FOLDER_IS_BACK)
            .with_detail("files cannot be taken or served at the moment"),
    }
    .because(format_args!("the folder of uploads: {error}"))
}

/// Does what may wait for a disk beside the workers.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, Problem> {
    spawn_blocking(work)
        .await
        .map_err(Problem::internal)?
        .map_err(|error| fault(&error))
}
