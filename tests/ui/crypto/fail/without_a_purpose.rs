//~ the trait bound `Download: Signable` is not satisfied
use secure_runtime::crypto::Signer;

#[derive(serde::Serialize, serde::Deserialize)]
struct Download(u32);

fn link(signer: &Signer) -> String {
    signer.sign(&Download(7)).unwrap().to_string()
}

fn main() {}
