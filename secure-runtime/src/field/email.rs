use std::borrow::Cow;

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

use super::{
    FieldRefusal, Printable,
    text::{Parse, read_as_text, used_as_text},
};

const REFUSAL: FieldRefusal = FieldRefusal::new("email", "must be an e-mail address");

/// An address that mail can go to: `local@domain` (RFC 5321 §4.1.2), of at most 254 bytes.
///
/// The local part is ASCII, without quotes, comments and folding; the domain is a name with a dot, by IDNA
/// also one that is not ASCII, and no IP address. White space around it is taken away. Whether anybody reads
/// the mail only a mail can tell.
///
/// ```
/// use secure_runtime::field::Email;
///
/// let email: Email = " Ada@Bücher.example ".parse()?;
/// assert_eq!(email.as_str(), "Ada@Bücher.example");
/// assert_eq!(email.normalized(), "ada@bücher.example");
/// assert_eq!(email.to_ascii(), "Ada@xn--bcher-kva.example");
/// assert!("ada@example".parse::<Email>().is_err());
/// # Ok::<(), secure_runtime::field::FieldRefusal>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email {
    text: String,
    /// Where the `@` is.
    at: usize,
}

impl Email {
    /// It is never longer, in bytes, as it is written and with its domain in ASCII (RFC 5321 §4.5.3.1.3).
    pub const MAX_BYTES: usize = 254;

    /// The address as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What stands before the `@`.
    pub fn local_part(&self) -> &str {
        &self.text[..self.at]
    }

    /// What stands after the `@`.
    pub fn domain(&self) -> &str {
        &self.text[self.at + 1..]
    }

    /// The address as accounts are looked up by it: in lower case, and each domain in one of the ways in which it
    /// can be written. The accounts of this crate look up by the same text.
    pub fn normalized(&self) -> String {
        let (domain, _) = Uts46::new().to_unicode(
            self.domain().as_bytes(),
            AsciiDenyList::STD3,
            Hyphens::Allow,
        );
        crate::account::normalized(&format!("{}@{domain}", self.local_part()))
    }

    /// The address with its domain in ASCII, as every mail server takes it.
    pub fn to_ascii(&self) -> String {
        let domain = ascii_domain(self.domain()).unwrap_or_default();
        format!("{}@{domain}", self.local_part())
    }
}

impl Parse for Email {
    fn parse(text: String) -> Result<Self, FieldRefusal> {
        let text = text.trim();
        if text.len() > Self::MAX_BYTES {
            return Err(REFUSAL);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(REFUSAL)?;
        let ascii = ascii_domain(domain).ok_or(REFUSAL)?;
        let fits = local.len() + 1 + ascii.len() <= Self::MAX_BYTES;
        match fits && is_local_part(local) && is_mail_domain(&ascii) {
            true => Ok(Self {
                at: local.len(),
                text: text.to_owned(),
            }),
            false => Err(REFUSAL),
        }
    }
}

/// RFC 5321 §4.1.2, `Dot-string`.
fn is_local_part(local: &str) -> bool {
    let is_atom = |atom: &str| {
        let mut bytes = atom.bytes();
        !atom.is_empty()
            && bytes
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte))
    };
    local.len() <= 64 && local.split('.').all(is_atom)
}

/// The domain in ASCII; `None` for what is no domain.
fn ascii_domain(domain: &str) -> Option<Cow<'_, str>> {
    // IDNA drops what is invisible: what was written would then look like another address than it is.
    if !domain.is_printable() {
        return None;
    }
    let to_ascii = Uts46::new().to_ascii(
        domain.as_bytes(),
        AsciiDenyList::STD3,
        Hyphens::CheckFirstLast,
        DnsLength::Verify,
    );
    to_ascii.ok()
}

/// A name below a top-level domain, and no IP address: the last label of a name is never a number.
fn is_mail_domain(ascii: &str) -> bool {
    let Some((_, last)) = ascii.rsplit_once('.') else {
        return false;
    };
    last.bytes().any(|byte| byte.is_ascii_alphabetic())
}

impl validator::ValidateEmail for Email {
    fn as_email_string(&self) -> Option<Cow<'_, str>> {
        Some(self.as_str().into())
    }
}

read_as_text!([] Email, "ada@example.com");
used_as_text!([] Email);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses() {
        let longest_local = format!("{}@example.com", "a".repeat(64));
        for good in [
            "a@b.co",
            "Ada.Lovelace+news@Example.COM",
            "o'brien@example.org",
            "!#$%&'*+-/=?^_`{|}~@example.org",
            "ada@mail.b-c.example",
            "ada@bücher.example",
            "ada@xn--bcher-kva.example",
            "ada@例え.テスト",
            "1@1.example",
            &longest_local,
        ] {
            let email = good.parse::<Email>();
            assert_eq!(email.as_ref().map(Email::as_str), Ok(good));
        }
    }

    #[test]
    fn what_is_no_address() {
        let local_too_long = format!("{}@example.com", "a".repeat(65));
        let label_too_long = format!("a@{}.com", "a".repeat(64));
        let too_long = format!("a@{}com", "abcdefg.".repeat(32));
        for bad in [
            "",
            "@",
            "ada",
            "ada@",
            "@example.com",
            "ada@example",
            "ada@localhost",
            "ada@.example.com",
            "ada@example.com.",
            "ada@example..com",
            "ada@-example.com",
            "ada@example-.com",
            "ada@exa_mple.com",
            "ada@exam ple.com",
            "ada@[192.0.2.1]",
            "ada@192.0.2.1",
            "ada@1.2",
            "ada@０.１",
            "ada@@example.com",
            "ada@a@example.com",
            ".ada@example.com",
            "ada.@example.com",
            "a..da@example.com",
            "\"ada\"@example.com",
            "\"a b\"@example.com",
            "ada(comment)@example.com",
            "ada@example.com(comment)",
            "Ada <ada@example.com>",
            "ada@example.com,eve@example.com",
            "ada@example.com\r\nBcc: eve@example.com",
            "ada\n@example.com",
            "ada\0@example.com",
            "adá@example.com",
            "аda@example.com",
            "ada@exam\u{ad}ple.com",
            "ada@exam\u{200b}ple.com",
            "ada@exam\u{202e}ple.com",
            "ada@xn--0.example",
            "mailto:ada@example.com",
            &local_too_long,
            &label_too_long,
            &too_long,
        ] {
            assert_eq!(bad.parse::<Email>(), Err(REFUSAL), "{bad:?}");
        }
    }

    #[test]
    fn one_domain_has_one_normal_form() {
        for same in [
            "Ada@Bücher.example",
            "ada@BÜCHER.EXAMPLE",
            "ada@bu\u{308}cher.example",
            "ADA@xn--bcher-kva.example",
            "ada@bücher\u{3002}example",
        ] {
            let email: Email = same.parse().expect(same);
            assert_eq!(email.normalized(), "ada@bücher.example", "{same}");
        }
    }

    #[test]
    fn accounts_look_up_by_the_same_text() {
        for typed in [" Ada@Example.COM", "ada@Bücher.example "] {
            let email: Email = typed.parse().expect(typed);
            assert_eq!(email.normalized(), crate::account::normalized(typed));
        }
    }

    proptest! {
        #[test]
        fn the_normal_form_is_an_address_with_the_same_normal_form(
            text in "[a-zA-Z0-9.+']{1,12}@[a-zA-ZäÖßſéα-ω1-9．。-]{1,12}[.](com|dé|XN--P1AI)",
        ) {
            if let Ok(email) = text.parse::<Email>() {
                let normal: Email = email.normalized().parse().expect("an address");
                prop_assert_eq!(normal.normalized(), email.normalized());
                prop_assert_eq!(normal.to_ascii().to_lowercase(), email.to_ascii().to_lowercase());
                prop_assert!(email.to_ascii().parse::<Email>().is_ok());
            }
        }
    }
}
