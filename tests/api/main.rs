//! Every stage, on a real server with a real client, and in memory where a socket adds nothing.
//! One file a stage. No test sleeps: time is moved.
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr
)]

mod attribute_order;
mod authorization;
mod callers;
mod foreign_answers;
mod headers_everywhere;
mod headers_transport;
mod input_bodies;
mod input_fields;
mod input_parameters;
mod input_syntax;
mod input_values;
mod launch;
mod launch_mounting;
mod launch_scopes;
mod limit_failures;
mod limit_fields;
mod limit_keys;
mod limit_workers;
mod methods;
mod order;
mod problems;
mod quickstart;
mod report;
mod runtime_net;
mod support;
mod test_kit;
mod token_claims;
mod token_remembered;
mod token_shape;
mod unchecked;
