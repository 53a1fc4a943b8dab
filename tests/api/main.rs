//! Every stage, on a real server with a real client, and in memory where a socket adds nothing.
//! One file a stage. No test sleeps: time is moved.
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr
)]

mod accounts_address_change;
mod accounts_device;
mod accounts_mail;
mod accounts_password_change;
mod accounts_reset;
mod accounts_sign_in;
mod accounts_sign_up;
mod accounts_throttle;
mod api_keys_addresses;
mod api_keys_credentials;
mod api_keys_life;
mod api_keys_limits;
mod api_keys_making;
mod api_keys_owners;
mod api_keys_query;
mod api_keys_rotation;
mod api_keys_routes;
mod api_keys_shared;
mod api_keys_use;
mod attribute_order;
mod audit;
mod authorization;
mod breached_passwords;
mod callers;
mod csrf_routes;
mod csrf_sign_out;
mod csrf_tokens;
mod deploy_checks;
mod edge_before_the_app;
mod edge_cors;
mod edge_every_answer;
mod edge_hosts;
mod edge_https;
mod foreign_answers;
mod forms_checked;
mod headers_everywhere;
mod headers_transport;
mod input_bodies;
mod input_fields;
mod input_parameters;
mod input_ready_fields;
mod input_ready_fields_pages;
mod input_syntax;
mod input_values;
mod launch;
mod launch_floors;
mod launch_mounting;
mod launch_scopes;
mod limit_addresses;
mod limit_failures;
mod limit_fields;
mod limit_keys;
mod limit_workers;
mod mail_transports;
mod methods;
mod oauth_metadata;
mod oauth_password;
mod oauth_sign_out;
mod oauth_token;
mod order;
mod pages_problems;
mod policies_headers;
mod policies_nonce;
mod policies_reports;
mod problems;
mod quickstart;
mod report;
mod runtime_net;
mod scopes_floor;
mod sessions_cookie;
mod sessions_endings;
mod sessions_life;
mod sessions_privilege;
mod sessions_shared;
mod sessions_sign_in;
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
