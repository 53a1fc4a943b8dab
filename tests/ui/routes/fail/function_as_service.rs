//~ declares no policy
use secure_runtime::prelude::*;

#[public]
async fn home() -> &'static str {
    ""
}

fn mount(routes: &mut Routes) {
    routes.service(home);
}

fn main() {}
