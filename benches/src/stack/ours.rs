//! Ours, with the same demands.

use std::sync::Arc;

use actix_web::{
    App, Error, Responder,
    body::MessageBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    web::Json,
};
use secure_runtime::{LaunchError, MountedRoutes, Security, prelude::*};

use super::{Note, fixture::Fixture};

#[derive(Role)]
pub(super) enum Role {
    User,
}

#[validated]
struct NewNote {
    #[validate(length(min = 1, max = 100))]
    title: String,
    #[validate(length(min = 1, max = 2000))]
    text: String,
    #[validate(email, length(max = 254))]
    reply_to: String,
    #[validate(range(min = 1, max = 5))]
    priority: u8,
}

#[get("/notes")]
#[protected(roles = "user")]
#[rate_limit("4000000000/second")]
async fn read(user: CurrentUser) -> impl Responder {
    Json(Note::first(user.subject().to_owned()))
}

#[post("/notes")]
#[protected(roles = "user")]
#[rate_limit("4000000000/second")]
#[validated]
async fn create(user: CurrentUser, note: Json<NewNote>) -> impl Responder {
    let note = note.into_inner();
    Json(Note {
        id: 2,
        author: user.subject().to_owned().into(),
        title: note.title.into(),
        text: note.text.into(),
        reply_to: note.reply_to.into(),
        priority: note.priority,
    })
}

/// The routes, which all workers have in common.
pub(super) fn routes(security: &Security) -> Result<MountedRoutes, LaunchError> {
    security.routes(|routes| {
        routes.service(read).service(create);
    })
}

/// The service.
pub fn app(
    fixture: Arc<Fixture>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    App::new()
        .wrap(fixture.security.middleware())
        .configure(fixture.routes.mount())
}
