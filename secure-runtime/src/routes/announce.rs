use std::{fmt::Write as _, io::Write as _, net::SocketAddr};

use secure_grammar::changes_state;

use super::table::{MountedRoute, RouteTable};
use crate::{
    policy::{InputKind, RoutePolicy, Via},
    security::State,
    token::Grant,
};

/// In development, says once how to call the app: a `curl` line with a short-lived token, ready to
/// be pasted, and the same call by somebody who may not.
pub(super) fn once(state: &State, address: SocketAddr) {
    let Some(table) = state.table() else { return };
    if state.announces() {
        let text = announcement(state, table, address);
        // Nobody may be reading any more, and that is no reason not to serve.
        let _ = writeln!(std::io::stdout().lock(), "{text}");
    }
}

fn announcement(state: &State, table: &RouteTable, address: SocketAddr) -> String {
    let base = base_url(address);
    let mut text = format!(
        "secure-runtime: development profile (SECURE_PROFILE=production for the real thing)\n\
         {}listening on {base}\n",
        state.key_notice(),
    );
    let protected = || {
        table.routes().iter().filter(|route| {
            let policy = &route.policy;
            // The token that is shown is a bearer token.
            policy.is_protected() && policy.takes(Via::Bearer) && !route.endpoints.is_empty()
        })
    };
    let changing = protected().find(|route| {
        let (method, _) = &route.endpoints[0];
        changes_state(method.as_str()) && route.policy.inputs().count() > 0
    });
    if !address.ip().is_loopback() {
        text.push_str(
            "it can be reached from outside, and this is no profile for that: no token is shown\n",
        );
        return text;
    }
    if !state.has_ephemeral_key() {
        text.push_str(
            "the signing key was configured, and may be used elsewhere: no token is shown\n",
        );
        return text;
    }
    if let Some(route) = changing.or_else(|| protected().next()) {
        let minutes = state.access_tokens().lifetime().as_secs() / 60;
        let may = Grant::new("sample")
            .with_roles(any_roles(&route.policy))
            .with_scopes(all_scopes(&route.policy));
        let lines = [
            ("a call that is allowed", may),
            (
                "the same by a caller without roles or scopes",
                Grant::new("stranger"),
            ),
        ];
        for (what, grant) in lines {
            if let Ok(token) = state.access_tokens().issue(&grant) {
                // Writing into a String cannot fail.
                let _ = write!(
                    text,
                    "\n{what} (the token lives {minutes} minutes):\n{}\n",
                    curl(&base, route, token.expose())
                );
            }
        }
    }
    text
}

/// One role that the route takes, and one for each of its floors.
fn any_roles(policy: &RoutePolicy) -> Vec<&'static str> {
    let sets = policy.every_demand().filter_map(|demands| demands.roles());
    let mut any = Vec::new();
    for role in sets.filter_map(|roles| roles.words().first()) {
        if !any.contains(role) {
            any.push(*role);
        }
    }
    any
}

fn all_scopes(policy: &RoutePolicy) -> Vec<&'static str> {
    let sets = policy.every_demand().filter_map(|demands| demands.scopes());
    let mut all = Vec::new();
    for scope in sets.flat_map(|scopes| scopes.words()) {
        if !all.contains(scope) {
            all.push(*scope);
        }
    }
    all
}

fn base_url(address: SocketAddr) -> String {
    let mut address = address;
    if address.ip().is_unspecified() {
        address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    format!("http://{address}")
}

fn curl(base: &str, route: &MountedRoute, token: &str) -> String {
    let Some((method, pattern)) = route.endpoints.first() else {
        return String::new();
    };
    let owners: Vec<_> = route
        .policy
        .every_demand()
        .filter_map(|demands| demands.owner())
        .collect();
    let path = sample_path(pattern, &owners);
    let mut line = format!("curl -i -X {method} {base}{path} -H 'Authorization: Bearer {token}'");
    for input in route.policy.inputs() {
        let Some(sample) = input.sample() else {
            continue;
        };
        if matches!(input.kind(), InputKind::Json | InputKind::JsonOrForm) {
            let body = sample.to_string().replace('\'', "'\\''");
            let _ = write!(line, " -H 'Content-Type: application/json' -d '{body}'");
        } else if input.kind() == InputKind::Form {
            for (name, value) in sample.as_object().into_iter().flatten() {
                let value = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                let _ = write!(line, " --data-urlencode '{name}={value}'");
            }
        }
    }
    line
}

/// The pattern with something in the place of each parameter.
fn sample_path(pattern: &str, owners: &[&str]) -> String {
    let mut path = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        path.push_str(before);
        let (parameter, after) = after.split_once('}').unwrap_or((after, ""));
        let name = parameter.split(':').next().unwrap_or(parameter);
        path.push_str(if owners.contains(&name) {
            "sample"
        } else {
            "1"
        });
        rest = after.strip_prefix('*').unwrap_or(after);
    }
    path.push_str(rest);
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_filled() {
        assert_eq!(sample_path("/a/{id}/b/{user}", &["user"]), "/a/1/b/sample");
        assert_eq!(sample_path("/files/{tail}*", &[]), "/files/1");
        assert_eq!(sample_path("/notes", &[]), "/notes");
    }

    #[test]
    fn an_open_address_is_shown_as_loopback() {
        let address = "0.0.0.0:8080".parse().expect("an address");
        assert_eq!(base_url(address), "http://127.0.0.1:8080");
    }
}
