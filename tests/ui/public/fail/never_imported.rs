//~ cannot find attribute `public`
use secure_runtime::get;

#[get("/")]
#[public]
async fn home() -> &'static str {
    ""
}

fn main() {}
