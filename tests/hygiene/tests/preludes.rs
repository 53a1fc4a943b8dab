//! Two preludes at once: what both of them have is ambiguous only where it is named.

/// The names of actix-web are used, and those of ours.
mod globs {
    use actix_web::{web::*, *};
    // By name, so that they win over both globs.
    use guardian::prelude::{get, post};
    #[allow(unused_imports)]
    use guardian::{prelude::*, *};

    #[derive(Role)]
    pub(super) enum Role {
        Admin,
    }

    #[validated]
    pub(super) struct Note {
        #[validate(length(max = 9))]
        text: String,
    }

    #[get("/get")]
    #[protected(roles = "admin")]
    pub(super) async fn read(_: HttpRequest) -> impl Responder {
        HttpResponse::Ok().body("read")
    }

    #[post("/post")]
    #[protected]
    #[rate_limit("50/minute")]
    #[validated]
    pub(super) async fn write(note: Json<Note>) -> Result<String, Problem> {
        Ok(note.into_inner().text)
    }
}

/// Nothing of actix-web's is named that ours has too.
mod no_collision {
    #[allow(unused_imports)]
    use actix_web::*;
    use guardian::prelude::*;

    #[protected]
    pub(super) async fn plain(request: HttpRequest) -> String {
        request.path().to_owned()
    }

    #[guardian::get("/qualified")]
    #[protected]
    pub(super) async fn qualified() -> &'static str {
        "qualified"
    }
}

/// The other way round, under names of the app's own.
mod renamed {
    use actix_web::get as actix_get;
    use guardian::prelude::*;

    #[protected]
    #[actix_web::get("/below")]
    pub(super) async fn below() -> &'static str {
        "below"
    }

    #[actix_get("/unchecked")]
    pub(super) async fn of_actix() -> &'static str {
        "unchecked"
    }
}

#[actix_web::test]
async fn preludes_go_together() {
    let app = secure_hygiene::Mounted::new(|routes| {
        routes.service(globs::read).service(globs::write);
        routes.get("/plain", no_collision::plain);
        routes.service(no_collision::qualified);
        routes.service(renamed::below);
        let reason = "because it shows nothing";
        routes.service(guardian::unchecked(reason, renamed::of_actix));
    })
    .await;
    assert_eq!(app.get("/get").await, "read");
    assert_eq!(app.post("/post", r#"{"text":"a"}"#).await, "a");
    assert_eq!(app.get("/plain").await, "/plain");
    assert_eq!(app.get("/qualified").await, "qualified");
    assert_eq!(app.get("/below").await, "below");
    assert_eq!(app.open("/unchecked").await, "unchecked");
}
