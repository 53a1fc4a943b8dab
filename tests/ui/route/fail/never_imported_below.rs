//~ cannot find attribute `get`
use secure_runtime::public;

#[public]
#[get("/")]
async fn home() -> &'static str {
    ""
}

fn main() {}
