//~ this handler declares no policy that could be mounted at a path
use secure_runtime::prelude::*;

fn mount(routes: &mut Routes) {
    routes.get("/", || async { "" });
}

fn main() {}
