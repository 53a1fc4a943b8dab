//! HTTP: one file a resource. Who may call what stands on the handlers; nothing else here decides.

pub(crate) mod admin;
mod answers;
pub(crate) mod api_keys;
mod article_access;
pub(crate) mod articles;
mod audit;
pub(crate) mod auth;
pub(crate) mod avatar;
mod caller;
mod health;
pub(crate) mod me;
mod owners;
pub(crate) mod sessions;

use secure_runtime::{oauth, prelude::*};

/// Every route that programs call, but those under `/admin`.
pub(crate) fn routes(routes: &mut Routes) {
    routes
        .service(health::alive)
        .service(health::ready)
        .service(oauth::jwks)
        .service(oauth::metadata)
        .scope("/auth", |auth| {
            auth.service(auth::register)
                .service(auth::verify_email)
                .service(auth::login)
                .service(auth::forgot_password)
                .service(auth::reset_password)
                .service(auth::confirm_email)
                .service(oauth::legacy::token)
                .service(oauth::revoke)
                .service(oauth::logout)
                .service(oauth::logout_everywhere);
        })
        .service(me::show)
        .service(me::change)
        .service(me::delete)
        .service(me::change_password)
        .service(me::change_email)
        .service(avatar::replace)
        .service(avatar::remove)
        .service(avatar::show)
        .service(sessions::list)
        .service(sessions::end)
        .service(api_keys::list)
        .service(api_keys::create)
        .service(api_keys::rotate)
        .service(api_keys::revoke)
        .service(articles::list)
        .service(articles::show)
        .service(articles::create)
        .service(articles::replace)
        .service(articles::delete);
}

/// What programs do under `/admin`.
pub(crate) fn admin_routes(admin: &mut Routes) {
    admin
        .service(admin::list_users)
        .service(admin::change_user)
        .service(admin::delete_user)
        .service(admin::end_sessions)
        .service(audit::list);
}
