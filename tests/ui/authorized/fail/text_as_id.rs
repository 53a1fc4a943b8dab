//~ nothing bounds the size of a `String`
use actix_web::HttpRequest;
use secure_runtime::{prelude::*, principal::NoAccount};

struct Page;

impl Resource for Page {
    type Id = String;
    type Account = NoAccount;

    async fn load(_: String, _: &HttpRequest) -> Result<Option<Self>, Problem> {
        Ok(None)
    }
}

fn main() {}
