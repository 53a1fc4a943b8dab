use lettre::{
    Address, Message,
    message::{
        Mailbox,
        header::{ContentType, Header, HeaderName, HeaderValue},
    },
};

use super::TransportError;
use crate::mail::{Letter, MailError};

/// Says that no person wrote the letter, so that no machine answers it (RFC 3834 §5).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// Who the letters come from.
pub(super) fn sender(from: &str) -> Result<Mailbox, TransportError> {
    from.parse()
        .map_err(|error| TransportError::new(format_args!("the sender of mail: {error}")))
}

/// The letter as it is sent (RFC 5322).
pub(super) fn message(from: &Mailbox, to: &str, letter: &Letter) -> Result<Message, MailError> {
    let to: Address = to.parse().map_err(MailError::refused)?;
    let domain = from.email.domain();
    let id = crate::crypto::random_hex::<16>();
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(letter.subject())
        .message_id(Some(format!("<{id}@{domain}>")))
        .header(AutoSubmitted)
        .header(ContentType::TEXT_PLAIN)
        .body(letter.text().to_owned())
        .map_err(MailError::failed)
}
