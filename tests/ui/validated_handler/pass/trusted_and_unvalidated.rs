use actix_web::{
    http::Uri,
    web::{Bytes, Json, Path},
};
use secure_runtime::{policy::Policy, prelude::*};

#[get("/")]
#[protected]
async fn trusted(#[trusted = "because the router has read it already"] uri: Uri) -> String {
    uri.to_string()
}

#[put("/{name}")]
#[protected]
async fn unvalidated(
    #[unvalidated = "because it is stored as it is"] body: Bytes,
    #[unvalidated = "because it is looked up in a list"] name: Path<String>,
) -> String {
    format!("{name}: {}", body.len())
}

#[post("/")]
#[protected]
#[validated]
async fn both(
    number: Json<u32>,
    #[unvalidated = "because it is a signature"] text: Query,
) -> String {
    format!("{number}{text}")
}

type Query = String;

fn main() {
    assert_eq!(trusted::POLICY.inputs().count(), 0);
    assert_eq!(unvalidated::POLICY.inputs().count(), 2);
    assert!(!unvalidated::POLICY.validates());
    assert!(both::POLICY.validates());
}
