use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The host that a request names, as it was sent. Nothing is copied.
#[derive(Debug)]
pub(crate) struct RequestHost<'a> {
    name: Name<'a>,
    pub(super) port: Option<u16>,
}

#[derive(Debug)]
enum Name<'a> {
    /// Without the dot at its end, in whatever case.
    Name(&'a [u8]),
    Address(IpAddr),
}

impl<'a> RequestHost<'a> {
    /// RFC 9110 §7.2, and nothing that a host name cannot have: no user name, no percent signs.
    pub(crate) fn parse(text: &'a [u8]) -> Option<Self> {
        if let Some(rest) = text.strip_prefix(b"[") {
            let end = rest.iter().position(|byte| *byte == b']')?;
            let address = std::str::from_utf8(&rest[..end]).ok()?;
            let address: Ipv6Addr = address.parse().ok()?;
            let port = match &rest[end + 1..] {
                [] => None,
                [b':', port @ ..] => port_of(port)?,
                _ => return None,
            };
            let name = Name::Address(IpAddr::V6(address).to_canonical());
            return Some(Self { name, port });
        }
        let (name, port) = match text.iter().position(|byte| *byte == b':') {
            Some(colon) => (&text[..colon], port_of(&text[colon + 1..])?),
            None => (text, None),
        };
        let as_address = std::str::from_utf8(name).ok()?.parse::<Ipv4Addr>();
        if let Ok(address) = as_address {
            let name = Name::Address(address.into());
            return Some(Self { name, port });
        }
        let name = name.strip_suffix(b".").unwrap_or(name);
        let legal = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
        let mut labels = name.split(|byte| *byte == b'.');
        labels
            .all(|label| !label.is_empty() && label.iter().all(legal))
            .then_some(Self {
                name: Name::Name(name),
                port,
            })
    }

    /// Whether both mean the same host, whatever the ports.
    pub(crate) fn is_same(&self, other: &RequestHost<'_>) -> bool {
        match (&self.name, &other.name) {
            (Name::Name(one), Name::Name(other)) => one.eq_ignore_ascii_case(other),
            (Name::Address(one), Name::Address(other)) => one == other,
            _ => false,
        }
    }

    pub(super) fn is_name(&self, name: &str) -> bool {
        matches!(self.name, Name::Name(asked) if asked.eq_ignore_ascii_case(name.as_bytes()))
    }

    /// Whether the host is a name below `name`.
    pub(super) fn is_below(&self, name: &str) -> bool {
        let Name::Name(asked) = self.name else {
            return false;
        };
        let Some(dot) = asked.len().checked_sub(name.len() + 1) else {
            return false;
        };
        dot > 0 && asked[dot] == b'.' && asked[dot + 1..].eq_ignore_ascii_case(name.as_bytes())
    }

    pub(super) fn is_address(&self, address: IpAddr) -> bool {
        self.address() == Some(address)
    }

    pub(super) fn address(&self) -> Option<IpAddr> {
        match self.name {
            Name::Address(address) => Some(address),
            Name::Name(_) => None,
        }
    }
}

/// A port, or none where nothing follows the colon. `None` where it is no number.
fn port_of(text: &[u8]) -> Option<Option<u16>> {
    if text.is_empty() {
        return Some(None);
    }
    if !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let port = std::str::from_utf8(text).ok()?.parse().ok()?;
    Some(Some(port))
}
