//~ 
use secure_runtime::prelude::*;

#[actix_web::get("/")]
async fn home() -> &'static str {
    ""
}

fn mount(routes: &mut Routes) {
    routes.service(unchecked(home));
}

fn main() {}
