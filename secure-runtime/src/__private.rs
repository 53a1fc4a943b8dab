//! What generated code calls. Nothing here is for anybody else, and anything may change.
#![allow(missing_docs)]

mod asserts;

pub use actix_web;
pub use asserts::{argument, argument_is_found, argument_is_validated, hold, known_word};
pub use serde;
pub use validator;

pub use crate::{
    authorize::{NoPolicy, PolicyCheck, PolicyProbe, ResourceCheck},
    crypto::IsSecret,
    edge::{Cors, Hosts},
    guard::{
        Argument, Caller, Extraction, FilesProbe, Guard, Guarded, InputProbe, NoFiles,
        NoKnownInput, Probe, Together, Trusted, Unknown, Unvalidated, call,
    },
    input::{
        Bounded, BoundedProbe, Bounds, Contents, ContentsProbe, Errors, FieldKind, KeysProbe,
        Measured, MeasuredProbe, Misfit, Normalize, ObjectOnly, OptionalProbe, SampledField,
        SecretProbe, Text, TextProbe, UploadProbe, Validated, Variants, kind_of, once,
        read_adjacent, read_external, read_internal, rules, sample_object,
    },
    policy::{
        Demands, Endpoint, Floor, LimitKey, Parameter, Policy, RateLimit, RoleWord, RoutePolicy,
        ScopeWord, Via, Vocabulary, WordSet,
    },
    routes::{Methods, resource},
};

#[cfg(feature = "uploads")]
pub use crate::upload::{FormData, UploadField, image_bounds, media_type, take_uploads};

#[cfg(feature = "actix-governor")]
pub use crate::governor::extracted;

/// The key of a limit that a key extractor of actix-governor finds.
#[cfg(feature = "actix-governor")]
#[doc(hidden)]
#[macro_export]
macro_rules! __extractor {
    ($text:literal, $extractor:path) => {
        $crate::__private::LimitKey::Extractor($text, |request| {
            $crate::__private::extracted(&$extractor, request)
        })
    };
}

/// Without the feature there are none.
#[cfg(not(feature = "actix-governor"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __extractor {
    ($text:literal, $extractor:path) => {
        compile_error!(
            "`extractor = …` needs the feature `actix-governor` of secure-runtime\n\
             help: actix-governor is GPL-3.0-or-later; `key = path::to::function` needs no feature"
        )
    };
}

pub use __extractor as extractor;

pub use secure_grammar::{Quota, SameSite};
pub use secure_macros::SerdeAttributes;
pub use serde_json::{Map, Value};

use std::num::{NonZeroU32, NonZeroU64};

use crate::edge::{CookiePolicy, Csp, Hsts, PageCsp, PermissionsPolicy};

/// The macros wrote the numbers after the grammar had parsed them: neither is zero.
pub const fn quota(amount: u32, period_seconds: u64) -> Quota {
    let amount = match NonZeroU32::new(amount) {
        Some(amount) => amount,
        None => NonZeroU32::MIN,
    };
    let period = match NonZeroU64::new(period_seconds) {
        Some(period) => period,
        None => NonZeroU64::MIN,
    };
    Quota::new(amount, period)
}

/// A policy that `csp!` has read.
pub const fn csp(text: &'static str, weak: &'static [(&'static str, &'static str)]) -> Csp {
    Csp::literal(text, weak)
}

/// A policy with a nonce that `csp!` has read.
pub const fn page_csp(
    text: &'static str,
    weak: &'static [(&'static str, &'static str)],
) -> PageCsp {
    PageCsp::literal(text, weak)
}

/// A policy that `permissions_policy!` has read.
pub const fn permissions_policy(text: &'static str) -> PermissionsPolicy {
    PermissionsPolicy::literal(text)
}

/// A cookie that `cookie!` has read: name, path, domain and `Max-Age`; `Secure`, `HttpOnly` and `SameSite`.
pub const fn cookie(
    kept: (
        &'static str,
        &'static str,
        Option<&'static str>,
        Option<u64>,
    ),
    sent: (bool, bool, SameSite),
) -> CookiePolicy {
    CookiePolicy::literal(kept, sent)
}

/// What stands in the place of a cookie that is none, beside the error.
pub const fn cookie_stand_in() -> CookiePolicy {
    CookiePolicy::SESSION
}

/// A policy that `hsts!` has read.
pub const fn hsts(text: &'static str) -> Hsts {
    Hsts::literal(text)
}

/// An owned text, under `#![no_implicit_prelude]` too.
pub fn text(text: &str) -> String {
    text.to_owned()
}
