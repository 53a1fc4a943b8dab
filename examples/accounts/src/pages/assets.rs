//! What the pages need besides themselves: it is part of the program, and its names say what is in it.

use std::{fmt::Write as _, sync::LazyLock};

use actix_web::{
    HttpResponse, Responder,
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
    web::Path,
};
use aws_lc_rs::digest::{SHA256, digest};
use secure_runtime::prelude::*;

/// A year: under one name there is never anything else.
const KEPT: &str = "public, max-age=31536000, immutable";

pub(crate) static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let bytes = include_bytes!("assets/style.css");
    Asset::new("style", "css", "text/css; charset=utf-8", bytes)
});
pub(crate) static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    let bytes = include_bytes!("assets/script.js");
    Asset::new("script", "js", "text/javascript; charset=utf-8", bytes)
});
pub(crate) static FAVICON: LazyLock<Asset> = LazyLock::new(|| {
    let bytes = include_bytes!("assets/favicon.svg");
    Asset::new("favicon", "svg", "image/svg+xml", bytes)
});

/// A file under `/assets`.
pub(crate) struct Asset {
    /// With a part of the SHA-256 of its content.
    name: String,
    content_type: &'static str,
    bytes: &'static [u8],
}

/// Which of them.
#[validated]
pub(crate) struct AssetName {
    #[validate(length(max = 64))]
    name: String,
}

#[get("/assets/{name}")]
#[public]
#[validated]
pub(crate) async fn show(asked: Path<AssetName>) -> Result<impl Responder, Problem> {
    let all: [&Asset; 3] = [&STYLE, &SCRIPT, &FAVICON];
    let found = all.into_iter().find(|asset| asset.name == asked.name);
    let asset = found.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, asset.content_type))
        .insert_header((CACHE_CONTROL, KEPT))
        .body(asset.bytes))
}

impl Asset {
    fn new(stem: &str, ending: &str, content_type: &'static str, bytes: &'static [u8]) -> Self {
        let mut name = format!("{stem}-");
        for byte in &digest(&SHA256, bytes).as_ref()[..6] {
            // Writing into a String cannot fail.
            let _ = write!(name, "{byte:02x}");
        }
        Self {
            name: format!("{name}.{ending}"),
            content_type,
            bytes,
        }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> String {
        format!("/assets/{}", self.name)
    }
}
