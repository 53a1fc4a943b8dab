//~ mismatched types
use secure_runtime::{Secret, password::Passwords};

async fn store(passwords: &Passwords, typed: &Secret<String>) {
    let _ = passwords.hash(typed).await;
}

fn main() {}
