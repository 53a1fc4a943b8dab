//! The route × policy matrix, in its three forms.

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    web::{self, Form, Json, Path, Query},
};
use secure_runtime::{Security, prelude::*, test::TestClock};
use serde_json::{Value, json};

use crate::support::{Role, Scope, settings};

#[validated]
struct Note {
    #[validate(length(min = 1, max = 200))]
    text: String,
}

#[validated(unknown = "ignore")]
struct Page {
    #[validate(range(max = 100))]
    limit: u32,
}

fn tenant(_: &HttpRequest) -> Option<String> {
    None
}

#[get("/health")]
#[public]
async fn health() -> impl Responder {
    "ok"
}

#[post("/notes")]
#[protected(roles = ["admin", "user"], scopes = ["notes:read", "notes:write"])]
#[rate_limit("5/minute; 100/day")]
#[rate_limit("10 per hour", by = "user", cost = 2)]
#[validated]
async fn write(note: Json<Note>, page: Query<Page>) -> impl Responder {
    format!("{} {}", note.text.len(), page.limit)
}

#[put("/users/{user_id}")]
#[protected(owner = "user_id", or_roles = ["admin", "auditor"])]
#[rate_limit("9/30 seconds", key = tenant, burst = 3)]
#[rate_limit("4/week", header = "X-Tenant", count = "failures")]
#[validated]
async fn rename(id: Path<u32>, note: Form<Note>) -> impl Responder {
    format!("{id} {}", note.text.len())
}

#[public(unlimited = "because it | counts")]
async fn hit(#[unvalidated = "because it is only measured"] body: web::Bytes) -> impl Responder {
    body.len().to_string()
}

#[protected]
async fn plain() -> impl Responder {
    "plain"
}

fn security() -> Security {
    let security = settings(&TestClock::default()).build().expect("settings");
    let listed = security.routes(|routes| {
        routes.service(write).service(rename);
        let metrics = web::resource("/metrics").to(HttpResponse::Ok);
        routes.service(unchecked("because the port is closed", metrics));
        routes.scope("/v1", |routes| {
            routes.post("/hits", hit).get("/plain/{id}", plain);
            let files = web::scope("/files");
            routes.service(unchecked("because files are public", files));
        });
        routes.service(health);
    });
    listed.expect("routes");
    security
}

#[test]
fn the_matrix_is_empty_before_there_are_routes() {
    let security = settings(&TestClock::default()).build().expect("settings");
    assert_eq!(security.report().routes().len(), 0);
    let json: Value = serde_json::from_str(&security.report().json()).expect("JSON");
    assert_eq!(json, json!({"routes": [], "unchecked": []}));
}

#[test]
fn the_table_has_a_line_for_each_method_and_path() {
    let table = security().report().to_string();
    let expected = "\
method  path              who                                                      limits                                                         inputs                                            handler
GET     /health           everyone                                                 –                                                              –                                                 api::report::health
POST    /notes            role admin or user; scope notes:read and notes:write     5/minute; 100/day by ip, 10/hour by user, cost 2               json, query                                       api::report::write
PUT     /users/{user_id}  owner user_id or role admin or auditor                   9/30 seconds by key tenant, burst 3, 4/week by header x-tenant, failures only  path, form                                        api::report::rename
";
    // The widths follow the widest cell; what is compared is the text between the columns.
    let cells = |line: &str| {
        let cells = line.split("  ").map(str::trim);
        let cells = cells.filter(|cell| !cell.is_empty()).map(str::to_owned);
        cells.collect::<Vec<String>>()
    };
    let lines: Vec<Vec<String>> = table.lines().map(cells).collect();
    for line in expected.lines().map(cells) {
        assert!(lines.contains(&line), "no line {line:?} in\n{table}");
    }
    assert_eq!(lines.len(), 8, "{table}");
    // Sorted by path, then by method; what is unchecked comes last.
    let paths: Vec<&str> = lines.iter().skip(1).map(|line| line[1].as_str()).collect();
    let expected = [
        "/health",
        "/notes",
        "/users/{user_id}",
        "/v1/hits",
        "/v1/plain/{id}",
        "/…",
        "/v1/…",
    ];
    assert_eq!(paths, expected);
}

#[test]
fn the_columns_of_the_table_stand_below_one_another() {
    let table = security().report().to_string();
    let column = |line: &str, text: &str| {
        let at = line
            .find(text)
            .unwrap_or_else(|| panic!("no {text} in {line}"));
        line[..at].chars().count()
    };
    let lines: Vec<&str> = table.lines().collect();
    let handler = column(lines[0], "handler");
    for line in &lines[1..6] {
        assert_eq!(column(line, "api::report::"), handler, "{table}");
    }
    assert!(lines.iter().all(|line| !line.ends_with(' ')), "{table}");
}

#[test]
fn markdown_is_a_table_whose_cells_hold_no_bar() {
    let markdown = security().report().markdown();
    let lines: Vec<&str> = markdown.lines().collect();
    let bars = |line: &str| line.replace("\\|", "").matches('|').count();
    assert_eq!(
        lines[0],
        "| method | path | who | limits | inputs | handler |"
    );
    assert_eq!(lines[1], "|---|---|---|---|---|---|");
    assert_eq!(
        lines[2],
        "| GET | /health | everyone | – | – | api::report::health |"
    );
    let hit = "| POST | /v1/hits | everyone | none: because it \\| counts | other (unvalidated: \
               because it is only measured) | api::report::hit |";
    assert_eq!(lines[5], hit);
    let files = "| * | /v1/… | unchecked: because files are public | – | – | – |";
    assert_eq!(lines[8], files);
    assert_eq!(lines.len(), 9, "{markdown}");
    assert!(lines.iter().all(|line| bars(line) == 7), "{markdown}");
}

#[test]
fn json_says_everything() {
    let json: Value = serde_json::from_str(&security().report().json()).expect("JSON");
    let row = |method: &str, path: &str, access: &str, handler: &str, more: Value| {
        let via: &[&str] = match access {
            "public" => &[],
            _ => &["bearer"],
        };
        let mut row = json!({
            "method": method, "path": path, "access": access, "roles": [], "scopes": [],
            "owner": null, "or_roles": [], "via": via, "limits": [], "unlimited": null, "inputs": [],
            "handler": format!("api::report::{handler}"),
        });
        for (key, value) in more.as_object().expect("an object") {
            row[key] = value.clone();
        }
        row
    };
    let expected = json!({
        "routes": [
            row("GET", "/health", "public", "health", json!({})),
            row("POST", "/notes", "protected", "write", json!({
                "roles": ["admin", "user"], "scopes": ["notes:read", "notes:write"],
                "limits": ["5/minute; 100/day by ip", "10/hour by user, cost 2"],
                "inputs": ["json", "query"],
            })),
            row("PUT", "/users/{user_id}", "protected", "rename", json!({
                "owner": "user_id", "or_roles": ["admin", "auditor"],
                "limits": [
                    "9/30 seconds by key tenant, burst 3",
                    "4/week by header x-tenant, failures only",
                ],
                "inputs": ["path", "form"],
            })),
            row("POST", "/v1/hits", "public", "hit", json!({
                "unlimited": "because it | counts",
                "inputs": ["other (unvalidated: because it is only measured)"],
            })),
            row("GET", "/v1/plain/{id}", "protected", "plain", json!({})),
        ],
        "unchecked": [
            {"prefix": "", "because": "because the port is closed"},
            {"prefix": "/v1", "because": "because files are public"},
        ],
    });
    assert_eq!(json, expected, "{json:#}");
}
