//~ mismatched types
use secure_runtime::Security;

fn check(security: &Security, token: &str) {
    let _ = security.access_tokens().verify(token);
}

fn main() {}
