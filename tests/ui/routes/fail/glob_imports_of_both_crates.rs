//~ `home` declares no policy
use actix_web::*;
use secure_runtime::prelude::*;

#[get("/")]
#[public]
async fn home() -> &'static str {
    ""
}

fn mount(routes: &mut Routes) {
    routes.service(home);
}

fn main() {}
