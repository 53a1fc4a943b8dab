use actix_web::{
    HttpRequest,
    dev::PeerAddr,
    http::Method,
    web::{Data, Form, Json, Path, Query, ReqData},
};
use secure_runtime::{policy::Policy, prelude::*};

#[validated]
struct Note {
    #[validate(length(max = 200))]
    text: String,
}

#[validated(unknown = "ignore")]
struct Page {
    number: Option<u32>,
}

#[validated]
struct Place {
    #[validate(length(equal = 4))]
    code: String,
    id: u64,
}

#[post("/{code}/{id}")]
#[protected]
#[validated]
#[allow(clippy::too_many_arguments)]
async fn create(
    user: CurrentUser,
    Json(note): Json<Note>,
    page: Query<Page>,
    place: Path<Place>,
    method: Method,
    PeerAddr(_peer): PeerAddr,
    state: Data<String>,
    mark: ReqData<u32>,
    request: HttpRequest,
) -> String {
    let place = place.into_inner();
    format!(
        "{}{}{:?}{}{}{method}{state:?}{mark:?}{request:?}",
        user.subject(),
        note.text,
        page.number,
        place.code,
        place.id
    )
}

#[put("/{id}/{day}")]
#[protected]
#[validated]
async fn replace(Form(note): Form<Note>, path: Path<(u64, u8)>) -> String {
    let (id, day) = path.into_inner();
    format!("{id}{day}{}", note.text)
}

#[get("/{id}")]
#[protected]
#[validated]
async fn show(id: Path<u64>) -> String {
    id.to_string()
}

fn main() {
    assert!(create::POLICY.validates() && create::POLICY.inputs().count() == 3);
    assert!(replace::POLICY.validates() && replace::POLICY.inputs().count() == 2);
    assert!(show::POLICY.validates());
}
