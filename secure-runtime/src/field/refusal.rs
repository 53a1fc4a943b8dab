use std::{cell::Cell, error::Error, fmt};

use serde::de;

thread_local! {
    /// The last refusal of this thread: serde's errors carry a text and nothing else.
    static LAST: Cell<Option<FieldRefusal>> = const { Cell::new(None) };
}

/// Why a text is no value of a field's type. It never repeats the text.
///
/// ```
/// use secure_runtime::field::Slug;
///
/// let refusal = "Not a slug".parse::<Slug>().unwrap_err();
/// assert_eq!(refusal.code(), "slug");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldRefusal {
    code: &'static str,
    detail: &'static str,
}

impl FieldRefusal {
    pub(crate) const fn new(code: &'static str, detail: &'static str) -> Self {
        Self { code, detail }
    }

    /// What kind of mistake, for programs.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// What is wrong, for people.
    pub fn detail(&self) -> &'static str {
        self.detail
    }

    /// The refusal as an error of serde's. Its text is ours; who answers finds the code by [`last`].
    pub(crate) fn into_serde<E: de::Error>(self) -> E {
        LAST.set(Some(self));
        E::custom(self.detail)
    }
}

impl fmt::Display for FieldRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.detail)
    }
}

impl Error for FieldRefusal {}

/// The refusal that an error of serde's tells of. It needs both: that a field was refused here since the last
/// time that anybody asked, and that the message is that of the refusal. So nobody who sends a message gets
/// anything but our own texts, and those only where one of our types refused something.
pub(crate) fn last(message: &str) -> Option<FieldRefusal> {
    let refusal = LAST.take()?;
    message.starts_with(refusal.detail).then_some(refusal)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFUSAL: FieldRefusal = FieldRefusal::new("colour", "must be a colour");

    #[test]
    fn it_is_found_once_by_its_own_message() {
        let error: serde_json::Error = REFUSAL.into_serde();
        assert_eq!(last(&error.to_string()), Some(REFUSAL));
        assert_eq!(last(&error.to_string()), None);
    }

    #[test]
    fn a_message_of_somebody_else_is_none() {
        assert_eq!(last("must be a colour"), None);
        let _: serde_json::Error = REFUSAL.into_serde();
        assert_eq!(last("invalid type: string \"must be a colour\""), None);
        assert_eq!(last("must be a colour"), None);
    }
}
