use actix_router::{Path, PathDeserializer};
use actix_web::HttpRequest;
use percent_encoding::percent_decode_str;

use crate::input::{Errors, Place, Validated, is_well_formed};

/// What a resource is found by: a number, a `Uuid`, or a type with `#[validated]`, as a handler's `Path` may hold.
pub trait ResourceId: Validated {}

impl<T: Validated> ResourceId for T {}

/// The id in the path parameter `name`, as `Path` would read it were it the only one. `None` where there is no such
/// parameter, and where what stands there is no id: then nothing has it.
pub(super) fn read<T: ResourceId>(request: &HttpRequest, name: &'static str) -> Option<T> {
    let text = request.match_info().get(name)?;
    // The router has made a text of what is none, and what is asked for the id might end it at a NUL.
    if !is_well_formed(request.uri().path().as_bytes())
        || percent_decode_str(text).any(|byte| byte == 0)
    {
        return None;
    }
    let mut path = Path::new("");
    path.add_static(name, text.to_owned());
    let id = T::deserialize(PathDeserializer::new(&path)).ok()?;
    let mut errors = Errors::of_request(Place::Parameters, request);
    id.check(&mut errors);
    errors.finish().ok()?;
    Some(id)
}
