//! The web page: one file a page, with its template beside it. Who may see a page stands on its handler, as in
//! `api/`, and what a page does is done by the same functions. Nothing here decides about security.

pub(crate) mod admin;
mod article;
mod assets;
mod confirm_email;
mod editor;
mod forgot;
mod form;
mod frame;
mod home;
mod login;
mod moment;
mod notice;
mod problem;
mod register;
mod reset;
mod settings;
mod verify;

use secure_runtime::prelude::*;

pub(crate) use problem::problem;
use settings::{address, avatar, keys, password, profile, sessions};

// No template holds what the policy of pages would stop, or a form without its token.
secure_runtime::templates!(".");

/// Every page.
pub(crate) fn routes(routes: &mut Routes) {
    routes
        .service(assets::show)
        .service(home::show)
        .service(article::show)
        .service(editor::blank)
        .service(editor::create)
        .service(editor::filled_in)
        .service(editor::replace)
        .service(editor::ask)
        .service(editor::delete)
        .service(register::show)
        .service(register::submit)
        .service(verify::show)
        .service(verify::submit)
        .service(login::show)
        .service(login::submit)
        .service(forgot::show)
        .service(forgot::submit)
        .service(reset::show)
        .service(reset::submit)
        .service(confirm_email::show)
        .service(confirm_email::submit)
        .service(profile::show)
        .service(profile::change)
        .service(avatar::replace)
        .service(avatar::remove)
        .service(address::show)
        .service(address::change)
        .service(password::show)
        .service(password::change)
        .service(sessions::show)
        .service(sessions::end)
        .service(sessions::end_others)
        .service(keys::show)
        .service(keys::create)
        .service(keys::rotate)
        .service(keys::revoke);
}

/// The pages for admins, under `/admin`.
pub(crate) fn admin_routes(admin: &mut Routes) {
    admin
        .service(admin::events::list)
        .service(admin::users::list)
        .service(admin::user::show)
        .service(admin::user::set_role)
        .service(admin::user::disable)
        .service(admin::user::enable)
        .service(admin::user::end_sessions)
        .service(admin::user::delete);
}
