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
mod audit;
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
mod limit_addresses;
mod limit_failures;
mod limit_fields;
mod limit_keys;
mod limit_workers;
mod methods;
mod oauth_metadata;
mod oauth_password;
mod oauth_sign_out;
mod oauth_token;
mod order;
mod policies_headers;
mod policies_nonce;
mod policies_reports;
mod problems;
mod quickstart;
mod report;
mod runtime_net;
mod support;
mod test_kit;
mod tokens_algorithms;
mod tokens_cache;
mod tokens_claims;
mod tokens_header;
mod tokens_key_file;
mod tokens_keys;
mod tokens_own_claims;
mod tokens_refresh;
mod tokens_refresh_grace;
mod tokens_refresh_grants;
mod tokens_remembered;
mod tokens_restricted;
mod tokens_revocation;
mod tokens_revocation_outage;
mod tokens_revocation_shared;
mod tokens_rotation;
mod tokens_shape;
mod tokens_sign_out_elsewhere;
mod unchecked;
