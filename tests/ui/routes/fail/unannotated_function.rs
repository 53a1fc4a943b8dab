//~ this handler declares no policy
use secure_runtime::prelude::*;

async fn home() -> &'static str {
    ""
}

fn mount(routes: &mut Routes) {
    routes.get("/", home);
}

fn main() {}
