//~ this handler declares no policy that could be mounted at a path
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
