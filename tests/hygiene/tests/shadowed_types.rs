//! Types, traits, macros and primitives of the app's own under the names of the prelude.

use actix_web::http::Method;

#[allow(dead_code)]
mod own {
    pub(crate) enum Option {
        None,
        Some,
    }
    pub(crate) enum Result {
        Ok,
        Err,
    }
    pub(crate) struct String;
    pub(crate) struct Vec;
    pub(crate) struct Box;
    pub(crate) struct Arc;
    pub(crate) struct Value;
    pub(crate) struct Map;
    pub(crate) struct Errors;
    pub(crate) trait Future {}
    pub(crate) trait From {}
    pub(crate) trait Into {}
    pub(crate) trait Fn {}
    pub(crate) trait Sized {}
    pub(crate) trait Send {}
    pub(crate) trait Sync {}
    pub(crate) trait Copy {}
    pub(crate) trait Clone {}
    pub(crate) trait Debug {}
    pub(crate) trait Default {}
    pub(crate) trait Drop {}
    pub(crate) trait Extend {}
    pub(crate) trait Iterator {}
    pub(crate) trait ToOwned {}
    pub(crate) trait ToString {}
    pub(crate) trait Handler {}
    pub(crate) trait FromRequest {}
    pub(crate) trait Responder {}
    pub(crate) trait Deserialize {}
    pub(crate) trait Validate {}
    pub(crate) fn drop() {}
}

/// The names are there.
#[allow(unused_imports, unused_macros)]
mod handlers {
    use super::own::{
        Arc, Box, Clone, Copy, Debug, Default, Deserialize, Drop, Errors, Extend, Fn, From,
        FromRequest, Future, Handler, Into, Iterator, Map,
        Option::{self, None, Some},
        Responder,
        Result::{self, Err, Ok},
        Send, Sized, String, Sync, ToOwned, ToString, Validate, Value, Vec, drop,
    };
    use actix_web::web::{Json, Path};
    use guardian::{
        CurrentUser, Role, Scope, Secret, get, post, protected, public, rate_limit, validated,
    };

    macro_rules! panic {
        () => {};
    }
    macro_rules! matches {
        () => {};
    }
    macro_rules! module_path {
        () => {};
    }

    #[derive(Role)]
    pub(crate) enum Role {
        #[role(implies = "user")]
        Admin,
        User,
    }

    #[derive(Scope)]
    pub(crate) enum Scope {
        NotesRead,
    }

    #[validated]
    pub(crate) struct Note {
        #[validate(length(min = 1, max = 20), custom(function = fine))]
        text: ::std::option::Option<::std::string::String>,
        #[validate(range(min = 1, max = 9))]
        stars: u8,
        #[validate(length(max = 20))]
        password: Secret<::std::string::String>,
        #[serde(default)]
        inner: ::std::option::Option<Inner>,
    }

    #[validated(unknown = "ignore")]
    pub(crate) struct Inner {
        shade: Shade,
    }

    #[validated]
    pub(crate) enum Shade {
        Light,
        Dark,
    }

    fn fine(
        _: &::std::string::String,
    ) -> ::std::result::Result<(), guardian::__private::validator::ValidationError> {
        ::std::result::Result::Ok(())
    }

    #[get("/read/{id}")]
    #[protected(roles = "user", scopes = "notes:read")]
    #[validated]
    pub(crate) async fn read(user: CurrentUser, id: Path<u8>) -> ::std::string::String {
        format!("{} {id}", user.subject())
    }

    #[post("/write")]
    #[protected(roles = ["user", "admin"])]
    #[rate_limit("50/minute", by = "user")]
    #[validated]
    pub(crate) async fn write(
        note: Json<Note>,
    ) -> ::std::result::Result<::std::string::String, guardian::Problem> {
        let text = note.text.as_deref().unwrap_or("none");
        ::std::result::Result::Ok(format!("{text} {}", note.stars))
    }

    #[get("/everybody")]
    #[public]
    pub(crate) async fn everybody() -> &'static ::std::primitive::str {
        "everybody"
    }

    #[protected]
    pub(crate) async fn plain() -> &'static ::std::primitive::str {
        "plain"
    }
}

/// Types under the names of primitives. Models stand elsewhere: what `serde` derives names `str`.
#[allow(dead_code, non_camel_case_types)]
mod primitives {
    use guardian::{Role, Scope, get, post, protected, public, rate_limit};

    struct str;
    struct bool;
    struct i64;
    struct u32;
    struct u64;
    struct usize;

    #[derive(Role)]
    pub(crate) enum Role {
        Admin,
    }

    #[derive(Scope)]
    pub(crate) enum Scope {
        NotesRead,
    }

    #[get("/primitives/{id}")]
    #[protected(owner = "id", or_roles = "admin", scopes = "notes:read")]
    #[rate_limit("50/minute", burst = 9, cost = 2)]
    pub(crate) async fn primitives() -> &'static ::std::primitive::str {
        "primitives"
    }

    #[post("/unlimited")]
    #[public(unlimited = "because it does nothing")]
    pub(crate) async fn unlimited() -> &'static ::std::primitive::str {
        "unlimited"
    }
}

#[actix_web::test]
async fn generated_code_does_not_see_them() {
    let app = secure_hygiene::Mounted::new(|routes| {
        routes.service(handlers::read).service(handlers::write);
        routes.service(handlers::everybody);
        routes.get("/plain", handlers::plain);
    })
    .await;
    assert_eq!(app.get("/read/5").await, "ada 5");
    assert_eq!(app.get("/plain").await, "plain");
    assert_eq!(app.open("/everybody").await, "everybody");
    let note = r#"{"text":"a","stars":3,"password":"x","inner":{"shade":"Dark"}}"#;
    assert_eq!(app.post("/write", note).await, "a 3");
    let refused = app.refusal("/write", r#"{"text":"","stars":0,"password":"x"}"#);
    assert_eq!(refused.await.0, 422);
}

#[actix_web::test]
async fn generated_code_means_the_primitives() {
    let app = secure_hygiene::Mounted::new(|routes| {
        routes.service(primitives::primitives);
        routes.service(primitives::unlimited);
    })
    .await;
    assert_eq!(app.get("/primitives/grace").await, "primitives");
    assert_eq!(app.status(Method::POST, "/unlimited").await, 200);
}
