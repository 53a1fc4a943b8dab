//! What a sender says that a file is.

use actix_web::http::header::HeaderValue;
use secure_grammar::MediaType;

/// Names that some systems use for a type, besides its own.
const OTHER_NAMES: [(&str, MediaType); 4] = [
    ("image/jpg", MediaType::Jpeg),
    ("image/pjpeg", MediaType::Jpeg),
    ("application/csv", MediaType::Csv),
    // What Windows says where a spreadsheet is installed.
    ("application/vnd.ms-excel", MediaType::Csv),
];

/// The type of a part; `None` for another one, or a text that says that it is not in UTF-8.
pub(super) fn declared(content_type: &HeaderValue) -> Option<MediaType> {
    let text = content_type.to_str().ok()?.to_ascii_lowercase();
    let (name, parameters) = text.split_once(';').unwrap_or((&text, ""));
    let name = name.trim();
    let own = MediaType::parse(name);
    let other = || {
        let mut names = OTHER_NAMES.iter();
        names.find(|(other, _)| *other == name).map(|(_, it)| *it)
    };
    let kind = own.or_else(other)?;
    are_of_utf8(parameters).then_some(kind)
}

/// Whether a part is said to be a text in UTF-8, as one is of which nothing is said.
pub(super) fn is_text(content_type: Option<&HeaderValue>) -> bool {
    content_type.is_none_or(|it| declared(it) == Some(MediaType::PlainText))
}

fn are_of_utf8(parameters: &str) -> bool {
    let mut parameters = parameters.split(';');
    parameters.all(|parameter| match parameter.trim().split_once('=') {
        Some(("charset", charset)) => matches!(charset.trim_matches('"'), "utf-8" | "us-ascii"),
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<MediaType> {
        declared(&HeaderValue::from_str(text).expect("a header"))
    }

    #[test]
    fn a_type_is_known_by_its_names() {
        for kind in MediaType::ALL {
            assert_eq!(of(kind.as_str()), Some(kind));
            assert_eq!(of(&kind.as_str().to_uppercase()), Some(kind));
        }
        assert_eq!(of("image/jpg"), Some(MediaType::Jpeg));
        assert_eq!(of("application/vnd.ms-excel"), Some(MediaType::Csv));
        assert_eq!(of("text/plain; charset=UTF-8"), Some(MediaType::PlainText));
        assert_eq!(
            of("text/csv;header=present;charset=\"utf-8\""),
            Some(MediaType::Csv)
        );
    }

    #[test]
    fn whatever_else_is_none() {
        for text in [
            "",
            "image",
            "image/",
            "image/svg+xml",
            "text/html",
            "application/octet-stream",
            "image/png, text/html",
            "text/plain; charset=utf-7",
            "text/plain; charset=utf-16",
            "text/csv; charset=iso-8859-1",
            "*/*",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
