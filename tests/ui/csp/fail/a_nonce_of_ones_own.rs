//~ cannot initialize a tuple struct which contains private fields
use secure_runtime::edge::CspNonce;

fn main() {
    let nonce = CspNonce("abc".to_owned());
    println!("{nonce}");
}
