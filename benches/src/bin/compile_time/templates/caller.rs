//! Who calls, as a handler without our attributes would have it.

use std::future::{Ready, ready};

use actix_web::{
    Error, FromRequest, HttpRequest, dev::Payload, error::ErrorUnauthorized, http::header,
};

pub struct Caller {
    subject: String,
}

impl Caller {
    pub fn subject(&self) -> &str {
        &self.subject
    }
}

impl FromRequest for Caller {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let value = request.headers().get(header::AUTHORIZATION);
        let subject = value.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        ready(match subject {
            Some(subject) => Ok(Self {
                subject: subject.to_owned(),
            }),
            None => Err(ErrorUnauthorized("who calls?")),
        })
    }
}
