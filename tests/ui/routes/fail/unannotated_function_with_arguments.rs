//~ this handler declares no policy that could be mounted at a path
use secure_runtime::prelude::*;

async fn home(_request: actix_web::HttpRequest) -> &'static str {
    ""
}

fn mount(routes: &mut Routes) {
    routes.get("/", home);
}

fn main() {}
