//~ the name `password` says secret
use secure_runtime::prelude::*;

#[validated]
struct SignIn {
    #[serde(rename = "password")]
    #[validate(length(max = 128))]
    phrase: String,
}

fn main() {}
