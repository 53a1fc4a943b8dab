//! Handlers, arguments and constants that are called like what generated code speaks of.

mod handlers {
    use actix_web::{
        HttpRequest,
        http::Method,
        web::{Data, Json, Path, Query},
    };
    // A handler of the crate's name makes the name ambiguous; so it would without us.
    use ::guardian::prelude::*;

    #[derive(Role)]
    pub(super) enum Role {
        Admin,
    }

    #[derive(Scope)]
    pub(super) enum Scope {
        NotesRead,
    }

    #[validated]
    pub(super) struct Note {
        #[validate(length(max = 20))]
        text: String,
    }

    #[validated]
    pub(super) struct Page {
        number: u8,
    }

    /// Its words are `word`s, and its trait has arguments.
    #[get("/word")]
    #[protected(roles = "admin", scopes = "notes:read")]
    pub(super) async fn word() -> &'static str {
        "word"
    }

    #[get("/main")]
    #[protected]
    pub(super) async fn main() -> &'static str {
        "main"
    }

    #[get("/guardian")]
    #[protected]
    pub(super) async fn guardian() -> &'static str {
        "guardian"
    }

    #[get("/core")]
    #[protected]
    pub(super) async fn core() -> &'static str {
        "core"
    }

    #[get("/std")]
    #[protected]
    pub(super) async fn std() -> &'static str {
        "std"
    }

    #[get("/register")]
    #[protected]
    pub(super) async fn register() -> &'static str {
        "register"
    }

    #[get("/extract")]
    #[protected]
    pub(super) async fn extract() -> &'static str {
        "extract"
    }

    #[get("/call")]
    #[protected]
    pub(super) async fn call() -> &'static str {
        "call"
    }

    /// Called like the attributes over it.
    #[get("/get")]
    #[protected]
    pub(super) async fn get() -> &'static str {
        "get"
    }

    #[get("/protected")]
    #[protected]
    pub(super) async fn protected() -> &'static str {
        "protected"
    }

    #[get("/resource")]
    #[protected]
    pub(super) async fn resource() -> &'static str {
        "resource"
    }

    /// Its argument has its name.
    #[post("/note")]
    #[protected]
    #[validated]
    pub(super) async fn note(note: Json<Note>) -> String {
        note.into_inner().text
    }

    #[protected]
    #[validated]
    pub(super) async fn plain(plain: Json<Note>) -> String {
        plain.into_inner().text
    }

    #[post("/internals/{id}")]
    #[protected]
    #[validated]
    #[allow(clippy::too_many_arguments)]
    pub(super) async fn internals(
        guarded: HttpRequest,
        request: HttpRequest,
        payload: Json<Note>,
        policy: CurrentUser,
        errors: Query<Page>,
        config: Path<u32>,
        self_: Method,
        extraction: Data<u8>,
    ) -> String {
        let paths = guarded.path().len() + request.path().len();
        let payload = payload.into_inner().text;
        let (policy, errors) = (policy.subject(), errors.number);
        format!("{paths} {payload} {policy} {errors} {config} {self_} {extraction:?}")
    }

    #[post("/underscores/{id}")]
    #[protected]
    #[validated]
    pub(super) async fn underscores(
        __guarded: HttpRequest,
        __request: HttpRequest,
        __payload: Json<Note>,
        __errors: Query<Page>,
        __config: Path<u32>,
    ) -> String {
        let paths = __guarded.path().len() + __request.path().len();
        let text = __payload.into_inner().text;
        format!("{paths} {text} {} {__config}", __errors.number)
    }
}

/// Constants and types that generated code has names for, too.
mod constants {
    use actix_web::web::Json;
    use guardian::{
        CurrentUser, Role as Vocabulary, get as route_get, post as route_post, prelude::protected,
        prelude::validated,
    };

    const POLICY: &str = "policy";
    const MESSAGE: &str = "message";
    const VOCABULARY: &str = "vocabulary";
    const KNOWN: bool = false;
    const INPUT: u8 = 1;
    const FITS: bool = false;
    static CALLER: &str = "caller";

    #[derive(Debug)]
    struct Values;
    struct Guarded(Values);
    trait Policy {
        const POLICY: &'static str;
    }
    trait Guard {}
    trait Misfit {}
    trait Unknown {}

    #[derive(Vocabulary)]
    pub(super) enum Role {
        Admin,
    }

    impl Policy for Values {
        const POLICY: &'static str = "other policy";
    }
    impl Guard for Values {}
    impl Misfit for Values {}
    impl Unknown for Values {}

    #[validated]
    pub(super) struct Input {
        #[validate(length(max = 20))]
        text: String,
    }

    #[get("/constants")]
    #[protected(roles = "admin")]
    pub(super) async fn constants() -> String {
        fn all<T: Guard + Misfit + Unknown + Policy>(_: &T) -> &'static str {
            T::POLICY
        }
        let guarded = Guarded(Values);
        let other = all(&guarded.0);
        let values = guarded.0;
        let flags = (KNOWN, INPUT, FITS);
        format!("{POLICY} {MESSAGE} {VOCABULARY} {CALLER} {flags:?} {values:?} {other}")
    }

    // An attribute under another name is resolved as every path is.
    use guardian::get;

    #[route_get("/renamed")]
    #[protected]
    pub(super) async fn renamed(user: CurrentUser) -> String {
        user.subject().to_owned()
    }

    #[route_post("/input")]
    #[protected]
    #[validated]
    pub(super) async fn input(input: Json<Input>) -> String {
        input.into_inner().text
    }
}

use actix_web::web::Data;
use guardian::Routes;
use secure_hygiene::Mounted;

#[actix_web::test]
async fn handlers_with_our_names() {
    let app = Mounted::new(|routes| {
        use handlers::*;
        routes.service(word).service(main).service(guardian);
        routes.service(core).service(std).service(register);
        routes.service(extract).service(call).service(get);
        routes.service(protected).service(resource);
    })
    .await;
    for name in [
        "word",
        "main",
        "guardian",
        "core",
        "std",
        "register",
        "extract",
        "call",
        "get",
        "protected",
        "resource",
    ] {
        assert_eq!(app.get(&format!("/{name}")).await, name);
    }
    assert!(app.report()[0].starts_with("GET /call protected "));
    assert!(app.report()[0].ends_with("handlers::call"));
}

#[actix_web::test]
async fn arguments_with_our_names() {
    let listing = |routes: &mut Routes| {
        routes.service(handlers::note);
        routes.service(handlers::internals);
        routes.service(handlers::underscores);
        routes.post("/plain", handlers::plain);
    };
    let app = Mounted::with(listing, |config| {
        config.app_data(Data::new(1_u8));
    })
    .await;
    let note = r#"{"text":"a"}"#;
    assert_eq!(app.post("/note", note).await, "a");
    assert_eq!(app.post("/plain", note).await, "a");
    let answer = app.post("/internals/7?number=8", note).await;
    assert_eq!(answer, "24 a ada 8 7 POST Data(1)");
    let answer = app.post("/underscores/7?number=8", note).await;
    assert_eq!(answer, "28 a 8 7");
}

#[actix_web::test]
async fn items_with_our_names() {
    let app = Mounted::new(|routes| {
        routes.service(constants::constants);
        routes.service(constants::renamed);
        routes.service(constants::input);
    })
    .await;
    assert_eq!(
        app.get("/constants").await,
        "policy message vocabulary caller (false, 1, false) Values other policy"
    );
    assert_eq!(app.get("/renamed").await, "ada");
    assert_eq!(app.post("/input", r#"{"text":"a"}"#).await, "a");
}
