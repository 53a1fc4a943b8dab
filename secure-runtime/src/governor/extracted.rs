//! The key that an extractor finds, as bytes.

use std::hash::{Hash, Hasher};

use actix_governor::KeyExtractor;
use actix_web::{HttpRequest, ResponseError as _, dev::ServiceRequest};

use crate::Problem;

/// The key of a request; `None` where the extractor says that it is not to be limited.
///
/// # Errors
/// What the extractor answers, as a problem with its status. The text of the error is for the log.
#[doc(hidden)]
pub fn extracted<K: KeyExtractor>(
    extractor: &K,
    request: &HttpRequest,
) -> Result<Option<Vec<u8>>, Problem> {
    let request = ServiceRequest::from_request(request.clone());
    let key = extractor
        .extract(&request)
        .map_err(|error| Problem::new(error.error_response().status()).because(error))?;
    Ok(match extractor.whitelisted_keys().contains(&key) {
        true => None,
        false => Some(Written::of(&key)),
    })
}

/// All that a key tells a hasher. Two keys that are equal tell the same, and a hasher that forgets nothing makes
/// no two others meet that their `Hash` tells apart.
#[derive(Default)]
struct Written(Vec<u8>);

impl Written {
    fn of(key: &impl Hash) -> Vec<u8> {
        let mut written = Self::default();
        key.hash(&mut written);
        written.0
    }
}

impl Hasher for Written {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn finish(&self) -> u64 {
        // Asked for by nobody: the bytes are the key.
        0
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    #[test]
    fn keys_that_differ_are_told_apart() {
        let address = |text: &str| Written::of(&text.parse::<IpAddr>().expect("an address"));
        assert_eq!(address("192.0.2.1"), address("192.0.2.1"));
        assert_ne!(address("192.0.2.1"), address("192.0.2.2"));
        assert_ne!(address("192.0.2.1"), address("::ffff:192.0.2.1"));
        assert_ne!(Written::of(&("ab", "c")), Written::of(&("a", "bc")));
        assert_ne!(Written::of(&Some(0_u8)), Written::of(&None::<u8>));
    }
}
