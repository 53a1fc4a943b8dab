//~ `Sealable::PURPOSE` is blank
use secure_runtime::crypto::{SealError, Sealable, Sealed, Sealer};

#[derive(serde::Serialize, serde::Deserialize)]
struct Iban(String);

impl Sealable for Iban {
    const PURPOSE: &'static str = "";
}

fn open(sealer: &Sealer, sealed: &Sealed<Iban>) -> Result<Iban, SealError> {
    sealer.open(sealed, b"customers.bank_account 7")
}

fn main() {
    let _: fn(&Sealer, &Sealed<Iban>) -> Result<Iban, SealError> = open;
}
