//~ `home` declares no policy
use actix_web::get;
use secure_runtime::prelude::*;

#[get("/")]
async fn home() -> &'static str {
    ""
}

fn mount(routes: &mut Routes) {
    routes.service(home);
}

fn main() {}
