//! HTTP: one file a resource. Who may call what stands on the handlers; nothing else here decides.

mod admin;
mod answers;
mod articles;
mod auth;
mod caller;
mod health;
mod me;
mod token;

use secure_runtime::prelude::*;

/// Every route of the service.
pub(crate) fn routes(routes: &mut Routes) {
    routes
        .service(health::alive)
        .service(health::ready)
        .service(auth::register)
        .service(auth::verify_email)
        .service(auth::login)
        .service(token::token)
        .service(me::show)
        .service(me::change)
        .service(me::delete)
        .service(articles::list)
        .service(articles::show)
        .service(articles::create)
        .service(articles::replace)
        .service(articles::delete)
        .scope("/admin", |admin| {
            admin
                .service(admin::list_users)
                .service(admin::change_user)
                .service(admin::delete_user)
                .assert("whatever is under /admin is for admins", |_, _, policy| {
                    policy.needs_role("admin") && policy.needs_scope("admin:users")
                });
        });
}
