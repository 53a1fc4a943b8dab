//! The route × policy matrix: what is mounted, and who may call it.

use std::fmt::{self, Write as _};

use serde::Serialize;

use crate::{
    account::limits::{AccountLimit, AccountLimits},
    in_flight::InFlightSettings,
    policy::{Access, Floor, Input, RateLimit, RoutePolicy, Via, WordSet},
    routes::{MountedLimit, RouteTable},
};

/// The route × policy matrix, as [`Security::report`](crate::Security::report) gives it.
///
/// It prints as a table; [`markdown`](Self::markdown) and [`json`](Self::json) are the other forms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    #[serde(skip_serializing_if = "AppRow::is_empty")]
    app: AppRow,
    routes: Vec<ReportRow>,
    unchecked: Vec<UncheckedRow>,
}

/// What holds for all requests, whatever they ask for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AppRow {
    /// The limits of the whole app, as they were said.
    pub limits: Vec<String>,
    /// How many requests may be at work at once in the process.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most_in_flight: Option<usize>,
    /// The same of one client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most_in_flight_from_one_client: Option<usize>,
}

/// One method × path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ReportRow {
    /// The method.
    pub method: String,
    /// The full path pattern.
    pub path: String,
    /// `public` or `protected`.
    pub access: &'static str,
    /// What the scopes around the route demand as well, beside all that follows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub floors: Vec<FloorRow>,
    /// Any one of these roles.
    pub roles: Vec<&'static str>,
    /// All of these scopes.
    pub scopes: Vec<&'static str>,
    /// The path parameter that must equal the caller's subject.
    pub owner: Option<&'static str>,
    /// Any one of these roles stands in for ownership.
    pub or_roles: Vec<&'static str>,
    /// A rule of the app's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<&'static str>,
    /// What the caller must be allowed to do with that which the path names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<ResourceRow>,
    /// What a caller may show to say who it is (`bearer`, `api_key`, and `session` where the app has
    /// sessions); empty for a public route.
    pub via: Vec<&'static str>,
    /// Whether that is something else than what every route takes that says nothing.
    #[serde(skip)]
    via_is_unusual: bool,
    /// The limits, as the attributes say them.
    pub limits: Vec<String>,
    /// The limits of what its arguments do to accounts; each is one for all routes that have it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub account_limits: Vec<String>,
    /// Why a public route that changes state has no limit.
    pub unlimited: Option<&'static str>,
    /// Why it answers whatever a request calls the host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub any_host: Option<&'static str>,
    /// Why pages of other sites may call it with a caller's session, or have somebody signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub csrf_off: Option<&'static str>,
    /// What the handler reads, and how it is checked.
    pub inputs: Vec<String>,
    /// How many bytes the body may have, where the route says so itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_limit: Option<u64>,
    /// The handler, with its module.
    pub handler: String,
}

/// That a handler takes an [`Authorized`](crate::Authorized).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ResourceRow {
    /// The resource's type.
    pub resource: String,
    /// The action's type.
    pub action: String,
    /// The path parameter that holds its id.
    pub parameter: &'static str,
}

/// What a floor demands of the callers of every route on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FloorRow {
    /// Any one of these roles.
    pub roles: Vec<&'static str>,
    /// All of these scopes.
    pub scopes: Vec<&'static str>,
    /// The path parameter that must equal the caller's subject.
    pub owner: Option<&'static str>,
    /// Any one of these roles stands in for ownership.
    pub or_roles: Vec<&'static str>,
    /// A rule of the app's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<&'static str>,
}

/// A service that was let in without a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UncheckedRow {
    /// The prefix under which it is mounted; empty at the root.
    pub prefix: String,
    /// The reason in writing.
    pub because: String,
    /// Whether it stands in a scope with a floor and does not keep to it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub without_floor: bool,
}

impl Report {
    pub(crate) fn new(
        table: Option<&RouteTable>,
        has_sessions: bool,
        accounts: &AccountLimits,
        app: AppRow,
    ) -> Self {
        let mut report = Self {
            app,
            routes: Vec::new(),
            unchecked: Vec::new(),
        };
        let Some(table) = table else { return report };
        for route in table.routes() {
            for (method, path) in &route.endpoints {
                let mut row = ReportRow::new(method.as_str(), path, &route.policy, has_sessions);
                let limits = route.policy.needs().filter_map(AccountLimit::of);
                row.account_limits = limits.map(|which| accounts.described(which)).collect();
                report.routes.push(row);
            }
        }
        report
            .routes
            .sort_by(|a, b| (&a.path, &a.method).cmp(&(&b.path, &b.method)));
        report.unchecked = table
            .unchecked()
            .iter()
            .map(|service| UncheckedRow {
                prefix: service.prefix.clone(),
                because: service.because.clone(),
                without_floor: service.without_floor,
            })
            .collect();
        report
    }

    /// What holds for all requests.
    pub fn app(&self) -> &AppRow {
        &self.app
    }

    /// The rows, by path and method.
    pub fn routes(&self) -> &[ReportRow] {
        &self.routes
    }

    /// The services that were let in without a policy.
    pub fn unchecked(&self) -> &[UncheckedRow] {
        &self.unchecked
    }

    /// As a Markdown table.
    pub fn markdown(&self) -> String {
        let mut text = String::new();
        let escaped = |cell: &String| cell.replace('|', "\\|");
        for (index, cells) in self.cells().iter().enumerate() {
            let cells: Vec<_> = cells.iter().map(escaped).collect();
            // Writing into a String cannot fail.
            let _ = writeln!(text, "| {} |", cells.join(" | "));
            if index == 0 {
                let _ = writeln!(text, "|{}", "---|".repeat(cells.len()));
            }
        }
        text
    }

    /// As JSON, for programs.
    pub fn json(&self) -> String {
        // Only strings and lists of them: it cannot fail.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// The header line and a line for each row.
    fn cells(&self) -> Vec<[String; 6]> {
        let header = ["method", "path", "who", "limits", "inputs", "handler"];
        let mut lines = vec![header.map(str::to_owned)];
        lines.extend(self.app.cells());
        for row in &self.routes {
            lines.push([
                row.method.clone(),
                row.path.clone(),
                row.who(),
                row.limits_cell(),
                row.inputs_cell(),
                row.handler.clone(),
            ]);
        }
        for row in &self.unchecked {
            lines.push([
                "*".to_owned(),
                format!("{}/…", row.prefix),
                row.who(),
                or_dash(String::new()),
                or_dash(String::new()),
                or_dash(String::new()),
            ]);
        }
        lines
    }
}

impl AppRow {
    pub(crate) fn new(limits: &[MountedLimit], in_flight: InFlightSettings) -> Self {
        Self {
            limits: limits.iter().map(|limit| limit.policy.describe()).collect(),
            most_in_flight: in_flight.most,
            most_in_flight_from_one_client: in_flight.from_one_client,
        }
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Its line, where it says anything.
    fn cells(&self) -> Option<[String; 6]> {
        let mut limits = self.limits.clone();
        let most = self.most_in_flight.iter();
        limits.extend(most.map(|most| format!("{most} in flight")));
        let most = self.most_in_flight_from_one_client.iter();
        limits.extend(most.map(|most| format!("{most} in flight from one client")));
        let dash = || or_dash(String::new());
        (!limits.is_empty()).then(|| {
            [
                "*".to_owned(),
                "the whole app".to_owned(),
                dash(),
                limits.join(", "),
                dash(),
                dash(),
            ]
        })
    }
}

impl ReportRow {
    fn new(method: &str, path: &str, policy: &RoutePolicy, has_sessions: bool) -> Self {
        let demands = policy.demands();
        let taken = |via: &[Via]| -> Vec<_> {
            let there_are = via
                .iter()
                .filter(|via| has_sessions || **via != Via::Session);
            there_are.map(|via| via.word()).collect()
        };
        let via = demands.map_or_else(Vec::new, |demands| taken(demands.via()));
        let usual = taken(Via::DEFAULT);
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            access: match policy.access() {
                Access::Public => "public",
                Access::Protected(_) => "protected",
            },
            floors: policy.floors().map(FloorRow::new).collect(),
            roles: words(demands.and_then(|demands| demands.roles())),
            scopes: words(demands.and_then(|demands| demands.scopes())),
            owner: demands.and_then(|demands| demands.owner()),
            or_roles: words(demands.and_then(|demands| demands.or_roles())),
            policy: demands.and_then(|demands| demands.policy()),
            resources: policy
                .resources()
                .map(|resource| ResourceRow {
                    resource: resource.resource(),
                    action: resource.action(),
                    parameter: resource.parameter(),
                })
                .collect(),
            via_is_unusual: via.len() != usual.len()
                || usual.iter().any(|usual| !via.contains(usual)),
            via,
            limits: policy.limits().iter().map(RateLimit::describe).collect(),
            account_limits: Vec::new(),
            unlimited: policy.unlimited_because(),
            any_host: policy.any_host_because(),
            csrf_off: policy.csrf_off_because(),
            inputs: policy.inputs().map(describe_input).collect(),
            body_limit: policy.body_limit(),
            handler: format!("{}::{}", policy.module(), policy.handler()),
        }
    }

    fn who(&self) -> String {
        let mut parts = Vec::new();
        if self.access == "public" {
            parts.push(match self.any_host {
                Some(_) => "everyone, on any host".to_owned(),
                None => "everyone".to_owned(),
            });
        }
        for part in self.floors.iter().flat_map(FloorRow::parts) {
            let marked = format!("{part} (floor)");
            if !parts.contains(&marked) {
                parts.push(marked);
            }
        }
        for part in self.own().parts() {
            // What a floor demands already is said.
            if !parts.contains(&format!("{part} (floor)")) {
                parts.push(part);
            }
        }
        if parts.is_empty() {
            parts.push("signed in".to_owned());
        }
        for ResourceRow {
            resource, action, ..
        } in &self.resources
        {
            parts.push(format!("Authorized<{resource}, {action}>"));
        }
        if self.via_is_unusual && self.access == "protected" {
            let via = self.via.join(" or ").replace('_', " ");
            parts.push(format!("via {via}"));
        }
        if self.csrf_off.is_some() {
            parts.push("from pages of any site".to_owned());
        }
        parts.join("; ")
    }

    /// What the route itself demands.
    fn own(&self) -> FloorRow {
        FloorRow {
            roles: self.roles.clone(),
            scopes: self.scopes.clone(),
            owner: self.owner,
            or_roles: self.or_roles.clone(),
            policy: self.policy,
        }
    }

    fn inputs_cell(&self) -> String {
        let inputs = or_dash(self.inputs.join(", "));
        match self.body_limit {
            Some(bytes) => format!("{inputs}; body at most {}", size(bytes)),
            None => inputs,
        }
    }

    fn limits_cell(&self) -> String {
        let own = match self.unlimited {
            Some(because) => vec![format!("none: {because}")],
            None => self.limits.clone(),
        };
        or_dash([own, self.account_limits.clone()].concat().join(", "))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = self.cells();
        let mut widths = [0; 6];
        for cells in &lines {
            for (width, cell) in widths.iter_mut().zip(cells) {
                *width = (*width).max(cell.chars().count());
            }
        }
        for cells in &lines {
            let mut line = String::new();
            for (width, cell) in widths.iter().zip(cells) {
                let _ = write!(line, "{cell:<width$}  ");
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

impl FloorRow {
    fn new(floor: Floor) -> Self {
        Self {
            roles: words(floor.roles()),
            scopes: words(floor.scopes()),
            owner: floor.owner(),
            or_roles: words(floor.or_roles()),
            policy: floor.policy(),
        }
    }

    fn parts(&self) -> Vec<String> {
        let mut parts = Vec::new();
        if !self.roles.is_empty() {
            parts.push(format!("role {}", self.roles.join(" or ")));
        }
        if !self.scopes.is_empty() {
            parts.push(format!("scope {}", self.scopes.join(" and ")));
        }
        if let Some(owner) = self.owner {
            let or_roles = match self.or_roles.as_slice() {
                [] => String::new(),
                roles => format!(" or role {}", roles.join(" or ")),
            };
            parts.push(format!("owner {owner}{or_roles}"));
        }
        if let Some(policy) = self.policy {
            parts.push(format!("policy {policy}"));
        }
        parts
    }
}

impl UncheckedRow {
    fn who(&self) -> String {
        match self.without_floor {
            true => format!("unchecked, without the floor: {}", self.because),
            false => format!("unchecked: {}", self.because),
        }
    }
}

fn words(set: Option<&WordSet>) -> Vec<&'static str> {
    set.map_or_else(Vec::new, |set| set.words().to_vec())
}

fn describe_input(input: Input) -> String {
    let kind = input.kind().as_str();
    match input.unvalidated_because() {
        Some(because) => format!("{kind} (unvalidated: {because})"),
        None if input.is_optional() => format!("{kind} (optional)"),
        None => kind.to_owned(),
    }
}

/// So many bytes, in the largest unit in which they are a whole number.
fn size(bytes: u64) -> String {
    let units = [(1_u64 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    let unit = units.iter().find(|(unit, _)| bytes.is_multiple_of(*unit));
    match unit {
        Some((unit, name)) => format!("{}{name}", bytes / unit),
        None => format!("{bytes}B"),
    }
}

fn or_dash(text: String) -> String {
    if text.is_empty() {
        "–".to_owned()
    } else {
        text
    }
}
