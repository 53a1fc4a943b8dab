//~ mismatched types
use secure_runtime::{
    Security,
    token::{Refresh, Token},
};

fn check(security: &Security, token: &Token<Refresh>) {
    let _ = security.access_tokens().verify(token);
}

fn main() {}
