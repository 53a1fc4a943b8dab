//! A server of plain handlers.

mod caller;
mod handlers;
mod store;

use actix_web::{App, HttpServer, web::Data};

use store::Store;

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let store = Data::new(Store::default());
    HttpServer::new(move || {
        App::new()
            .app_data(store.clone())
            .configure(handlers::mount)
    })
    .bind(("127.0.0.1", 8080))?
    .run()
    .await
}
