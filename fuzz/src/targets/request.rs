use std::net::{IpAddr, Ipv4Addr};

use secure_runtime::{
    edge::{ForwardedHeader, LocalPath},
    fuzzing,
};

use super::text;

/// Who the proxy in front says has called it.
const CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
const PROXY: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));

/// Whatever a client writes before it, the proxy has the last word: about the address and about the scheme.
pub fn forwarded(input: &[u8]) {
    let trusted = ["10.0.0.0/8"];
    let said: [(ForwardedHeader, &[u8], &[u8]); 2] = [
        (ForwardedHeader::XForwardedFor, b"192.0.2.1", b"http"),
        (
            ForwardedHeader::Forwarded,
            b"for=192.0.2.1;proto=http",
            b"for=192.0.2.1;proto=http",
        ),
    ];
    for (header, client, scheme) in said {
        // In a line of its own, or at the end of the client's.
        let behind = |said| [input, b", ", said].concat();
        let joined = behind(client);
        for lines in [&[input, client][..], &[&joined]] {
            let found = fuzzing::client_of(header, &trusted, PROXY, lines);
            assert!(matches!(found, None | Some(CLIENT)), "{header:?} {found:?}");
        }
        assert_eq!(
            fuzzing::client_of(header, &trusted, PROXY, &[input, client]),
            Some(CLIENT),
            "a line of its own is out of reach"
        );
        let joined = behind(scheme);
        for lines in [&[input, scheme][..], &[&joined]] {
            let https = fuzzing::is_https(header, lines, |address| address == PROXY);
            assert_ne!(https, Some(true), "{header:?}");
        }
        // A peer that is no proxy speaks for itself alone.
        assert_eq!(
            fuzzing::client_of(header, &trusted, CLIENT, &[input]),
            Some(CLIENT)
        );
    }
    if let Some(is_same) = fuzzing::request_host(input) {
        assert!(is_same, "the case of letters means nothing");
        assert!(input.iter().all(u8::is_ascii_graphic));
        assert!(!input.iter().any(|byte| b"/@?#\\%".contains(byte)));
    }
}

/// A header in several lines is the header in one.
pub fn accept(input: &[u8]) {
    let whole = fuzzing::asks_for_page(&[input]);
    let split: Vec<_> = input.split(|byte| *byte == b',').collect();
    assert_eq!(fuzzing::asks_for_page(&split), whole);
    let upper = input.to_ascii_uppercase();
    assert_eq!(fuzzing::asks_for_page(&[&upper]), whole);
    if whole {
        let lower = input.to_ascii_lowercase();
        assert!(lower.windows(9).any(|part| part == b"text/html"));
    }
}

/// What is a path of this site, a browser takes as one.
pub fn local_path(input: &[u8]) {
    let text = &*text(input);
    let Ok(path) = text.parse::<LocalPath>() else {
        return;
    };
    assert_eq!(path.as_str(), text);
    let here = url::Url::parse("https://here.example/a/b?c#d").expect("an address");
    let there = here.join(text).expect("an address");
    assert_eq!(there.origin(), here.origin(), "{there}");
    let response = path.see_other();
    let location = response.headers().get("location");
    assert_eq!(
        location.map(|value| value.as_bytes()),
        Some(text.as_bytes())
    );
}
