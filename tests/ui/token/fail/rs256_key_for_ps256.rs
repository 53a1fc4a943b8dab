//~ mismatched types
use secure_runtime::token::keys::{Ps256PublicKey, Rs256Key};

fn verify_with(_: Ps256PublicKey) {}

fn one_key_for_two_algorithms(key: &Rs256Key) {
    verify_with(key.public_key());
}

fn main() {}
