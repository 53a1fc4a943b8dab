//~ `Member` is no account of a caller
use actix_web::HttpRequest;
use secure_runtime::prelude::*;

struct Member;
struct Page;

impl Resource for Page {
    type Id = u32;
    type Account = Member;

    async fn load(_: u32, _: &HttpRequest) -> Result<Option<Self>, Problem> {
        Ok(None)
    }
}

fn main() {}
