//~ the `Security` builder is not complete
use secure_runtime::Security;

fn main() {
    let _ = Security::builder().build();
}
