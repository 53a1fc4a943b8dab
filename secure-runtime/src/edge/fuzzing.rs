//! What reads the headers and reports of anybody, for the fuzz targets.

use std::net::IpAddr;

use actix_web::http::header::{COOKIE, HeaderMap, HeaderValue};

use super::{
    ForwardedHeader, ProxySettings, accept, cookie, hosts,
    reports::{self, Sent},
};

/// The values of the cookies of a name; `None` where the line is none that a header can have.
pub fn cookies(line: &[u8], name: &str) -> Option<Vec<String>> {
    let mut headers = HeaderMap::new();
    headers.insert(COOKIE, HeaderValue::from_bytes(line).ok()?);
    let found = cookie::cookies(&headers, name);
    Some(found.map(str::to_owned).collect())
}

/// Whether a browser asks for a page with these lines of `Accept`.
pub fn asks_for_page(lines: &[&[u8]]) -> bool {
    accept::wants_page(lines.iter().copied())
}

/// Whom a connection with `peer` serves, where the proxies are those of `networks`.
pub fn client_of(
    header: ForwardedHeader,
    networks: &[&str],
    peer: IpAddr,
    lines: &[&[u8]],
) -> Option<IpAddr> {
    let networks = networks.iter().map(|&network| network.to_owned()).collect();
    let (proxies, _) = ProxySettings { networks, header }.check();
    proxies.client(peer, || lines.to_vec())
}

/// Whether the client came by HTTPS, where the proxies are those that `trusts` names.
pub fn is_https(
    header: ForwardedHeader,
    lines: &[&[u8]],
    trusts: impl Fn(IpAddr) -> bool,
) -> Option<bool> {
    header.is_https(lines, trusts)
}

/// Whether a text is a host, and means the same host in other cases too.
pub fn request_host(text: &[u8]) -> Option<bool> {
    let host = hosts::RequestHost::parse(text)?;
    let upper = text.to_ascii_uppercase();
    let other = hosts::RequestHost::parse(&upper);
    Some(other.is_some_and(|other| host.is_same(&other) && other.is_same(&host)))
}

/// The texts that would be noted of a body of reports: those that are no address, and the addresses.
pub fn violations(is_list: bool, bytes: &[u8]) -> Option<Vec<([String; 3], [String; 3])>> {
    let bytes = bytes.to_vec().into();
    let reports = reports::reports(&Sent { is_list, bytes }).ok()?;
    let texts = reports.into_iter().map(|report| {
        let texts = [report.disposition, report.directive, report.sample];
        (texts, [report.blocked, report.page, report.source])
    });
    Some(texts.collect())
}
