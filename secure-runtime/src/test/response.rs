use actix_web::{
    Error,
    body::to_bytes,
    dev::ServiceResponse,
    http::{
        StatusCode,
        header::{HeaderMap, SET_COOKIE},
    },
    web::Bytes,
};

use super::TestSession;
use crate::session::Presented;

/// What a [`TestApp`](super::TestApp) answered, read to its end.
#[derive(Debug)]
pub struct TestResponse {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl TestResponse {
    pub(super) async fn read(answer: impl Future<Output = Result<ServiceResponse, Error>>) -> Self {
        // An error that propagates to the server becomes a response there; so it does here.
        let response = match answer.await {
            Ok(response) => response.into_parts().1,
            Err(error) => error.error_response(),
        };
        let (status, headers) = (response.status(), response.headers().clone());
        let body = to_bytes(response.into_body()).await.unwrap_or_default();
        Self {
            status,
            headers,
            body,
        }
    }

    /// The status, as a number.
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// All headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// A header's first value, if it is there and text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The session whose cookie the answer sets.
    pub fn session(&self) -> Option<TestSession> {
        let set = self.headers.get_all(SET_COOKIE);
        let mut pairs = set.filter_map(|value| value.to_str().ok()?.split(';').next());
        let is_session = |pair: &&str| {
            let value = pair.split_once('=').map_or("", |(_, value)| value);
            Presented::parse(value).is_some()
        };
        let pair = pairs.find(is_session)?;
        Some(TestSession::new(pair.to_owned()))
    }

    /// The body as text; what is no UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is no JSON.
    #[allow(clippy::panic)]
    pub fn json(&self) -> serde_json::Value {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!("no JSON ({error}): {}", self.text()),
        }
    }
}
