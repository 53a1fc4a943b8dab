use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The one header in which trusted proxies say who has called them.
///
/// A proxy that writes one of the two passes the other one on as the client sent it. So exactly one is
/// read, and it has to be the one that the proxies write. By which scheme they were called, they say in
/// `X-Forwarded-Proto` beside the first one, and in the second one itself. By which name, is not read: a
/// proxy has to pass the `Host` of its client on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ForwardedHeader {
    /// `X-Forwarded-For: 192.0.2.1, 10.0.0.2`
    #[default]
    XForwardedFor,
    /// `Forwarded: for=192.0.2.1, for="[2001:db8::1]:443"` (RFC 7239)
    Forwarded,
}

impl ForwardedHeader {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::XForwardedFor => "x-forwarded-for",
            Self::Forwarded => "forwarded",
        }
    }

    /// The header in which the same proxies say by which scheme they were reached.
    pub(super) const fn scheme_name(self) -> &'static str {
        match self {
            Self::XForwardedFor => "x-forwarded-proto",
            Self::Forwarded => "forwarded",
        }
    }

    /// Whether the client came to the proxies by HTTPS; `None` where they do not say. The lines are those of
    /// [`scheme_name`](Self::scheme_name).
    ///
    /// Nothing says which proxy wrote which entry of `X-Forwarded-Proto`, so each of them has to be `https`:
    /// what a client has written there can only make matters worse for it. In `Forwarded` it is the word of
    /// the outermost proxy that is trusted.
    pub(super) fn is_https(self, lines: &[&[u8]], trusts: impl Fn(IpAddr) -> bool) -> Option<bool> {
        if self == Self::XForwardedFor {
            let mut entries = lines
                .iter()
                .flat_map(|line| line.split(|byte| *byte == b','));
            let first = is_https_scheme(entries.next()?);
            return Some(first && entries.all(is_https_scheme));
        }
        let elements = lines.iter().rev();
        let elements = elements.flat_map(|line| split_unquoted(line, b',').into_iter().rev());
        let mut said = None;
        for text in elements {
            let element = Element::parse(text)?;
            said = element.proto.map(is_https_scheme);
            match element.client.and_then(address) {
                Some(hop) if trusts(hop) => {}
                _ => break,
            }
        }
        said
    }

    /// Whom the lines of the header name, the last one first; `None` where an entry names no address.
    pub(super) fn hops<'a>(self, lines: &'a [&'a [u8]]) -> impl Iterator<Item = Option<IpAddr>> {
        let entries = move |line: &&'a [u8]| match self {
            Self::XForwardedFor => line.split(|byte| *byte == b',').collect(),
            Self::Forwarded => split_unquoted(line, b','),
        };
        let backwards = lines.iter().rev();
        let entries = backwards.flat_map(move |line| entries(line).into_iter().rev());
        entries.map(move |entry| match self {
            Self::XForwardedFor => address(entry),
            Self::Forwarded => address(Element::parse(entry)?.client?),
        })
    }
}

/// What an element of `Forwarded` says.
#[derive(Default)]
struct Element<'a> {
    client: Option<&'a [u8]>,
    proto: Option<&'a [u8]>,
}

impl<'a> Element<'a> {
    /// `None` for one that is broken anywhere: what a client has left open could otherwise reach into what a
    /// proxy has added behind it.
    fn parse(text: &'a [u8]) -> Option<Self> {
        let mut element = Self::default();
        for pair in split_unquoted(text, b';') {
            let equals = pair.iter().position(|byte| *byte == b'=')?;
            let (name, value) = (pair[..equals].trim_ascii(), &pair[equals + 1..]);
            let value = unquoted(value.trim_ascii_end())?;
            let place = if name.eq_ignore_ascii_case(b"for") {
                &mut element.client
            } else if name.eq_ignore_ascii_case(b"proto") {
                &mut element.proto
            } else {
                continue;
            };
            if place.replace(value).is_some() {
                return None;
            }
        }
        Some(element)
    }
}

/// `https`, or what stands for it before a WebSocket.
fn is_https_scheme(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    text.eq_ignore_ascii_case(b"https") || text.eq_ignore_ascii_case(b"wss")
}

/// The text of a value, which stands in quotes or needs none. Backslashes stay: no address has any.
fn unquoted(value: &[u8]) -> Option<&[u8]> {
    let Some(quoted) = value.strip_prefix(b"\"") else {
        let legal = |byte: &u8| byte.is_ascii_graphic() && !b"\",;\\".contains(byte);
        return (!value.is_empty() && value.iter().all(legal)).then_some(value);
    };
    let end = closing_quote(quoted)?;
    (end + 1 == quoted.len()).then_some(&quoted[..end])
}

/// The parts between separators that stand outside of quotes. What follows an open quote is one part.
fn split_unquoted(text: &[u8], separator: u8) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < text.len() {
        if text[at] == separator {
            parts.push(&text[start..at]);
            start = at + 1;
        }
        at += match text[at] {
            b'"' => closing_quote(&text[at + 1..]).map_or(text.len(), |end| end + 2),
            _ => 1,
        };
    }
    parts.push(&text[start..]);
    parts
}

/// Where the quote ends that was opened just before.
fn closing_quote(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        match text.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// An address as proxies write it, with or without a port. An IPv4 address in IPv6 clothes is IPv4.
fn address(entry: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(entry.trim_ascii()).ok()?;
    let address: IpAddr = match text.strip_prefix('[') {
        Some(rest) => {
            let (address, port) = rest.split_once(']')?;
            if !port.is_empty() && !is_port(port.strip_prefix(':')?) {
                return None;
            }
            address.parse::<Ipv6Addr>().ok()?.into()
        }
        None => match text.parse() {
            Ok(address) => address,
            Err(_) => {
                let with_port = text.split_once(':').filter(|(_, port)| is_port(port));
                let (address, _) = with_port?;
                address.parse::<Ipv4Addr>().ok()?.into()
            }
        },
    };
    Some(address.to_canonical())
}

/// A number, or a name that stands for one (RFC 7239 §6).
fn is_port(port: &str) -> bool {
    match port.strip_prefix('_') {
        Some(name) => {
            let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
            !name.is_empty() && name.bytes().all(legal)
        }
        None => port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok(),
    }
}
