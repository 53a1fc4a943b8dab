use actix_web::web::Bytes;

use crate::{
    Problem,
    upload::{MediaType, Upload, Uploads},
};

/// A file as a handler gets it, for tests of what takes one. That its content is of this type is taken as said;
/// the scanner is asked.
///
/// # Errors
/// When the folder cannot be written to, and when the scanner does not let it pass.
pub async fn uploaded(
    uploads: &Uploads,
    media_type: MediaType,
    content: impl Into<Bytes>,
) -> Result<Upload, Problem> {
    let mut incoming = uploads.begin().await?;
    incoming.write(content.into()).await?;
    let file = incoming.finish().await?;
    uploads.scan_for_test(&file, media_type).await?;
    Ok(Upload::new(file, media_type))
}
