//! The attributes in any order, with our route attributes and with actix-web's below: one behaviour.

use actix_web::{Responder, web::Json};
use secure_runtime::prelude::*;
use serde_json::json;

use crate::support::{Reply, Role, serve};

#[validated]
struct Note {
    #[validate(length(min = 1, max = 10))]
    text: String,
}

/// One handler under the given attributes, in a module of its own.
macro_rules! handler {
    ($name:ident $(#[$($attribute:tt)*])*) => {
        mod $name {
            use super::*;

            $(#[$($attribute)*])*
            async fn write(user: CurrentUser, note: Json<Note>) -> impl Responder {
                format!("{} wrote: {}", user.subject(), note.text)
            }

            pub(super) fn list(routes: &mut Routes) {
                routes.service(write);
            }
        }
    };
}

handler! { ours_first
    #[post("/notes")] #[protected(roles = "user")] #[rate_limit("5/minute")] #[validated]
}
handler! { ours_first_and_the_rest_reversed
    #[post("/notes")] #[validated] #[rate_limit("5/minute")] #[protected(roles = "user")]
}
handler! { ours_last
    #[protected(roles = "user")] #[rate_limit("5/minute")] #[validated] #[post("/notes")]
}
handler! { ours_last_and_the_rest_reversed
    #[validated] #[rate_limit("5/minute")] #[protected(roles = "user")] #[post("/notes")]
}
handler! { ours_in_the_middle
    #[rate_limit("5/minute")] #[validated] #[post("/notes")] #[protected(roles = "user")]
}
handler! { theirs_last
    #[protected(roles = "user")] #[rate_limit("5/minute")] #[validated] #[actix_web::post("/notes")]
}
handler! { theirs_last_and_the_rest_reversed
    #[validated] #[rate_limit("5/minute")] #[protected(roles = "user")] #[actix_web::post("/notes")]
}
handler! { theirs_in_the_middle
    #[protected(roles = "user")] #[actix_web::post("/notes")] #[rate_limit("5/minute")] #[validated]
}
handler! { ours_by_its_path
    #[secure_runtime::protected(roles = "user")] #[secure_runtime::post("/notes")]
    #[secure_runtime::validated] #[secure_runtime::rate_limit("5/minute")]
}

mod plain_function {
    use super::*;

    #[rate_limit("5/minute")]
    #[validated]
    #[protected(roles = "user")]
    async fn write(user: CurrentUser, note: Json<Note>) -> impl Responder {
        format!("{} wrote: {}", user.subject(), note.text)
    }

    pub(super) fn list(routes: &mut Routes) {
        routes.post("/notes", write);
    }
}

type List = fn(&mut Routes);

const VARIANTS: [(&str, List); 10] = [
    ("ours first", ours_first::list),
    (
        "ours first, the rest reversed",
        ours_first_and_the_rest_reversed::list,
    ),
    ("ours last", ours_last::list),
    (
        "ours last, the rest reversed",
        ours_last_and_the_rest_reversed::list,
    ),
    ("ours in the middle", ours_in_the_middle::list),
    ("actix-web's last", theirs_last::list),
    (
        "actix-web's last, the rest reversed",
        theirs_last_and_the_rest_reversed::list,
    ),
    ("actix-web's in the middle", theirs_in_the_middle::list),
    ("ours, named by their paths", ours_by_its_path::list),
    ("a plain function", plain_function::list),
];

#[actix_web::test]
async fn every_order_of_the_attributes_enforces_every_one_of_them() {
    for (name, list) in VARIANTS {
        let server = serve(list).await;
        let write = || server.post("/notes");
        let mine = || write().bearer_auth(server.token("ada", &["user"]));
        let stranger = || write().bearer_auth(server.token("eve", &[]));
        let good = json!({"text": "hello"});

        let reply = Reply::of(write().json(&good)).await;
        assert_eq!(reply.status, 401, "{name}: nobody: {reply:?}");
        let reply = Reply::of(stranger().body("{junk")).await;
        assert_eq!(reply.status, 403, "{name}: no role, and junk: {reply:?}");
        let reply = Reply::of(mine().json(&good)).await;
        let answer = (reply.status, reply.body.as_str());
        assert_eq!(answer, (200, "ada wrote: hello"), "{name}: {reply:?}");
        let reply = Reply::of(mine().json(&json!({"text": "too long a text"}))).await;
        assert_eq!(reply.status, 422, "{name}: eleven characters: {reply:?}");
        let reply = Reply::of(mine().json(&json!({"text": "a", "more": 1}))).await;
        assert_eq!(reply.status, 422, "{name}: unknown field: {reply:?}");
        let reply = Reply::of(mine().json(&good)).await;
        assert_eq!(reply.status, 429, "{name}: the sixth: {reply:?}");

        let rows = server.security.report();
        let row = &rows.routes()[0];
        assert_eq!(
            (row.method.as_str(), row.path.as_str()),
            ("POST", "/notes"),
            "{name}"
        );
        assert_eq!(
            (row.roles.as_slice(), row.limits.as_slice()),
            (&["user"][..], &["5/minute by ip".to_owned()][..]),
            "{name}"
        );
    }
}

#[routes]
#[get("/several/{id}")]
#[head("/several/{id}")]
#[put("/other")]
#[protected(roles = "user")]
#[rate_limit("3/minute")]
async fn several() -> impl Responder {
    "several"
}

#[protected(roles = "user")]
#[rate_limit("3/minute")]
#[actix_web::route("/their-several", method = "GET", method = "POST")]
async fn their_several() -> impl Responder {
    "several"
}

#[actix_web::test]
async fn one_handler_at_several_places_is_guarded_at_each_and_has_one_counter() {
    let server = serve(|routes| {
        routes.service(several).service(their_several);
    })
    .await;
    let token = server.token("ada", &["user"]);
    let ours = [
        ("GET", "/several/1"),
        ("HEAD", "/several/1"),
        ("PUT", "/other"),
    ];
    for (method, path) in ours {
        let reply = Reply::of(server.request(method, path)).await;
        assert_eq!(reply.status, 401, "{method} {path}: {reply:?}");
    }
    let reply = Reply::of(server.request("PUT", "/other").bearer_auth(&token)).await;
    assert_eq!(reply.status, 429, "the fourth, wherever: {reply:?}");

    for (method, status) in [("GET", 401), ("POST", 401), ("DELETE", 405)] {
        let reply = Reply::of(server.request(method, "/their-several")).await;
        assert_eq!(reply.status, status, "{method}: {reply:?}");
    }
    let reply = Reply::of(server.post("/their-several").bearer_auth(&token)).await;
    assert_eq!((reply.status, reply.body.as_str()), (200, "several"));
    let mut places: Vec<String> = Vec::new();
    for row in server.security.report().routes() {
        places.push(format!("{} {}", row.method, row.path));
    }
    let expected = [
        "PUT /other",
        "GET /several/{id}",
        "HEAD /several/{id}",
        "GET /their-several",
        "POST /their-several",
    ];
    assert_eq!(places, expected);
}
