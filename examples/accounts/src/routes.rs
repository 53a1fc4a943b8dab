//! Every route: what programs call, and what people look at.

use secure_runtime::{edge, prelude::*, session};

use crate::{
    api,
    domain::{Role, Scope},
    pages,
};

pub(crate) fn routes(routes: &mut Routes) {
    api::routes(routes);
    pages::routes(routes);
    routes
        .service(session::sign_out)
        .service(edge::csp_reports)
        .scope("/admin", |admin| {
            admin.floor(floor!(roles = "admin", scopes = "admin:users"));
            api::admin_routes(admin);
            pages::admin_routes(admin);
        })
        .assert(
            "API keys write articles, and nothing else",
            |_, path, policy| !policy.takes_api_keys() || path.starts_with("/articles"),
        )
        .assert(
            "who is protected asks for the account, but to sign out",
            |_, path, policy| {
                let signs_out = path.starts_with("/auth/logout") || path == "/logout";
                !policy.is_protected() || policy.loads_account() || signs_out
            },
        );
}
