use secure_runtime::{policy::ScopeWord, prelude::*};

#[derive(Scope)]
pub enum Scope {
    #[scope(implies = "articles:read")]
    ArticlesWrite,
    ArticlesRead,
    #[scope(name = "https://example.com/auth/mail")]
    Mail,
    Profile,
}

#[get("/")]
#[protected(scopes = ["articles:write", "https://example.com/auth/mail"])]
async fn home() -> &'static str {
    ""
}

fn main() {
    assert_eq!(
        Scope::VOCABULARY.words(),
        [
            "articles:write",
            "articles:read",
            "https://example.com/auth/mail",
            "profile"
        ]
    );
    assert_eq!(Scope::VOCABULARY.held_by("articles:write"), 0b11);
}
