//! Handlers, roles and models that `macro_rules!` writes: the parts come in as fragments, or stand
//! in the macro, or both.

use actix_web::{
    HttpRequest,
    web::{Json, Path},
};
use guardian::{__private::validator::ValidationError, prelude::*};
use secure_hygiene::{Mounted, handler, roles};

#[derive(Role)]
enum Role {
    #[role(implies = "user")]
    Admin,
    User,
}

handler!(of_another_crate, "/of_another_crate", "of another crate");

/// Beside the roles that the macro of another crate writes.
mod generated_roles {
    use super::*;

    roles!(pub(super) Role: Admin, VerySpecial);

    #[get("/special")]
    #[protected(roles = ["admin", "very_special"])]
    pub(super) async fn special() -> &'static str {
        "special"
    }
}

/// Everything but the name stands in the macro.
macro_rules! named {
    ($name:ident) => {
        #[get("/named")]
        #[protected(roles = "user")]
        async fn $name(request: HttpRequest, user: CurrentUser) -> String {
            let subject = user.subject();
            format!("{} {subject}", request.path())
        }
    };
}
named!(named);

/// Every part comes in.
macro_rules! parts {
    (
        $name:ident, $method:ident $path:literal, $roles:path: $role:literal, $quota:literal,
        $argument:ident: $ty:ty => $answer:ty, $body:expr
    ) => {
        #[$method($path)]
        #[protected(roles = $role, role_type = $roles)]
        #[rate_limit($quota)]
        #[validated]
        async fn $name($argument: $ty) -> $answer {
            $body
        }
    };
}
parts!(parts, post "/parts/{id}", self::Role: "user", "50/minute", id: Path<u8> => String, {
    id.to_string()
});

/// The attributes come in as they are.
macro_rules! attributes {
    ($(#[$attribute:meta])* $name:ident) => {
        $(#[$attribute])*
        async fn $name() -> &'static str {
            stringify!($name)
        }
    };
}
attributes!(
    #[get("/attributes")]
    #[protected]
    attributes_come_in
);

macro_rules! tokens {
    ($(#[$($attribute:tt)*])* $name:ident) => {
        $(#[$($attribute)*])*
        async fn $name() -> &'static str {
            stringify!($name)
        }
    };
}
tokens!(
    #[protected(roles = ["user", "admin"])]
    #[get("/tokens")]
    tokens_come_in
);

/// A whole item comes in, and the attributes stand here.
macro_rules! item {
    ($item:item) => {
        #[get("/item")]
        #[protected]
        $item
    };
}
item! {
    async fn item() -> &'static str { "item" }
}

/// A lowered copy for each, with a list of words.
macro_rules! several {
    ($($name:ident $path:literal [$($role:literal),*])*) => {$(
        #[get($path)]
        #[protected(roles = [$($role),*])]
        async fn $name() -> &'static str { stringify!($name) }
    )*};
}
several! {
    first "/first" ["user", "admin"]
    second "/second" ["admin"]
}

/// Types and names come in, rules stand here; and the other way round.
macro_rules! model {
    ($name:ident { $($field:ident: $ty:ty),* }) => {
        #[validated]
        #[derive(Debug)]
        struct $name {
            $(#[validate(length(min = 1, max = 5), custom(function = lower))] $field: $ty),*
        }
    };
    (#[$($rules:tt)*] $name:ident: $field:ident) => {
        #[validated]
        #[derive(Debug)]
        struct $name {
            #[$($rules)*]
            $field: String,
        }
    };
    ($name:ident: $most:expr, $low:literal, $pattern:literal) => {
        #[validated]
        #[derive(Debug)]
        struct $name {
            #[validate(length(max = $most), contains(pattern = $pattern))]
            text: String,
            #[validate(range(min = $low, max = $most), must_match(other = again))]
            number: i64,
            again: i64,
        }
    };
}
model!(Typed { one: String, two: Option<String> });
model!(#[validate(length(max = 5))] Ruled: text);
model!(Bounded: 9, 2, "a");

macro_rules! expressions {
    ($name:ident, $($variant:ident),*) => {
        #[validated]
        #[derive(Debug)]
        enum $name { $($variant),* }
    };
}
expressions!(Shade, Light, Dark);

fn lower(text: &str) -> Result<(), ValidationError> {
    match text.chars().all(char::is_lowercase) {
        true => Ok(()),
        false => Err(ValidationError::new("lower")),
    }
}

#[validated]
#[derive(Debug)]
struct All {
    typed: Typed,
    ruled: Ruled,
    bounded: Bounded,
    shade: Shade,
}

#[post("/models")]
#[protected]
#[validated]
async fn models(Json(all): Json<All>) -> String {
    let All {
        typed,
        ruled,
        bounded,
        shade,
    } = all;
    let typed = (typed.one, typed.two);
    let bounded = (bounded.text, bounded.number, bounded.again);
    format!("{typed:?} {} {bounded:?} {shade:?}", ruled.text)
}

#[actix_web::test]
async fn generated_handlers_work_and_are_guarded() {
    let app = Mounted::new(|routes| {
        routes
            .service(of_another_crate)
            .service(named)
            .service(parts);
        routes.service(attributes_come_in).service(tokens_come_in);
        routes.service(item).service(first).service(second);
    })
    .await;
    assert_eq!(app.get("/of_another_crate").await, "of another crate");
    assert_eq!(app.get("/named").await, "/named ada");
    assert_eq!(app.post("/parts/7", "").await, "7");
    assert_eq!(app.get("/attributes").await, "attributes_come_in");
    assert_eq!(app.get("/tokens").await, "tokens_come_in");
    assert_eq!(app.get("/item").await, "item");
    assert_eq!(app.get("/first").await, "first");
    assert_eq!(app.get("/second").await, "second");
}

#[actix_web::test]
async fn generated_roles_are_known() {
    use guardian::policy::RoleWord as _;

    let app = Mounted::new(|routes| {
        routes.service(generated_roles::special);
    })
    .await;
    assert_eq!(app.get("/special").await, "special");
    assert_eq!(generated_roles::Role::VerySpecial.word(), "very_special");
}

#[actix_web::test]
async fn generated_models_are_validated() {
    let app = Mounted::new(|routes| {
        routes.service(models);
    })
    .await;
    let good = r#"{"typed":{"one":"a","two":"b"},"ruled":{"text":"c"},
        "bounded":{"text":"a","number":3,"again":3},"shade":"Dark"}"#;
    let text = r#"("a", Some("b")) c ("a", 3, 3) Dark"#;
    assert_eq!(app.post("/models", good).await, text);
    let bad = r#"{"typed":{"one":"A","two":""},"ruled":{"text":"123456"},
        "bounded":{"text":"b","number":1,"again":3},"shade":"Dark"}"#;
    let (status, text) = app.refusal("/models", bad).await;
    assert_eq!(status, 422, "{text}");
    for place in [
        "typed/one",
        "typed/two",
        "ruled/text",
        "bounded/text",
        "bounded/number",
    ] {
        assert!(text.contains(place), "{place} is missing in {text}");
    }
}
