//~ `home` declares no policy
use secure_runtime::assert_policy;

#[actix_web::get("/")]
async fn home() -> &'static str {
    ""
}

assert_policy!(home; |policy| policy.is_public());

fn main() {}
