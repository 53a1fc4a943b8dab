//~ no variant, associated function, or constant named `Script` found for enum `Element`
use secure_runtime::field::{Element, HtmlPolicy};

struct Everything;

impl HtmlPolicy for Everything {
    const ELEMENTS: &'static [Element] = &[Element::Script];
}

fn main() {}
