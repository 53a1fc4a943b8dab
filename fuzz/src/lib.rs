//! A target for each parser of what strangers send or people write: it takes any bytes and asserts what has to
//! hold for them. That nothing panics is the least; what is taken prints and is read again as the same, keeps
//! to its bounds, and is never more than what it says it is.
//!
//! The targets are run in two ways:
//! - with every `cargo test`, on stable Rust: each seed, and for a moment whatever [`Mutator`] makes of them
//!   (`FUZZ_MILLISECONDS`, `FUZZ_SEED`);
//! - by LLVM's fuzzer, which sees the branches that an input takes: `libfuzzer/`, a package of its own.
#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used)]

mod mutate;
pub mod targets;

pub use mutate::Mutator;

/// A parser, and what has to hold for it.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Also the name of the folder with its seeds, and of LLVM's target.
    pub name: &'static str,
    /// Panics where something does not hold.
    pub run: fn(&[u8]),
}

/// Every target.
pub const TARGETS: [Target; 15] = [
    Target::new("accept", targets::accept),
    Target::new("content", targets::content),
    Target::new("cookie", targets::cookie),
    Target::new("credential", targets::credential),
    Target::new("csp", targets::csp),
    Target::new("csp_report", targets::csp_report),
    Target::new("forwarded", targets::forwarded),
    Target::new("grammar", targets::grammar),
    Target::new("json", targets::json),
    Target::new("key", targets::key),
    Target::new("local_path", targets::local_path),
    Target::new("multipart", targets::multipart),
    Target::new("pattern", targets::pattern),
    Target::new("template", targets::template),
    Target::new("token", targets::token),
];

impl Target {
    const fn new(name: &'static str, run: fn(&[u8])) -> Self {
        Self { name, run }
    }
}
