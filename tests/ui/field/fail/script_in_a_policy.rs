//~ named `Script` found for enum
use secure_runtime::field::{Element, HtmlPolicy};

struct Everything;

impl HtmlPolicy for Everything {
    const ELEMENTS: &'static [Element] = &[Element::Script];
}

fn main() {}
