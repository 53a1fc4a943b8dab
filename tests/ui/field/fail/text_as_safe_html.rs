//~ mismatched types
use secure_runtime::field::SafeHtml;

struct Page {
    body: SafeHtml,
}

fn page(body: String) -> Page {
    Page { body }
}

fn main() {}
