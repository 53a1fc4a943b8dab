//~ mismatched types
use std::time::Duration;

use secure_runtime::crypto::{Signable, SignatureError, Signed, Signer};

#[derive(serde::Serialize, serde::Deserialize)]
struct Download(u32);

impl Signable for Download {
    const PURPOSE: &'static str = "download link";
    const MAX_AGE: Duration = Duration::from_secs(600);
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Upload(u32);

impl Signable for Upload {
    const PURPOSE: &'static str = "upload link";
    const MAX_AGE: Duration = Duration::from_secs(600);
}

fn upload(signer: &Signer, link: &Signed<Download>) -> Result<Upload, SignatureError> {
    signer.verify(link)
}

fn main() {}
