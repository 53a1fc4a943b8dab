//! Devices on which somebody has signed in before (OWASP, “Slow Down Online Guessing Attacks with Device
//! Cookies”). Each has its own counter of failures, so that nobody who guesses elsewhere can lock the owner
//! of an account out.
//!
//! A browser has one cookie, and so is known to the account that signed in there last. On a browser that
//! several accounts share, the others are counted with everybody else until they sign in there again: that
//! costs them the protection from being locked out, and nobody else anything. One cookie an account would let
//! whoever signs in to many of them fill up what a browser sends to this host.

use std::time::Duration;

use actix_web::http::header::HeaderMap;
use aws_lc_rs::digest::{Context, SHA256};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use crate::{
    crypto::{Signable, Signed, Signer, fill_random},
    edge::{MOST_OF_ONE_NAME, ResponseCookie, cookies},
};

/// 400 days: browsers keep no cookie for longer.
const REMEMBERED: Duration = Duration::from_secs(400 * 24 * 60 * 60);

/// In bytes.
const ID: usize = 16;

/// A device on which an account has signed in before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KnownDevice {
    id: [u8; ID],
}

/// What its cookie says. It says nothing about the account to whoever does not know that already, and is
/// worth nothing for another one.
#[derive(Serialize, Deserialize)]
struct Remembered {
    id: String,
    account: String,
}

impl Signable for Remembered {
    const PURPOSE: &'static str = "secure-runtime known device";
    const MAX_AGE: Duration = REMEMBERED;
}

impl KnownDevice {
    /// A device that was never seen.
    pub(crate) fn new() -> Self {
        let mut id = [0; ID];
        fill_random(&mut id);
        Self { id }
    }

    /// The device on which `account` has signed in before, by the first cookie that says so. One that is
    /// forged, expired or another account's is none.
    pub(crate) fn read(
        headers: &HeaderMap,
        secure: bool,
        signer: &Signer,
        account: &str,
    ) -> Option<Self> {
        let mut sent = cookies(headers, cookie_name(secure)).take(MOST_OF_ONE_NAME);
        sent.find_map(|text| {
            let remembered = signer.verify(&Signed::<Remembered>::from_untrusted(text));
            let Remembered { id, account: whose } = remembered.ok()?;
            let id = URL_SAFE_NO_PAD.decode(id).ok()?;
            let device = Self {
                id: id.try_into().ok()?,
            };
            (device.mark_of(account) == whose).then_some(device)
        })
    }

    /// What makes it known, from now on.
    pub(crate) fn cookie(
        &self,
        secure: bool,
        signer: &Signer,
        account: &str,
    ) -> Option<ResponseCookie> {
        let remembered = Remembered {
            id: URL_SAFE_NO_PAD.encode(self.id),
            account: self.mark_of(account),
        };
        // Texts always serialize.
        let signed = signer.sign(&remembered).ok()?;
        let (name, value) = (cookie_name(secure), signed.as_str());
        Some(ResponseCookie::strict(
            name,
            value,
            Some(REMEMBERED),
            secure,
        ))
    }

    pub(crate) fn id(&self) -> &[u8] {
        &self.id
    }

    /// By what the account is known on this device.
    fn mark_of(&self, account: &str) -> String {
        let mut hash = Context::new(&SHA256);
        hash.update(b"secure-runtime known device");
        hash.update(&self.id);
        hash.update(account.as_bytes());
        URL_SAFE_NO_PAD.encode(&hash.finish().as_ref()[..16])
    }
}

/// Browsers take `__Host-` from HTTPS alone, for the whole host and for no other (RFC 6265bis §4.1.3.2).
const fn cookie_name(secure: bool) -> &'static str {
    match secure {
        true => "__Host-device",
        false => "device",
    }
}
