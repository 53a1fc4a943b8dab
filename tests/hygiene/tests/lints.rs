//! Every lint that an app may deny, but those that are about what it writes itself.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, unreachable_pub, dead_code, unused)]
#![deny(
    future_incompatible,
    keyword_idents,
    let_underscore,
    nonstandard_style,
    refining_impl_trait,
    rust_2018_idioms,
    rust_2021_compatibility,
    rust_2024_compatibility
)]
#![deny(
    absolute_paths_not_starting_with_crate,
    ambiguous_negative_literals,
    deprecated_in_future,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    impl_trait_redundant_captures,
    let_underscore_drop,
    macro_use_extern_crate,
    meta_variable_misuse,
    missing_copy_implementations,
    missing_debug_implementations,
    non_ascii_idents,
    redundant_imports,
    redundant_lifetimes,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unit_bindings,
    unnameable_types,
    unused_import_braces,
    unused_lifetimes,
    unused_macro_rules,
    unused_qualifications,
    variant_size_differences
)]
#![deny(clippy::all, clippy::pedantic, clippy::nursery)]
#![allow(
    clippy::future_not_send,
    reason = "an actix-web handler stays on its worker"
)]
#![allow(
    clippy::redundant_pub_crate,
    reason = "it contradicts `unreachable_pub`"
)]
#![deny(
    clippy::allow_attributes_without_reason,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::exhaustive_structs,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::let_underscore_must_use,
    clippy::let_underscore_untyped,
    clippy::missing_docs_in_private_items,
    clippy::missing_inline_in_public_items,
    clippy::panic,
    clippy::pattern_type_mismatch,
    clippy::redundant_type_annotations,
    clippy::ref_patterns,
    clippy::same_name_method,
    clippy::semicolon_outside_block,
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    clippy::str_to_string,
    clippy::unseparated_literal_suffix,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm
)]

/// Handlers, models and words that a crate shows to others.
#[deny(unused_results)]
pub mod shown {
    use actix_web::{HttpRequest, web::Json};
    use guardian::{
        CurrentUser, Problem, Role, Scope, Secret, get, post, protected, public, put, rate_limit,
        routes, validated,
    };

    /// The roles.
    #[derive(Debug, Clone, Copy, Role)]
    #[non_exhaustive]
    pub enum Role {
        /// Everything.
        #[role(implies = "user")]
        Admin,
        /// The rest.
        User,
    }

    /// The scopes.
    #[derive(Debug, Clone, Copy, Scope)]
    #[non_exhaustive]
    pub enum Scope {
        /// Reads notes.
        NotesRead,
    }

    /// A note.
    #[validated]
    #[derive(Debug)]
    #[non_exhaustive]
    pub struct NewNote {
        /// What it says.
        #[validate(length(min = 1, max = MOST))]
        pub text: String,
        /// Whether it was liked.
        #[validate(range(min = 1, max = 5))]
        pub stars: Option<u8>,
        /// How much of it.
        #[validate(range(exclusive_min = 0.0, max = 1.5))]
        pub share: f32,
        /// A large number.
        #[validate(range(min = 1, max = 5))]
        pub large: i64,
        /// Words.
        #[validate(length(max = 5))]
        pub list: Vec<u8>,
        /// What nobody else may see.
        #[validate(length(max = 64))]
        pub token: Secret<String>,
        /// Light or dark.
        pub shade: Shade,
        /// What it is not.
        #[serde(default)]
        #[unbounded = "because nobody sends it"]
        pub rest: String,
    }

    /// As many characters.
    const MOST: u64 = 100;

    /// Light or dark.
    #[validated]
    #[derive(Debug, Clone, Copy)]
    #[non_exhaustive]
    pub enum Shade {
        /// Light.
        Light,
        /// Dark.
        Dark,
    }

    /// Whether it is up.
    #[get("/health")]
    #[public]
    pub async fn health() -> &'static str {
        "up"
    }

    /// Writes a note.
    ///
    /// # Errors
    /// When it cannot.
    #[post("/notes")]
    #[protected(roles = ["user", "admin"], scopes = "notes:read")]
    #[rate_limit("50/minute; 500/hour", by = "user")]
    #[rate_limit("5/second", burst = 10)]
    #[rate_limit("5/second", key = by_tenant)]
    #[validated]
    pub async fn create(user: CurrentUser, note: Json<NewNote>) -> Result<String, Problem> {
        let note = note.into_inner();
        let secret = note.token.expose().len();
        let numbers = (note.stars, note.share, note.large, note.list, secret);
        let words = (user.subject(), note.text, note.shade, note.rest);
        Ok(format!("{numbers:?} {words:?}"))
    }

    /// Says who calls.
    const fn by_tenant(_: &HttpRequest) -> Option<String> {
        None
    }

    /// Several routes.
    #[routes]
    #[get("/one/{user_id}")]
    #[put("/two/{user_id}")]
    #[protected(owner = "user_id", or_roles = "admin")]
    pub async fn several(
        #[trusted = "because the guard has seen it"] uri: actix_web::http::Uri,
        #[unvalidated = "because nobody reads it"] _body: String,
    ) -> String {
        uri.path().len().to_string()
    }

    /// A plain one.
    #[protected]
    pub async fn plain() -> &'static str {
        "plain"
    }
}

/// Handlers, models and words that a crate keeps to itself.
#[deny(unused_results)]
mod kept {
    use actix_web::web::Query;
    use guardian::{Role, get, protected, validated};

    /// The roles.
    #[derive(Role)]
    pub(super) enum Words {
        /// Everything.
        Admin,
    }

    /// A page of many.
    #[validated]
    pub(super) struct Page {
        /// Which one.
        number: u8,
    }

    /// A page of many.
    #[get("/page")]
    #[protected(roles = "admin", role_type = Words)]
    #[validated]
    pub(super) async fn page(Query(page): Query<Page>) -> String {
        page.number.to_string()
    }

    /// Under actix-web's own attribute.
    #[protected]
    #[actix_web::get("/below")]
    pub(super) async fn below() -> &'static str {
        "below"
    }
}

#[actix_web::test]
async fn nothing_of_ours_trips_them() {
    let app = secure_hygiene::Mounted::new(|routes| {
        routes.service(shown::health).service(shown::create);
        routes.service(shown::several);
        routes.get("/plain", shown::plain);
    })
    .await;
    assert_eq!(app.open("/health").await, "up");
    let note = r#"{"text":"a","share":1,"large":2,"list":[3],"token":"t","shade":"Dark"}"#;
    let text = r#"(None, 1.0, 2, [3], 1) ("ada", "a", Dark, "")"#;
    assert_eq!(app.post("/notes", note).await, text);
    assert_eq!(app.get("/one/grace").await, "10");
    assert_eq!(app.get("/plain").await, "plain");
    let app = secure_hygiene::Mounted::new(|routes| {
        routes.service(kept::page).service(kept::below);
    })
    .await;
    assert_eq!(app.get("/page?number=3").await, "3");
    assert_eq!(app.get("/below").await, "below");
}
