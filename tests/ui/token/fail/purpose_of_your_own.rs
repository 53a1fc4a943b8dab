//~ Sealed` is not satisfied
use secure_runtime::token::Purpose;

enum Mine {}

impl Purpose for Mine {
    const NAME: &'static str = "mine";
}

fn main() {}
