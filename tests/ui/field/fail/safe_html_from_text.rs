//~ the trait bound `SafeHtml: From<String>` is not satisfied
use secure_runtime::field::SafeHtml;

fn page(body: String) -> SafeHtml {
    body.into()
}

fn main() {}
