//! The notes of an app, as one would write them with actix-web, serde and validator.

use actix_web::{
    Error, Responder, delete,
    error::{ErrorNotFound, ErrorUnprocessableEntity},
    get, post, put,
    web::{Data, Json, Path, Query},
};
use serde::{Deserialize, Serialize};
use validator::Validate;

use crate::{caller::Caller, store::Store};

#[derive(Serialize)]
pub struct Note {
    id: u64,
    title: String,
    body: String,
}

#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct NewNote {
    #[validate(length(min = 1, max = 120))]
    title: String,
    #[validate(length(max = 10_000))]
    body: String,
    #[validate(range(min = 1, max = 5))]
    weight: u8,
    public: bool,
}

#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct NoteChange {
    #[validate(length(min = 1, max = 120))]
    title: Option<String>,
    #[validate(length(max = 10_000))]
    body: Option<String>,
}

#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct NotePage {
    #[validate(range(min = 1, max = 1000))]
    page: u32,
    #[validate(length(max = 100))]
    search: Option<String>,
}

#[get("/notes")]
async fn list_notes(page: Query<NotePage>, store: Data<Store>) -> Result<impl Responder, Error> {
    page.validate().map_err(ErrorUnprocessableEntity)?;
    let search = page.search.as_deref().unwrap_or_default();
    Ok(Json(store.search("note", search, page.page).await))
}

#[get("/notes/count")]
async fn count_notes(store: Data<Store>) -> impl Responder {
    Json(store.count("note").await)
}

#[get("/notes/{id}")]
async fn read_note(id: Path<u64>, store: Data<Store>) -> Result<impl Responder, Error> {
    let body = store.read("note", *id).await;
    let body = body.ok_or_else(|| ErrorNotFound("no such note"))?;
    let title = format!("note {id}");
    Ok(Json(Note {
        id: *id,
        title,
        body,
    }))
}

#[get("/notes/mine")]
async fn my_notes(caller: Caller, store: Data<Store>) -> Result<impl Responder, Error> {
    Ok(Json(store.search("note", caller.subject(), 1).await))
}

#[post("/notes")]
async fn create_note(
    caller: Caller,
    note: Json<NewNote>,
    store: Data<Store>,
) -> Result<impl Responder, Error> {
    note.validate().map_err(ErrorUnprocessableEntity)?;
    let note = note.into_inner();
    let text = format!("{} {} {}", note.body, note.weight, note.public);
    let id = store.write("note", caller.subject(), &text).await;
    Ok(Json(Note {
        id,
        title: note.title,
        body: text,
    }))
}

#[put("/notes/{id}")]
async fn change_note(
    caller: Caller,
    id: Path<u64>,
    change: Json<NoteChange>,
    store: Data<Store>,
) -> Result<impl Responder, Error> {
    change.validate().map_err(ErrorUnprocessableEntity)?;
    let title = change.title.as_deref().unwrap_or(caller.subject());
    let body = change.body.as_deref().unwrap_or_default();
    match store.change("note", *id, title, body).await {
        true => Ok(Json(id.into_inner())),
        false => Err(ErrorNotFound("no such note")),
    }
}

#[delete("/notes/{id}")]
async fn delete_note(id: Path<u64>, store: Data<Store>) -> Result<impl Responder, Error> {
    match store.delete("note", *id).await {
        true => Ok("deleted"),
        false => Err(ErrorNotFound("no such note")),
    }
}

#[post("/notes/{id}/publish")]
async fn publish_note(
    caller: Caller,
    id: Path<u64>,
    store: Data<Store>,
) -> Result<impl Responder, Error> {
    let changed = store.change("note", *id, caller.subject(), "published");
    match changed.await {
        true => Ok("published"),
        false => Err(ErrorNotFound("no such note")),
    }
}

#[get("/notes/{id}/history")]
async fn note_history(id: Path<u64>, store: Data<Store>) -> Result<impl Responder, Error> {
    let entry = store.read("note", *id).await;
    entry.ok_or_else(|| ErrorNotFound("no such note"))
}

#[post("/notes/rebuild")]
async fn rebuild_notes(store: Data<Store>) -> Result<impl Responder, Error> {
    let count = store.count("note").await;
    Ok(format!("{count} notes"))
}

pub fn mount(config: &mut actix_web::web::ServiceConfig) {
    config
        .service(list_notes)
        .service(count_notes)
        .service(my_notes)
        .service(read_note)
        .service(create_note)
        .service(change_note)
        .service(delete_note)
        .service(publish_note)
        .service(note_history)
        .service(rebuild_notes);
}
