//! actix-web alone: nobody is asked who they are, nothing is counted, nothing is checked.

use actix_web::{
    App, Error, Responder,
    body::MessageBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    get, post,
    web::Json,
};
use serde::Deserialize;

use super::{Note, SUBJECT};

#[derive(Debug, Deserialize)]
struct NewNote {
    title: String,
    text: String,
    reply_to: String,
    priority: u8,
}

#[get("/notes")]
async fn read() -> impl Responder {
    Json(Note::first(SUBJECT))
}

#[post("/notes")]
async fn create(note: Json<NewNote>) -> impl Responder {
    let note = note.into_inner();
    Json(Note {
        id: 2,
        author: SUBJECT.into(),
        title: note.title.into(),
        text: note.text.into(),
        reply_to: note.reply_to.into(),
        priority: note.priority,
    })
}

/// The service.
pub fn app() -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    App::new().service(read).service(create)
}
