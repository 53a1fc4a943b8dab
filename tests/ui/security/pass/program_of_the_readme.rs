use actix_web::{App, HttpServer, Responder, web::Json};
use secure_runtime::prelude::*;

#[derive(Role)]
pub enum Role {
    #[role(implies = "user")]
    Admin,
    User,
}

#[validated]
pub struct NewNote {
    #[validate(length(min = 1, max = 200))]
    text: String,
}

#[get("/health")]
#[public]
async fn health() -> impl Responder { "ok" }

#[post("/notes")]
#[protected(roles = "user")]
#[rate_limit("5/minute")]
#[validated]
async fn create_note(user: CurrentUser, note: Json<NewNote>) -> Result<impl Responder, Problem> {
    Ok(format!("{} wrote: {}", user.subject(), note.text))
}

#[actix_web::main]
async fn serve() -> Result<(), Box<dyn std::error::Error>> {
    let security = Security::from_env()?;
    let routes = security.routes(|routes| {
        routes.service(health).service(create_note);
    })?;
    HttpServer::new(move || {
        App::new()
            .wrap(security.middleware())
            .configure(routes.mount())
    })
    .bind(("127.0.0.1", 8080))?
    .run()
    .await?;
    Ok(())
}

fn main() {
    let _ = serve;
}
