#![no_implicit_prelude]

::secure_runtime::templates!("../pages/good");

mod pages {
    ::secure_runtime::templates!["../pages/good/nested"];
}

fn main() {}
