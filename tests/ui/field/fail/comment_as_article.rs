//~ mismatched types
use secure_runtime::field::{Article, Comment, SafeHtml};

fn page(body: SafeHtml<Article>) -> SafeHtml<Comment> {
    body
}

fn main() {}
