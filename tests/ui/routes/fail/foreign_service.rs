//~ declares no policy
use secure_runtime::prelude::*;

fn mount(routes: &mut Routes) {
    routes.service(actix_web::web::resource("/"));
}

fn main() {}
