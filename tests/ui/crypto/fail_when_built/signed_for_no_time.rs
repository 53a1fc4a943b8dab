//~ `Signable::MAX_AGE` is zero
use std::time::Duration;

use secure_runtime::crypto::{Signable, Signer};

#[derive(serde::Serialize, serde::Deserialize)]
struct Download(u32);

impl Signable for Download {
    const PURPOSE: &'static str = "download link";
    const MAX_AGE: Duration = Duration::ZERO;
}

fn link(signer: &Signer) -> String {
    signer.sign(&Download(7)).unwrap().to_string()
}

fn main() {
    let _: fn(&Signer) -> String = link;
}
