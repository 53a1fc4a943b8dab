use super::{
    FieldRefusal,
    text::{Parse, read_as_text, used_as_text},
};

const REFUSAL: FieldRefusal = FieldRefusal::new(
    "username",
    "must be 3 to 32 ASCII letters, digits and single `-`, `_` or `.`, must begin with a letter and must not end with one of these signs",
);
const RESERVED: FieldRefusal = FieldRefusal::new("username_reserved", "is reserved");

/// Names that somebody could take for the app's own. Compared in lower case, without `-`, `_` and `.`.
const RESERVED_NAMES: [&str; 40] = [
    "abuse",
    "account",
    "accounts",
    "admin",
    "administrator",
    "admins",
    "anonymous",
    "api",
    "billing",
    "bot",
    "daemon",
    "help",
    "helpdesk",
    "hostmaster",
    "info",
    "mailerdaemon",
    "me",
    "mod",
    "moderator",
    "nobody",
    "noreply",
    "null",
    "official",
    "operator",
    "owner",
    "postmaster",
    "root",
    "security",
    "self",
    "service",
    "staff",
    "superuser",
    "support",
    "sysadmin",
    "system",
    "team",
    "undefined",
    "verified",
    "webmaster",
    "www",
];

/// The name of a user: 3 to 32 ASCII letters, digits and `-`, `_`, `.`, which begins with a letter, has no two
/// signs in a row and none at its end, and is not [reserved](Self::is_reserved).
///
/// ASCII alone, since a `а` from another alphabet looks like an `a`: nobody can take a name that looks like
/// somebody else's. What two ASCII letters look alike (`l` and `I`) is left to the font and to
/// [`normalized`](Self::normalized), under which names are to be unique.
///
/// ```
/// use secure_runtime::field::Username;
///
/// let name: Username = "Ada.Lovelace".parse()?;
/// assert_eq!(name.as_str(), "Ada.Lovelace");
/// assert_eq!(name.normalized(), "ada.lovelace");
/// assert_eq!("pаypal".parse::<Username>().unwrap_err().code(), "username"); // with a Cyrillic `а`
/// assert_eq!("Ad-min".parse::<Username>().unwrap_err().code(), "username_reserved");
/// # Ok::<(), secure_runtime::field::FieldRefusal>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Username(String);

impl Username {
    /// It is never shorter.
    pub const MIN_LENGTH: usize = 3;
    /// It is never longer.
    pub const MAX_LENGTH: usize = 32;

    /// The name as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as accounts are looked up by it: in lower case.
    pub fn normalized(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// Whether nobody may have this name, however it is written: `admin`, `root`, `support` and the like.
    pub fn is_reserved(name: &str) -> bool {
        let letters = name.chars().filter(|letter| !is_sign(*letter));
        let name: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
        RESERVED_NAMES.binary_search(&name.as_str()).is_ok()
    }
}

impl Parse for Username {
    fn parse(text: String) -> Result<Self, FieldRefusal> {
        let has_shape = (Self::MIN_LENGTH..=Self::MAX_LENGTH).contains(&text.len())
            && text.starts_with(|first: char| first.is_ascii_alphabetic())
            && text.split(is_sign).all(is_word);
        match (has_shape, Self::is_reserved(&text)) {
            (false, _) => Err(REFUSAL),
            (true, true) => Err(RESERVED),
            (true, false) => Ok(Self(text)),
        }
    }
}

fn is_sign(letter: char) -> bool {
    matches!(letter, '-' | '_' | '.')
}

fn is_word(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

read_as_text!([] Username, "ada.lovelace");
used_as_text!([] Username);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let longest = "a".repeat(32);
        for good in [
            "ada",
            "Ada",
            "a1b",
            "a.b",
            "a-b_c.d",
            "administer",
            &longest,
        ] {
            let parsed = good.parse::<Username>();
            assert_eq!(parsed.as_ref().map(Username::as_str), Ok(good));
        }
        let too_long = "a".repeat(33);
        for bad in [
            "",
            "ab",
            "1ab",
            ".ada",
            "ada.",
            "a..b",
            "a.-b",
            "a b",
            "ada ",
            "ada\0",
            "ada@",
            "аda",
            "adа",
            "ａｄａ",
            "adá",
            "ada\u{200d}",
            "ada\u{202e}",
            "a/b",
            "ß\u{df}x",
            &too_long,
        ] {
            assert_eq!(bad.parse::<Username>(), Err(REFUSAL), "{bad:?}");
        }
    }

    #[test]
    fn reserved_names_are_nobodys_however_written() {
        for bad in [
            "admin",
            "ADMIN",
            "a.d-m_in",
            "Root",
            "no-reply",
            "mailer-daemon",
            "www",
        ] {
            assert_eq!(bad.parse::<Username>(), Err(RESERVED), "{bad}");
        }
    }

    /// They are found by a binary search, and written as they are compared.
    #[test]
    fn the_reserved_names_are_sorted() {
        assert!(RESERVED_NAMES.is_sorted());
        for name in RESERVED_NAMES {
            assert!(Username::is_reserved(name) && is_word(name), "{name}");
        }
    }
}
