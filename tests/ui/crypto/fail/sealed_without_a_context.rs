//~ this method takes 2 arguments but 1 argument was supplied
use secure_runtime::crypto::{SealError, Sealable, Sealed, Sealer};

#[derive(serde::Serialize, serde::Deserialize)]
struct Iban(String);

impl Sealable for Iban {
    const PURPOSE: &'static str = "bank account";
}

fn open(sealer: &Sealer, sealed: &Sealed<Iban>) -> Result<Iban, SealError> {
    sealer.open(sealed)
}

fn main() {}
