use std::fmt::Write as _;

use actix_web::{HttpRequest, HttpResponse, Responder, web};
use secure_runtime::{policy::Policy, prelude::*};

/// The documentation stays on the handler.
#[get("/documented")]
#[protected]
#[allow(clippy::unused_async)]
#[must_use]
async fn documented() -> impl Responder {
    "documented"
}

#[get("/result")]
#[protected]
async fn result(
    mut text: web::Data<String>,
    request: HttpRequest,
) -> Result<impl Responder, actix_web::Error> {
    if request.path() == "/" {
        return Err(actix_web::error::ErrorBadRequest("early"));
    }
    let length: usize = request.path()[1..]
        .parse()
        .map_err(actix_web::error::ErrorBadRequest)?;
    text = web::Data::new(format!("{} {length}", text.as_str()));
    Ok(text.to_string())
}

#[get("/problem")]
#[protected]
async fn problem(_: CurrentUser) -> Result<HttpResponse, Problem> {
    Err(Problem::not_found())
}

#[get("/where")]
#[public]
async fn with_where_clause() -> impl Responder
where
    String: Clone,
{
    let mut text = String::new();
    let _ = write!(text, "{}", 1);
    text
}

#[get("/raw")]
#[public]
async fn r#match() -> &'static str {
    ""
}

macro_rules! pages {
    ($($name:ident $path:literal)*) => {$(
        #[get($path)]
        #[protected]
        #[rate_limit("5/minute", by = "user")]
        pub async fn $name(user: CurrentUser) -> String {
            format!("{} sees {}", user.subject(), stringify!($name))
        }
    )*};
}

pages! { one "/one" two "/two" }

pub(crate) mod inner {
    pub mod deep {
        use secure_runtime::prelude::*;

        #[get("/deep")]
        #[protected]
        pub(in crate::inner) async fn handler() -> &'static str {
            ""
        }
    }

    pub fn mount(routes: &mut secure_runtime::Routes) {
        routes.service(deep::handler);
    }
}

fn mount(routes: &mut Routes) {
    #[get("/local")]
    #[public]
    async fn local() -> &'static str {
        ""
    }

    routes.service(documented).service(result).service(problem);
    routes
        .service(with_where_clause)
        .service(r#match)
        .service(local);
    routes.service(one).service(two);
    inner::mount(routes);
}

fn security() -> Security {
    Security::builder()
        .issuer("https://auth.example.com")
        .audience("https://api.example.com")
        .signing_key(secure_runtime::token::Hs256Key::random())
        .build()
        .unwrap()
}

fn main() {
    let security = security();
    security.routes(mount).unwrap();
    assert_eq!(security.report().routes().len(), 9);
    assert_eq!(one::POLICY.endpoints()[0].path(), "/one");
}
