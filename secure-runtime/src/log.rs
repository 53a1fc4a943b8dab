//! What goes to the log, under the correlation id that the client gets.

use actix_web::http::StatusCode;

/// Notes why a request was not answered with success. Debug formatting keeps line breaks out.
pub(crate) fn refused(status: StatusCode, request_id: &str, cause: Option<&str>, to_stderr: bool) {
    let status_code = status.as_u16();
    if !status.is_server_error() {
        refused_as_others(status, request_id, cause);
        return;
    }
    tracing::error!(request_id, status_code, cause = ?cause, "request failed");
    if to_stderr && nobody_listens() {
        print(&format!(
            "request {request_id} failed with {status_code}: {cause:?}"
        ));
    }
}

/// The same where it says nothing about the server that the log does not have already.
pub(crate) fn refused_as_others(status: StatusCode, request_id: &str, cause: Option<&str>) {
    let status_code = status.as_u16();
    tracing::debug!(request_id, status_code, cause = ?cause, "request refused");
}

/// Notes an answer that asks caches to keep it though its nonce is for one response, or its cookie for one
/// client. It goes out as one that is not kept.
pub(crate) fn answer_to_be_kept(request_id: &str) {
    tracing::error!(
        request_id,
        "an answer with a nonce or a cookie of ours asks caches to keep it; \
         `Cache-Control: no-store` is sent instead"
    );
}

/// Notes that the app's own page of a problem could not be made. The plain one goes out.
pub(crate) fn page_not_made(request_id: &str, why: &str) {
    tracing::error!(request_id, why = ?why, "the page of a problem could not be made");
}

/// Notes a guard that stands before a handler and cannot do its work, in an app without our
/// middleware: nobody else would say why.
pub(crate) fn unwired(cause: &str) {
    tracing::error!(cause = ?cause, "a guarded route is not wired");
    if cfg!(debug_assertions) && nobody_listens() {
        print(&format!("a guarded route is not wired: {cause}"));
    }
}

/// Without a subscriber the log goes nowhere, and a newcomer would see a 500 and no reason.
fn nobody_listens() -> bool {
    !tracing::dispatcher::has_been_set()
}

#[allow(clippy::print_stderr)]
fn print(line: &str) {
    eprintln!("secure-runtime: {line} (set a `tracing` subscriber to send this to your log)");
}
