//~ no method named `public_key` found for struct `Hs256Key`
use secure_runtime::token::keys::Hs256Key;

fn main() {
    let _ = Hs256Key::random().public_key();
}
