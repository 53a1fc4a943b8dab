use actix_web::{
    Responder,
    web::{Data, Query},
};
use askama::Template;
use secure_runtime::{csrf::CsrfToken, edge::CspNonce, prelude::*};

use crate::{
    domain::{
        Page, PageNumber, Role, Scope,
        accounts::{Account, Accounts},
    },
    pages::{
        assets,
        frame::{Frame, page},
        notice::Notice,
    },
};

/// Which page of the list, and what has just been done.
#[validated(unknown = "ignore")]
pub(crate) struct Listing {
    #[validate(range(min = 1, max = 1_000_000))]
    page: Option<u32>,
    #[validate(length(max = 32))]
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "admin/users.html")]
struct Users {
    frame: Frame,
    users: Page<Account>,
}

/// `/admin/users` is the list that programs read.
#[get("")]
#[protected(roles = "admin", scopes = "admin:users")]
#[validated]
pub(crate) async fn list(
    nonce: CspNonce,
    csrf: CsrfToken,
    admin: CurrentUser<Account>,
    accounts: Data<Accounts>,
    listing: Query<Listing>,
) -> Result<impl Responder, Problem> {
    let done = listing.done.as_deref().and_then(Notice::named);
    page(&Users {
        frame: Frame::of(nonce, csrf, admin.account()).saying(done),
        users: accounts.list(PageNumber::new(listing.page)).await?,
    })
}
