//~ cannot initialize a tuple struct which contains private fields
use secure_runtime::{Secret, password::NewPassword};

fn main() {
    let _ = NewPassword(Secret::new(String::from("short")));
}
