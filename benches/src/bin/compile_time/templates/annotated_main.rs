//! A server of annotated handlers.

mod handlers;
mod store;
mod words;

use actix_web::{App, HttpServer, web::Data};
use secure_runtime::Security;

use store::Store;

#[actix_web::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let security = Security::from_env()?;
    let routes = security.routes(handlers::mount)?;
    let store = Data::new(Store::default());
    HttpServer::new(move || {
        App::new()
            .wrap(security.middleware())
            .app_data(store.clone())
            .configure(routes.mount())
    })
    .bind(("127.0.0.1", 8080))?
    .run()
    .await?;
    Ok(())
}
