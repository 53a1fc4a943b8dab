//! Modules of the app that are called like the crates that generated code names.

/// Each is empty: a path that went through one of them would lead nowhere.
mod shadows {
    pub(super) mod actix_web {}
    pub(super) mod alloc {}
    pub(super) mod core {}
    pub(super) mod guardian {}
    pub(super) mod secure_runtime {}
    pub(super) mod serde {}
    pub(super) mod std {}
    pub(super) mod validator {}
    pub(super) mod __private {}
}

#[allow(unused_imports)]
mod handlers {
    use super::shadows::{
        __private, actix_web, alloc, core, guardian, secure_runtime, serde, std, validator,
    };

    use ::actix_web::web::Json;
    use ::guardian::{CurrentUser, Role, Scope, get, post, protected, rate_limit, validated};

    #[derive(Role)]
    pub(crate) enum Role {
        Admin,
    }

    #[derive(Scope)]
    pub(crate) enum Scope {
        NotesRead,
    }

    #[validated]
    #[serde(rename_all = "camelCase")]
    pub(crate) struct Note {
        #[validate(length(max = 20), email)]
        mail_address: Option<String>,
        #[validate(range(min = 1, max = 9))]
        stars: u8,
        shade: Shade,
    }

    #[validated]
    pub(crate) enum Shade {
        Light,
    }

    #[get("/get")]
    #[protected(roles = "admin", scopes = "notes:read")]
    pub(crate) async fn read(user: CurrentUser) -> String {
        user.subject().to_owned()
    }

    #[post("/post")]
    #[protected(roles = "admin")]
    #[rate_limit("50/minute")]
    #[validated]
    pub(crate) async fn write(Json(note): Json<Note>) -> String {
        let Shade::Light = note.shade;
        format!("{:?} {}", note.mail_address, note.stars)
    }

    #[protected]
    pub(crate) async fn plain() -> &'static str {
        "plain"
    }
}

/// A type of the app's own with the runtime's name.
mod types {
    use guardian::prelude::*;

    #[allow(non_camel_case_types)]
    #[derive(Debug, Default)]
    struct secure_runtime;

    #[allow(non_camel_case_types)]
    #[derive(Debug, Default)]
    struct actix_web;

    #[get("/type")]
    #[protected]
    pub(crate) async fn typed() -> String {
        let ours = (secure_runtime, actix_web);
        format!("{ours:?}")
    }
}

#[actix_web::test]
async fn generated_paths_start_at_the_crates() {
    let app = secure_hygiene::Mounted::new(|routes| {
        routes.service(handlers::read).service(handlers::write);
        routes.get("/plain", handlers::plain);
        routes.service(types::typed);
    })
    .await;
    assert_eq!(app.get("/get").await, "ada");
    assert_eq!(app.get("/plain").await, "plain");
    assert_eq!(app.get("/type").await, "(secure_runtime, actix_web)");
    let note = r#"{"mailAddress":"ada@example.com","stars":3,"shade":"Light"}"#;
    let text = r#"Some("ada@example.com") 3"#;
    assert_eq!(app.post("/post", note).await, text);
    let refused = app
        .refusal("/post", r#"{"stars":10,"shade":"Light"}"#)
        .await;
    assert_eq!(refused.0, 422);
}
