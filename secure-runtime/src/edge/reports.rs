mod budget;

use std::{pin::Pin, sync::Arc};

use actix_web::{
    FromRequest, HttpMessage as _, HttpRequest, HttpResponse, dev::Payload, web::Bytes,
};
use serde_json::{Map, Value};

pub(crate) use budget::NoteBudget;

use crate::{
    ClientAddress, Problem, context::RequestContext, input, post, public, rate_limit,
    security::State,
};

/// In bytes. A report is about one; browsers send several at once.
const LARGEST_BODY: usize = 64 * 1024;
/// So many reports of one request are noted.
const MOST_REPORTS: usize = 20;
/// Of each text so much is noted, in characters.
const LONGEST_TEXT: usize = 200;

const OLD: &str = "application/csp-report";
const NEW: &str = "application/reports+json";

/// `POST /csp-reports`: where browsers report that a page broke its content security policy. 204.
///
/// It takes `application/csp-report` and `application/reports+json`, at most 64 KiB, 60 requests a minute
/// from one address and 600 from all. What it takes goes to the log, under the target `csp`: of each
/// request at most 20 reports, of all 120 a minute, of each text 200 characters, escaped, and of addresses
/// neither query nor fragment. How many were left out is said in the next minute that brings one. Anybody
/// may send anything here, so a report proves nothing.
///
/// Where it is mounted, every policy of the builder's that names nobody else reports to it.
#[post("/csp-reports")]
#[public]
#[rate_limit("60/minute")]
#[rate_limit("600/minute", by = "global")]
pub async fn csp_reports(
    client: ClientAddress,
    #[unvalidated = "browsers choose the shape of reports; `edge::reports` reads the fields that it knows and bounds them"]
    body: ReportBody,
) -> Result<HttpResponse, Problem> {
    for report in reports(&body.sent)? {
        let ruling = body
            .state
            .edge()
            .reports
            .rule(body.state.clock().unix().as_secs());
        if let Some(left_out) = ruling.left_out {
            tracing::warn!(target: "csp", left_out, "there were more reports than are noted");
        }
        if !ruling.is_noted {
            continue;
        }
        let Report {
            disposition,
            directive,
            blocked,
            page,
            source,
            line,
            sample,
        } = report;
        tracing::warn!(
            target: "csp",
            client = ?client.ip(),
            ?disposition, ?directive, ?blocked, ?page, ?source, line, ?sample,
            "a page broke its content security policy"
        );
    }
    Ok(HttpResponse::NoContent().finish())
}

/// A body of one of the two types, and not too large.
#[derive(Debug)]
pub struct ReportBody {
    state: Arc<State>,
    sent: Sent,
}

/// What was sent.
#[derive(Debug)]
pub(super) struct Sent {
    /// Whether it is a list of reports of any kind.
    pub(super) is_list: bool,
    pub(super) bytes: Bytes,
}

impl FromRequest for ReportBody {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let state = RequestContext::of_guarded(request).map(|context| context.security.clone());
        let is_list = request.content_type().eq_ignore_ascii_case(NEW);
        let bytes = input::read_at_most(
            LARGEST_BODY,
            request.clone(),
            payload.take(),
            "a report is required",
            |kind| kind.eq_ignore_ascii_case(OLD) || kind.eq_ignore_ascii_case(NEW),
        );
        Box::pin(async move {
            let (state, bytes) = (state?, bytes.await?);
            let sent = Sent { is_list, bytes };
            Ok(Self { state, sent })
        })
    }
}

/// What is noted of a report. Every text is bounded.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Report {
    pub(super) disposition: String,
    pub(super) directive: String,
    pub(super) blocked: String,
    pub(super) page: String,
    pub(super) source: String,
    line: u64,
    pub(super) sample: String,
}

/// The reports of a body; those of other kinds are left out.
pub(super) fn reports(body: &Sent) -> Result<Vec<Report>, Problem> {
    let malformed = || Problem::bad_request().with_detail("the body is no report");
    let value: Value = serde_json::from_slice(&body.bytes).map_err(|_| malformed())?;
    if !body.is_list {
        let report = value.get("csp-report").and_then(Value::as_object);
        return Ok(vec![Report::old(report.ok_or_else(malformed)?)]);
    }
    let list = value.as_array().ok_or_else(malformed)?;
    let violations = list
        .iter()
        .filter(|entry| entry.get("type").and_then(Value::as_str) == Some("csp-violation"))
        .filter_map(|entry| entry.get("body")?.as_object());
    Ok(violations.take(MOST_REPORTS).map(Report::new).collect())
}

impl Report {
    /// CSP Level 2: `application/csp-report`.
    fn old(report: &Map<String, Value>) -> Self {
        let directive = match report.contains_key("effective-directive") {
            true => "effective-directive",
            false => "violated-directive",
        };
        Self {
            disposition: text(report, "disposition"),
            directive: text(report, directive),
            blocked: address(report, "blocked-uri"),
            page: address(report, "document-uri"),
            source: address(report, "source-file"),
            line: number(report, "line-number"),
            sample: text(report, "script-sample"),
        }
    }

    /// The Reporting API: `application/reports+json`.
    fn new(report: &Map<String, Value>) -> Self {
        Self {
            disposition: text(report, "disposition"),
            directive: text(report, "effectiveDirective"),
            blocked: address(report, "blockedURL"),
            page: address(report, "documentURL"),
            source: address(report, "sourceFile"),
            line: number(report, "lineNumber"),
            sample: text(report, "sample"),
        }
    }
}

fn text(report: &Map<String, Value>, name: &str) -> String {
    let text = report.get(name).and_then(Value::as_str).unwrap_or("");
    text.chars().take(LONGEST_TEXT).collect()
}

/// An address without its query and fragment: those may hold a secret.
fn address(report: &Map<String, Value>, name: &str) -> String {
    let text = report.get(name).and_then(Value::as_str).unwrap_or("");
    let end = text.find(['?', '#']).unwrap_or(text.len());
    let address = text.get(..end).unwrap_or("");
    // `data:` and its like are all content.
    let is_url = address.starts_with("https://") || address.starts_with("http://");
    let shown = match address.split_once(':') {
        Some((scheme, _)) if !is_url => scheme,
        _ => address,
    };
    shown.chars().take(LONGEST_TEXT).collect()
}

fn number(report: &Map<String, Value>, name: &str) -> u64 {
    report.get(name).and_then(Value::as_u64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(is_list: bool, body: &Value) -> Result<Vec<Report>, Problem> {
        let bytes = body.to_string().into();
        reports(&Sent { is_list, bytes })
    }

    #[test]
    fn both_kinds_are_read() {
        let old = json!({"csp-report": {
            "document-uri": "https://example.com/reset?token=secret#x",
            "violated-directive": "script-src-elem",
            "effective-directive": "script-src",
            "disposition": "enforce",
            "blocked-uri": "inline",
            "source-file": "https://example.com/a.js?b",
            "line-number": 7,
            "script-sample": "alert(1)",
        }});
        let new = json!([
            {"type": "deprecation", "body": {"effectiveDirective": "no"}},
            {"type": "csp-violation", "age": 3, "url": "https://example.com/", "body": {
                "documentURL": "https://example.com/reset?token=secret#x",
                "effectiveDirective": "script-src",
                "disposition": "enforce",
                "blockedURL": "inline",
                "sourceFile": "https://example.com/a.js?b",
                "lineNumber": 7,
                "sample": "alert(1)",
            }},
        ]);
        let expected = Report {
            disposition: "enforce".to_owned(),
            directive: "script-src".to_owned(),
            blocked: "inline".to_owned(),
            page: "https://example.com/reset".to_owned(),
            source: "https://example.com/a.js".to_owned(),
            line: 7,
            sample: "alert(1)".to_owned(),
        };
        assert_eq!(read(false, &old).expect("a report"), [expected]);
        assert_eq!(
            read(true, &new).expect("a report"),
            read(false, &old).expect("a report")
        );
    }

    #[test]
    fn what_is_noted_is_bounded() {
        let long = "\u{1f600}\n".repeat(10_000);
        let body = json!({"documentURL": long, "sample": long, "effectiveDirective": long});
        let entry = json!({"type": "csp-violation", "body": body});
        let noted = read(true, &Value::Array(vec![entry; 100])).expect("reports");
        assert_eq!(noted.len(), MOST_REPORTS);
        for report in noted {
            for text in [report.page, report.sample, report.directive] {
                assert_eq!(text.chars().count(), LONGEST_TEXT);
                assert!(!format!("{text:?}").contains('\n'));
            }
        }
    }

    #[test]
    fn the_content_of_data_is_not_noted() {
        let body = json!({"csp-report": {"blocked-uri": "data:text/html,secret"}});
        assert_eq!(read(false, &body).expect("a report")[0].blocked, "data");
    }

    #[test]
    fn what_is_no_report_is_refused() {
        for body in [json!(null), json!([]), json!({}), json!({"csp-report": 1})] {
            assert!(read(false, &body).is_err(), "{body}");
        }
        for body in [json!(null), json!({}), json!("x")] {
            assert!(read(true, &body).is_err(), "{body}");
        }
        let others = json!([1, null, {}, {"type": "csp-violation", "body": []}]);
        assert!(read(true, &others).is_ok_and(|noted| noted.is_empty()));
        let deep = "[".repeat(60_000).into_bytes();
        for is_list in [false, true] {
            let bytes = deep.clone().into();
            assert!(reports(&Sent { is_list, bytes }).is_err());
        }
    }

    proptest! {
        #[test]
        fn no_body_is_too_strange(bytes in prop::collection::vec(any::<u8>(), 0..200), is_list: bool) {
            let _ = reports(&Sent { is_list, bytes: bytes.into() });
        }
    }
}
