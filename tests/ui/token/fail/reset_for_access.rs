//~ mismatched types
use secure_runtime::{
    Security,
    token::{Reset, Token},
};

fn check(security: &Security, token: &Token<Reset>) {
    let _ = security.access_tokens().verify(token);
}

fn main() {}
