use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::{
    answer::Refusal,
    form::{Form, pairs},
};

/// In bytes. It is written into tokens.
const LONGEST_ID: usize = 128;

/// The client that names itself: in the form (RFC 6749 §3.2.1), or as the user of HTTP Basic
/// (§2.3.1), which several libraries send for a public client too. `None` where none does.
///
/// A secret is refused: nobody has been given one, so whoever presents one means another server.
pub(super) fn client_id(headers: &HeaderMap, form: &Form) -> Result<Option<String>, Refusal> {
    if form.get("client_secret").is_some() {
        return Err(Refusal::InvalidClient);
    }
    let named = form.get("client_id").map(str::to_owned);
    let id = match (named, basic(headers)?) {
        (Some(named), Some(basic)) if named != basic => return Err(Refusal::InvalidClient),
        (named, basic) => named.or(basic),
    };
    // RFC 6749 appendix A.1: printable ASCII.
    let is_legal =
        |id: &String| id.len() <= LONGEST_ID && id.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    match id {
        Some(id) if !is_legal(&id) => Err(Refusal::InvalidClient),
        id => Ok(id),
    }
}

/// The user of HTTP Basic. Another scheme is no client's.
fn basic(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let mut values = headers.get_all(AUTHORIZATION);
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let text = value.to_str().map_err(|_| Refusal::InvalidClient)?;
    let Some((scheme, credentials)) = text.split_once(' ') else {
        return Err(Refusal::InvalidClient);
    };
    if values.next().is_some() || !scheme.eq_ignore_ascii_case("basic") {
        return Err(Refusal::InvalidClient);
    }
    let decoded = STANDARD.decode(credentials.trim());
    let decoded = Zeroizing::new(decoded.map_err(|_| Refusal::InvalidClient)?);
    let pair = str::from_utf8(&decoded).map_err(|_| Refusal::InvalidClient)?;
    let id = pair.strip_suffix(':').filter(|id| !id.contains(':'));
    // §2.3.1: encoded as in a form.
    let mut names = pairs(id.unwrap_or_default().as_bytes()).map_err(|_| Refusal::InvalidClient)?;
    match (names.next(), names.next()) {
        (Some((id, value)), None) if value.is_empty() => Ok(Some(id.into_owned())),
        _ => Err(Refusal::InvalidClient),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn ask(authorization: &[&str], body: &str) -> Result<Option<String>, Refusal> {
        let mut headers = HeaderMap::new();
        for value in authorization {
            let value = HeaderValue::from_str(value).expect("a value");
            headers.append(AUTHORIZATION, value);
        }
        let form = Form::parse("application/x-www-form-urlencoded", body.as_bytes());
        client_id(&headers, &form.expect("a form"))
    }

    fn basic(pair: &str) -> String {
        format!("Basic {}", STANDARD.encode(pair))
    }

    #[test]
    fn a_public_client_names_itself_either_way() {
        assert_eq!(ask(&[], ""), Ok(None));
        assert_eq!(ask(&[], "client_id=app"), Ok(Some("app".to_owned())));
        assert_eq!(ask(&[&basic("app:")], ""), Ok(Some("app".to_owned())));
        assert_eq!(ask(&[&basic("a%20b:")], ""), Ok(Some("a b".to_owned())));
        assert_eq!(
            ask(&[&basic("app:")], "client_id=app"),
            Ok(Some("app".to_owned()))
        );
    }

    #[test]
    fn secrets_contradictions_and_other_schemes_are_refused() {
        for authorization in [
            basic("app:secret"),
            basic(":"),
            basic("app"),
            "Basic ???".to_owned(),
            "Basic".to_owned(),
            "Bearer abc".to_owned(),
        ] {
            assert_eq!(
                ask(&[&authorization], ""),
                Err(Refusal::InvalidClient),
                "{authorization}"
            );
        }
        let app = basic("app:");
        assert_eq!(ask(&[&app, &app], ""), Err(Refusal::InvalidClient));
        assert_eq!(ask(&[&app], "client_id=other"), Err(Refusal::InvalidClient));
        assert_eq!(ask(&[], "client_secret=x"), Err(Refusal::InvalidClient));
        assert_eq!(ask(&[], "client_id=%0A"), Err(Refusal::InvalidClient));
        let long = format!("client_id={}", "a".repeat(LONGEST_ID + 1));
        assert_eq!(ask(&[], &long), Err(Refusal::InvalidClient));
    }
}
