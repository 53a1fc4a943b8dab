use std::borrow::Cow;

use actix_web::{
    HttpRequest,
    http::header::{HeaderMap, HeaderName},
};

use super::bearer::find_bearer;
use crate::api_key::{ApiKeys, Presented};

static X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");
/// Where the app has said that a key may stand in the query string.
const PARAMETER: &str = "api_key";

/// What a request carries to say who calls.
#[derive(Debug)]
pub(crate) enum Credential<'a> {
    /// Nothing.
    None,
    /// A bearer token, not yet verified (RFC 6750 §2.1).
    Bearer(&'a str),
    /// An API key, not yet verified.
    ApiKey(Presented),
    /// Something that is no credential of ours.
    Malformed,
    /// Credentials of two kinds, or one in two places: which of them counts, nobody can say.
    Several,
}

/// What stands in one place.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found<T> {
    Nothing,
    One(T),
    /// Two of them, or something else.
    Malformed,
}

/// Finds the credential: the `Authorization` header or `X-API-Key`, and nothing else, unless the app has
/// said that a key may stand in the query string. Nothing falls through to "anonymous", and nothing to
/// another credential.
pub(crate) fn find_credential<'a>(request: &'a HttpRequest, keys: &ApiKeys) -> Credential<'a> {
    let headers = request.headers();
    let in_query = match keys.may_stand_in_query() {
        true => in_query(request),
        false => Found::Nothing,
    };
    match (find_bearer(headers), in_header(headers), in_query) {
        (Found::Nothing, Found::Nothing, Found::Nothing) => Credential::None,
        (Found::One(token), Found::Nothing, Found::Nothing) => match keys.prefix().starts(token) {
            true => key(token, keys),
            false => Credential::Bearer(token),
        },
        (Found::Nothing, Found::One(text), Found::Nothing) => key(text, keys),
        (Found::Nothing, Found::Nothing, Found::One(text)) => key(&text, keys),
        (Found::Malformed, Found::Nothing, Found::Nothing)
        | (Found::Nothing, Found::Malformed, Found::Nothing)
        | (Found::Nothing, Found::Nothing, Found::Malformed) => Credential::Malformed,
        _ => Credential::Several,
    }
}

fn key<'a>(text: &str, keys: &ApiKeys) -> Credential<'a> {
    let presented = keys.prefix().parse(text);
    presented.map_or(Credential::Malformed, Credential::ApiKey)
}

fn in_header(headers: &HeaderMap) -> Found<&str> {
    let mut values = headers.get_all(&X_API_KEY);
    let Some(value) = values.next() else {
        return Found::Nothing;
    };
    match (value.to_str(), values.next()) {
        (Ok(text), None) => Found::One(text),
        _ => Found::Malformed,
    }
}

fn in_query(request: &HttpRequest) -> Found<Cow<'_, str>> {
    let pairs = form_urlencoded::parse(request.query_string().as_bytes());
    let mut values = pairs.filter(|(name, _)| name == PARAMETER);
    match (values.next(), values.next()) {
        (None, _) => Found::Nothing,
        (Some((_, text)), None) => Found::One(text),
        (Some(_), Some(_)) => Found::Malformed,
    }
}
