//~ this handler declares no policy
use secure_runtime::prelude::*;

fn mount(routes: &mut Routes) {
    routes.get("/", || async { "" });
}

fn main() {}
