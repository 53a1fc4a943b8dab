//~ OneTime` is not satisfied
use secure_runtime::{
    Security,
    token::{Access, Token},
};

fn check(security: &Security, token: &Token<Access>) {
    let _ = security.one_time_tokens().redeem(token);
}

fn main() {}
