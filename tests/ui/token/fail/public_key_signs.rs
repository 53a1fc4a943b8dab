//~ `SigningKey: From<Es256PublicKey>` is not satisfied
use secure_runtime::token::keys::{Es256PublicKey, KeyRing};

fn sign_with(key: Es256PublicKey) -> KeyRing {
    KeyRing::new(key)
}

fn main() {}
