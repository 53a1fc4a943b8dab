//! Ready-made fields stand in a model without a rule, and with rules beside them.

use secure_runtime::{
    field::{Article, Comment, Email, Password, PlainText, SafeHtml, Slug, Url, Username},
    prelude::*,
};

#[validated]
struct Account {
    name: Username,
    email: Option<Email>,
    password: Password,
    new_password: Option<Password>,
    #[validate(url, length(max = 100))]
    page: Url,
    #[validate(length(max = 5))]
    topics: Vec<Slug>,
    #[validate(printable(message = "must be one line", code = "line"), length(max = 80))]
    motto: PlainText,
    body: SafeHtml,
    #[validate(length(max = 1000))]
    comments: Vec<SafeHtml<Comment>>,
    article: Box<SafeHtml<Article>>,
    #[validate(printable, length(max = 80))]
    title: Option<String>,
}

fn main() {
    let account = serde_json::json!({
        "name": "ada", "email": null, "password": "x", "new_password": null, "page": "https://example.com",
        "topics": ["a"], "motto": "on", "body": "<p>a", "comments": ["<h1>b"], "article": "c", "title": "d",
    });
    let account: Account = serde_json::from_value(account).unwrap();
    assert_eq!(account.body, "<p>a</p>");
    assert_eq!(account.comments[0], "b");
    assert_eq!(account.password.into_secret().expose(), "x");
    assert!(account.email.is_none() && account.new_password.is_none() && account.title.is_some());
    assert_eq!((account.name.as_str(), account.page.host()), ("ada", "example.com"));
    assert_eq!((account.topics[0].as_str(), account.motto.as_str()), ("a", "on"));
    assert_eq!(account.article.as_str(), "c");
}
