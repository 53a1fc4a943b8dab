//! The cookie of a session, on its way in and out.

use actix_web::http::header::HeaderMap;

use super::{Sessions, text::Presented};
use crate::edge::{MOST_OF_ONE_NAME, ResponseCookie, cookies};

/// What stands in a request's cookies.
#[derive(Debug)]
pub(crate) enum Sent {
    /// No cookie of the name.
    Nothing,
    One(Presented),
    /// None of ours, or several of which nobody can say which one counts.
    Bad,
}

impl Sessions {
    /// What a request sends.
    pub(crate) fn sent(&self, headers: &HeaderMap, secure: bool) -> Sent {
        if !self.is_configured {
            return Sent::Nothing;
        }
        let name = self.settings.cookie.name_for(secure);
        let mut sent = cookies(headers, &name);
        let Some(first) = sent.next() else {
            return Sent::Nothing;
        };
        match Presented::parse(first) {
            Some(presented) if sent.all(|other| other == first) => Sent::One(presented),
            _ => Sent::Bad,
        }
    }

    /// The cookies that could be ours, for who is to end them all.
    pub(crate) fn all_sent(&self, headers: &HeaderMap, secure: bool) -> Vec<Presented> {
        if !self.is_configured {
            return Vec::new();
        }
        let name = self.settings.cookie.name_for(secure);
        cookies(headers, &name)
            .take(MOST_OF_ONE_NAME)
            .filter_map(Presented::parse)
            .collect()
    }

    /// The cookie with which a browser goes on.
    pub(crate) fn cookie(&self, value: &str, secure: bool) -> ResponseCookie {
        ResponseCookie::of(&self.settings.cookie, value, secure)
    }

    /// What has a browser forget its cookie.
    pub(crate) fn removal(&self, secure: bool) -> ResponseCookie {
        ResponseCookie::removing(&self.settings.cookie, secure)
    }
}
