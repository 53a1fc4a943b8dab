//! Whether a page is wanted, or what programs read (RFC 9110 §12.5.1).

/// What programs read.
const DATA: [&str; 3] = [
    "application/json",
    "application/problem+json",
    "application/*",
];
/// A weight is in thousandths.
const WHOLE: u16 = 1000;

/// Whether a browser asks for a page: `text/html` is named among what it takes, and nothing that programs
/// read is named that it would rather have. `*/*` names nothing.
pub(crate) fn wants_page<'a>(accept: impl Iterator<Item = &'a [u8]>) -> bool {
    let (mut page, mut data) = (0, 0);
    let ranges = accept.flat_map(|line| line.split(|byte| *byte == b','));
    for range in ranges {
        let mut parts = range.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
        let kind = parts.next().unwrap_or_default();
        let is = |name: &str| kind.eq_ignore_ascii_case(name.as_bytes());
        let place = match kind {
            _ if is("text/html") => &mut page,
            _ if DATA.into_iter().any(is) => &mut data,
            _ => continue,
        };
        *place = weight(parts).max(*place);
    }
    page > 0 && page >= data
}

/// The weight among the parameters of a range. One that is broken counts nothing.
fn weight<'a>(mut parameters: impl Iterator<Item = &'a [u8]>) -> u16 {
    let said = parameters.find_map(|parameter| {
        let (name, value) = parameter.split_at_checked(2)?;
        name.eq_ignore_ascii_case(b"q=").then_some(value)
    });
    said.map_or(WHOLE, |said| thousandths(said).unwrap_or(0))
}

/// `0.75` is 750.
fn thousandths(text: &[u8]) -> Option<u16> {
    let (whole, rest) = text.split_at_checked(1)?;
    let digits = match rest {
        [] => rest,
        [b'.', digits @ ..] if digits.len() <= 3 => digits,
        _ => return None,
    };
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let places = [100, 10, 1];
    let part: u16 = digits
        .iter()
        .zip(places)
        .map(|(digit, place)| u16::from(digit - b'0') * place)
        .sum();
    match whole {
        b"0" => Some(part),
        b"1" if part == 0 => Some(WHOLE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_a_browser_wants_a_page() {
        let wants = |accept: &str| wants_page([accept.as_bytes()].into_iter());
        for yes in [
            "text/html",
            // Firefox, Chrome, Safari.
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8,\
             application/signed-exchange;v=b3;q=0.7",
            "application/xml;q=0.9, Text/HTML ;Q=0.8",
            "text/html;level=1;q=0.4, application/json;q=0.399",
            "text/html;q=1.000",
            "application/json, text/html",
        ] {
            assert!(wants(yes), "{yes}");
        }
        for no in [
            "",
            "*/*",
            "text/*",
            "application/json",
            // Axios.
            "application/json, text/plain, */*",
            "application/json, text/html;q=0.9",
            "application/problem+json, text/html;q=0.999",
            "application/*, text/html;q=0.5",
            "text/html;q=0",
            "text/html; q=0.0",
            "text/html;q=0.000",
            "text/html;q=",
            "text/html;q=2",
            "text/html;q=0.0001",
            "text/html;q=-1",
            "text/htmlx",
            "xtext/html",
        ] {
            assert!(!wants(no), "{no}");
        }
        assert!(wants_page([&b"*/*"[..], b"text/html"].into_iter()));
        assert!(!wants_page([].into_iter()));
    }

    proptest! {
        #[test]
        fn nothing_that_is_sent_is_too_strange(line in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = wants_page([&line[..]].into_iter());
        }
    }
}
