use std::time::Duration;

use actix_web::{Responder, web::Data};
use secure_runtime::prelude::*;

use crate::domain::accounts::Accounts;

/// The process runs.
#[get("/healthz")]
#[public]
pub(crate) async fn alive() -> impl Responder {
    "ok"
}

/// The process can do its work: the database and the store answer.
#[get("/readyz")]
#[public]
pub(crate) async fn ready(
    accounts: Data<Accounts>,
    security: Security,
) -> Result<impl Responder, Problem> {
    security.store().ping().await?;
    match accounts.ping().await {
        Ok(()) => Ok("ready"),
        Err(failure) => Err(Problem::unavailable(Duration::from_secs(5))
            .because(format_args!("the database does not answer: {failure:?}"))),
    }
}
