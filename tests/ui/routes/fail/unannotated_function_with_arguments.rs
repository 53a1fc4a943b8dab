//~ type mismatch in function arguments
use secure_runtime::prelude::*;

async fn home(_request: actix_web::HttpRequest) -> &'static str {
    ""
}

fn mount(routes: &mut Routes) {
    routes.get("/", home);
}

fn main() {}
