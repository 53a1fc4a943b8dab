//! Nothing is in scope but the attributes: generated code names everything by its whole path.
#![no_implicit_prelude]

/// Reached by paths alone, as whoever has no prelude writes it.
mod handlers {
    use ::actix_web::{HttpRequest, web::Json};
    use ::guardian::{
        AccessPolicy, Allows, Authorized, CurrentUser, Decision, Principal, Problem, Resource,
        Role, Scope, get, post, principal::NoAccount, protected, public, rate_limit, route, routes,
        validated,
    };
    use ::std::{
        borrow::ToOwned as _,
        option::Option,
        result::Result,
        string::{String, ToString as _},
    };

    #[derive(Role)]
    pub(super) enum Role {
        #[role(implies = "user")]
        Admin,
        User,
    }

    #[derive(Scope)]
    pub(super) enum Scope {
        NotesRead,
        #[scope(name = "notes:write", implies = "notes:read")]
        Write,
    }

    #[validated]
    pub(super) struct NewNote {
        #[validate(length(min = 1, max = 200))]
        text: String,
        #[validate(range(min = 1, max = 5))]
        stars: Option<u8>,
    }

    #[get("/health")]
    #[public]
    pub(super) async fn health(caller: Option<CurrentUser>) -> &'static str {
        match caller {
            Option::Some(_) => "known",
            Option::None => "unknown",
        }
    }

    #[post("/notes", name = "notes")]
    #[protected(roles = ["user", "admin"], scopes = "notes:read")]
    #[rate_limit("50/minute; 500/hour")]
    #[rate_limit("5/second", by = "user", burst = 10)]
    #[rate_limit("70/minute", key = by_tenant)]
    #[validated]
    pub(super) async fn create(
        user: CurrentUser,
        note: Json<NewNote>,
        #[trusted = "because the guard has seen the path"] _uri: ::actix_web::http::Uri,
        #[unvalidated = "because the handler reads it as it is"] _body: String,
    ) -> String {
        let mut text = user.subject().to_owned();
        text.push_str(&note.text);
        text
    }

    fn by_tenant(_: &HttpRequest) -> Option<String> {
        Option::None
    }

    #[get("/users/{user_id}")]
    #[protected(owner = "user_id", or_roles = "admin")]
    pub(super) async fn owned() -> &'static str {
        "owned"
    }

    struct Number(u32);
    struct Show;
    struct Anybody;

    impl Resource for Number {
        type Id = u32;
        type Account = NoAccount;

        async fn load(id: u32, _: &HttpRequest) -> Result<Option<Self>, Problem> {
            Result::Ok(Option::Some(Self(id)))
        }
    }

    impl Allows<Show> for Number {
        fn decide(&self, _: Option<&CurrentUser>) -> Decision {
            Decision::Allow
        }
    }

    impl AccessPolicy for Anybody {
        type Facts = ();

        async fn facts(_: &HttpRequest, _: &Principal) -> Result<(), Problem> {
            Result::Ok(())
        }

        fn decide(_: &Principal, _: &()) -> Decision {
            Decision::Allow
        }
    }

    #[get("/numbers/{id}")]
    #[protected(policy = Anybody)]
    pub(super) async fn number(found: Authorized<Number, Show>) -> String {
        found.0.to_string()
    }

    #[routes]
    #[get("/one")]
    #[get("/two", guard = "always")]
    #[protected]
    pub(super) async fn several() -> &'static str {
        "several"
    }

    fn always(_: &::actix_web::guard::GuardContext<'_>) -> bool {
        true
    }

    #[route("/any", method = "GET", method = "POST")]
    #[public]
    #[rate_limit("50/minute")]
    pub(super) async fn any() -> &'static str {
        "any"
    }

    #[post("/unlimited")]
    #[public(unlimited = "because it does nothing")]
    pub(super) async fn unlimited() -> &'static str {
        "unlimited"
    }

    #[protected]
    pub(super) async fn plain() -> &'static str {
        "plain"
    }
}

#[::actix_web::test]
async fn handlers_work_and_are_guarded() {
    use ::guardian::policy::{RoleWord as _, ScopeWord as _};
    use ::std::{assert_eq, string::ToString as _};

    let app = ::secure_hygiene::Mounted::new(|routes| {
        routes.service(handlers::health).service(handlers::create);
        routes.service(handlers::owned).service(handlers::several);
        routes.service(handlers::any).service(handlers::unlimited);
        routes.get("/plain", handlers::plain);
        routes.service(handlers::number);
    })
    .await;
    assert_eq!(app.open("/health").await, "unknown");
    assert_eq!(app.open("/any").await, "any");
    let status = app
        .status(::actix_web::http::Method::POST, "/unlimited")
        .await;
    assert_eq!(status, 200);
    for path in ["/one", "/two"] {
        assert_eq!(app.get(path).await, "several");
    }
    assert_eq!(app.get("/users/grace").await, "owned");
    assert_eq!(app.get("/plain").await, "plain");
    assert_eq!(app.get("/numbers/7").await, "7");
    assert_eq!(
        app.post("/notes", r#"{"text":" wrote"}"#).await,
        "ada wrote"
    );
    let (status, text) = app.refusal("/notes", r#"{"text":"","stars":9}"#).await;
    assert_eq!(status, 422, "{text}");
    let role = handlers::Role::from_word("admin").map(|role| role.word().to_string());
    assert_eq!(role.as_deref(), ::std::option::Option::Some("admin"));
    assert_eq!(handlers::Scope::Write.word(), "notes:write");
    assert_eq!(handlers::Scope::NotesRead.word(), "notes:read");
    assert_eq!(handlers::Role::User.word(), "user");
}
