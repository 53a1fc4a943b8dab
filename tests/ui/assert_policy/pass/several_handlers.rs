use secure_runtime::{assert_policy, prelude::*};

mod pages {
    use secure_runtime::prelude::*;

    #[get("/inner")]
    #[protected]
    pub async fn inner() -> &'static str {
        ""
    }
}

#[get("/home")]
#[protected]
async fn home() -> &'static str {
    ""
}

#[protected]
async fn plain() -> &'static str {
    ""
}

assert_policy!(home, pages::inner, plain; |policy| policy.is_protected() && !policy.is_limited());
assert_policy!(home, pages::inner,; |policy| policy.endpoints().len() == 1,);

fn main() {}
