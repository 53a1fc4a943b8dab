use secure_runtime::prelude::*;
use validator::Validate as _;

mod words {
    use secure_runtime::prelude::*;

    #[derive(Role)]
    pub enum Role {
        Admin,
    }

    #[derive(Scope)]
    pub enum Scope {
        ArticlesPublish,
    }
}

use words::Role;

/// An option by another name.
type Maybe<T> = Option<T>;

#[validated]
struct Article {
    #[writable(roles = "admin")]
    owner: Option<u32>,
    #[writable(scopes = ["articles:publish"], scope_type = words::Scope)]
    #[serde(default)]
    published: Maybe<bool>,
    #[writable(roles = "admin", role_type = words::Role, message = "is for the office")]
    #[normalize(trim)]
    #[validate(length(max = 3))]
    note: Option<String>,
}

fn main() {
    let article = r#"{"owner": 1, "published": true, "note": " abc "}"#;
    let article: Article = serde_json::from_str(article).unwrap();
    article.validate().unwrap();
    assert_eq!(article.note.as_deref(), Some("abc"));
    assert_eq!((article.owner, article.published), (Some(1), Some(true)));
}
