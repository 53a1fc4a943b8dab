//! The notes of an app, as our attributes have them written.

use actix_web::{
    Responder,
    web::{Data, Json, Path, Query},
};
use secure_runtime::prelude::*;
use serde::Serialize;

use crate::{
    store::Store,
    words::{Role, Scope},
};

#[derive(Serialize)]
pub struct Note {
    id: u64,
    title: String,
    body: String,
}

#[validated]
pub struct NewNote {
    #[validate(length(min = 1, max = 120))]
    title: String,
    #[validate(length(max = 10_000))]
    body: String,
    #[validate(range(min = 1, max = 5))]
    weight: u8,
    public: bool,
}

#[validated]
pub struct NoteChange {
    #[validate(length(min = 1, max = 120))]
    title: Option<String>,
    #[validate(length(max = 10_000))]
    body: Option<String>,
}

#[validated]
pub struct NotePage {
    #[validate(range(min = 1, max = 1000))]
    page: u32,
    #[validate(length(max = 100))]
    search: Option<String>,
}

#[get("/notes")]
#[public]
#[rate_limit("120/minute")]
#[validated]
async fn list_notes(page: Query<NotePage>, store: Data<Store>) -> Result<impl Responder, Problem> {
    let search = page.search.as_deref().unwrap_or_default();
    Ok(Json(store.search("note", search, page.page).await))
}

#[get("/notes/count")]
#[public]
async fn count_notes(store: Data<Store>) -> impl Responder {
    Json(store.count("note").await)
}

#[get("/notes/{id}")]
#[public]
#[rate_limit("600/minute")]
#[validated]
async fn read_note(id: Path<u64>, store: Data<Store>) -> Result<impl Responder, Problem> {
    let body = store.read("note", *id).await;
    let body = body.ok_or_else(|| Problem::not_found().with_detail("no such note"))?;
    let title = format!("note {id}");
    Ok(Json(Note {
        id: *id,
        title,
        body,
    }))
}

#[get("/notes/mine")]
#[protected]
async fn my_notes(caller: CurrentUser, store: Data<Store>) -> Result<impl Responder, Problem> {
    Ok(Json(store.search("note", caller.subject(), 1).await))
}

#[post("/notes")]
#[protected(roles = "user")]
#[rate_limit("30/minute; 500/day", by = "user")]
#[validated]
async fn create_note(
    caller: CurrentUser,
    note: Json<NewNote>,
    store: Data<Store>,
) -> Result<impl Responder, Problem> {
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
#[protected(roles = "user")]
#[rate_limit("60/minute")]
#[validated]
async fn change_note(
    caller: CurrentUser,
    id: Path<u64>,
    change: Json<NoteChange>,
    store: Data<Store>,
) -> Result<impl Responder, Problem> {
    let title = change.title.as_deref().unwrap_or(caller.subject());
    let body = change.body.as_deref().unwrap_or_default();
    match store.change("note", *id, title, body).await {
        true => Ok(Json(id.into_inner())),
        false => Err(Problem::not_found().with_detail("no such note")),
    }
}

#[delete("/notes/{id}")]
#[protected(roles = "admin")]
#[validated]
async fn delete_note(id: Path<u64>, store: Data<Store>) -> Result<impl Responder, Problem> {
    match store.delete("note", *id).await {
        true => Ok("deleted"),
        false => Err(Problem::not_found().with_detail("no such note")),
    }
}

#[post("/notes/{id}/publish")]
#[protected(scopes = "content:write")]
#[validated]
async fn publish_note(
    caller: CurrentUser,
    id: Path<u64>,
    store: Data<Store>,
) -> Result<impl Responder, Problem> {
    let changed = store.change("note", *id, caller.subject(), "published");
    match changed.await {
        true => Ok("published"),
        false => Err(Problem::not_found().with_detail("no such note")),
    }
}

#[get("/notes/{id}/history")]
#[protected(roles = "admin")]
#[validated]
async fn note_history(id: Path<u64>, store: Data<Store>) -> Result<impl Responder, Problem> {
    let entry = store.read("note", *id).await;
    entry.ok_or_else(|| Problem::not_found().with_detail("no such note"))
}

#[post("/notes/rebuild")]
#[protected(roles = "admin")]
#[rate_limit("5/hour", by = "global")]
async fn rebuild_notes(store: Data<Store>) -> Result<impl Responder, Problem> {
    let count = store.count("note").await;
    Ok(format!("{count} notes"))
}

pub fn mount(routes: &mut Routes) {
    routes
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
