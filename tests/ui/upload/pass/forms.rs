use actix_web::Responder;
use secure_runtime::{
    prelude::*,
    upload::{Multipart, Upload, Uploads},
};

#[validated]
#[serde(rename_all = "camelCase")]
#[derive(Debug)]
pub struct Papers {
    #[upload(max = "2MiB", types = ["image/png", "image/jpeg"], max_side = 4096, max_pixels = 10_000_000)]
    first_picture: Upload,
    #[upload(max = "1KB", types = "text/csv")]
    table: Option<Upload>,
    #[upload(max = "10MiB", types = ["application/pdf", "text/plain"])]
    #[validate(length(min = 1, max = MOST))]
    papers: Vec<secure_runtime::upload::Upload>,
    #[cfg(any())]
    #[upload(max = "1KB", types = "text/csv")]
    not_there: Upload,
    #[validate(length(max = 100))]
    caption: Option<String>,
    stars: u8,
}

const MOST: u64 = 5;

#[validated(unknown = "ignore")]
struct Avatar {
    #[upload(max = "2MiB", types = ["image/webp", "image/gif"])]
    #[validate(custom(function = is_square))]
    file: Upload,
}

fn is_square(file: &Upload) -> Result<(), validator::ValidationError> {
    match file.dimensions() {
        Some(it) if it.width() == it.height() => Ok(()),
        _ => Err(validator::ValidationError::new("square")),
    }
}

#[post("/papers")]
#[protected]
#[validated]
async fn send_papers(uploads: Uploads, form: Multipart<Papers>) -> Result<impl Responder, Problem> {
    let Papers { first_picture, table, papers, caption, stars } = form.into_inner();
    let kept = uploads.keep(first_picture).await?;
    Ok(format!("{} {table:?} {papers:?} {caption:?} {stars}", kept.id))
}

#[post("/avatar")]
#[protected]
#[validated]
async fn put_avatar(form: Multipart<Avatar>) -> impl Responder {
    form.file.file_name().to_string()
}

fn main() {
    let _ = (send_papers, put_avatar);
}
