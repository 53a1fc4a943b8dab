//! The test kit (feature `test`): an app in memory, any caller in one line, a clock that is moved.
//!
//! ```
//! use actix_web::Responder;
//! use secure_runtime::{prelude::*, test::TestApp};
//!
//! #[get("/me")]
//! #[protected]
//! async fn me(user: CurrentUser) -> impl Responder {
//!     user.subject().to_owned()
//! }
//!
//! # #[actix_web::main]
//! # async fn main() {
//! let app = TestApp::new(|routes| {
//!     routes.service(me);
//! })
//! .await;
//! let response = app.get("/me").as_user("ada").send().await;
//! assert_eq!(response.status(), 200);
//! assert_eq!(response.text(), "ada");
//! assert_eq!(app.get("/me").send().await.status(), 401);
//! # }
//! ```

mod app;
mod clock;
mod passwords;
mod request;
mod response;
mod session;
#[cfg(feature = "uploads")]
mod upload;

pub use app::TestApp;
pub use clock::TestClock;
pub use passwords::{cheap_hash, cheap_passwords, hashes_computed};
pub use request::TestRequest;
pub use response::TestResponse;
pub use session::TestSession;
#[cfg(feature = "uploads")]
pub use upload::uploaded;
