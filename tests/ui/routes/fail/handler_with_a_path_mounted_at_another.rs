//~ Handler<_>` is not satisfied
use secure_runtime::prelude::*;

#[get("/")]
#[public]
async fn home() -> &'static str {
    ""
}

fn mount(routes: &mut Routes) {
    routes.get("/home", home);
}

fn main() {}
