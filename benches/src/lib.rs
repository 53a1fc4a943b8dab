//! How fast it is, beside what one would wire by hand: `benches/README.md`.
//!
//! One file a section; each has a `run` that prints its tables.

pub mod accounts;
pub mod harness;
pub mod hot_path;
pub mod stack;
pub mod stores;
pub mod summary;
pub mod tokens;

/// Why there are no figures.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
