use std::{error::Error, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Value, json};

use super::MediaType;
use crate::{
    crypto::random_hex,
    input::{Bounded, Bounds, Contents, Errors},
};

/// How many random bytes are in a name: 160 bits.
const RANDOM: usize = 20;
/// How many digits they are.
const DIGITS: usize = 2 * RANDOM;

/// The name under which a file is kept: 160 random bits and the extension of its type. Nothing else is one, so
/// that no path can come of it.
///
/// ```
/// use secure_runtime::upload::{FileId, MediaType};
///
/// let id: FileId = "6b1f0c9a27d35e48b1a0c2d4e6f8091a2b3c4d5e.png".parse()?;
/// assert_eq!(id.media_type(), MediaType::Png);
/// assert!("../../etc/passwd".parse::<FileId>().is_err());
/// # Ok::<(), secure_runtime::upload::NoFileId>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId {
    /// The digits, a dot, and the extension.
    text: String,
    media_type: MediaType,
}

/// A text is not the name of a file that could be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoFileId;

impl FileId {
    pub(super) fn random(media_type: MediaType) -> Self {
        let text = format!("{}.{}", random_hex::<RANDOM>(), media_type.extension());
        Self { text, media_type }
    }

    /// What the content of the file is.
    pub fn media_type(&self) -> MediaType {
        self.media_type
    }

    /// The name as it is written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The folder that it lies in: what its name begins with.
    pub(super) fn shelf(&self) -> &str {
        self.text.get(..2).unwrap_or_default()
    }

    fn parse(text: &str) -> Option<MediaType> {
        let (digits, extension) = text.split_once('.')?;
        let media_type = MediaType::of_extension(extension)?;
        let is_random = digits.len() == DIGITS
            && digits
                .bytes()
                .all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
        (is_random && extension == media_type.extension()).then_some(media_type)
    }
}

impl FromStr for FileId {
    type Err = NoFileId;

    fn from_str(text: &str) -> Result<Self, NoFileId> {
        text.to_owned().try_into()
    }
}

impl TryFrom<String> for FileId {
    type Error = NoFileId;

    fn try_from(text: String) -> Result<Self, NoFileId> {
        let media_type = Self::parse(&text).ok_or(NoFileId)?;
        Ok(Self { text, media_type })
    }
}

impl AsRef<str> for FileId {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FileId").field(&self.text).finish()
    }
}

impl Serialize for FileId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for FileId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.try_into().map_err(de::Error::custom)
    }
}

impl Bounded for FileId {
    fn check(&self, _: &mut Errors) {}

    fn sample(_: &Bounds) -> Value {
        json!(format!("{}.png", "0".repeat(DIGITS)))
    }
}

impl Contents for FileId {}

impl fmt::Display for NoFileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the name of a file that is kept")
    }
}

impl Error for NoFileId {}

/// It is a text column; what is read is checked again.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod column {
    use sqlx::{Database, Decode, Encode, Type, encode::IsNull, error::BoxDynError};

    use super::FileId;

    impl<DB: Database> Type<DB> for FileId
    where
        String: Type<DB>,
    {
        fn type_info() -> DB::TypeInfo {
            String::type_info()
        }

        fn compatible(column: &DB::TypeInfo) -> bool {
            String::compatible(column)
        }
    }

    impl<'q, DB: Database> Encode<'q, DB> for FileId
    where
        String: Encode<'q, DB>,
    {
        fn encode_by_ref(
            &self,
            buffer: &mut <DB as Database>::ArgumentBuffer,
        ) -> Result<IsNull, BoxDynError> {
            self.text.clone().encode(buffer)
        }
    }

    impl<'r, DB: Database> Decode<'r, DB> for FileId
    where
        String: Decode<'r, DB>,
    {
        fn decode(value: <DB as Database>::ValueRef<'r>) -> Result<Self, BoxDynError> {
            Ok(String::decode(value)?.try_into()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_random_name_is_one_and_no_two_are_the_same() {
        for media_type in MediaType::ALL {
            let id = FileId::random(media_type);
            let again: FileId = id.as_str().parse().expect("a name");
            assert_eq!(again, id);
            assert_eq!(again.media_type(), media_type);
            assert_ne!(FileId::random(media_type), id);
            assert!(id.as_str().starts_with(id.shelf()));
        }
    }

    #[test]
    fn nothing_else_is_one() {
        let digits = "0123456789abcdef0123456789abcdef01234567";
        assert!(format!("{digits}.png").parse::<FileId>().is_ok());
        let others = [
            String::new(),
            digits.to_owned(),
            format!("{digits}."),
            format!("{digits}.exe"),
            format!("{digits}.PNG"),
            format!("{digits}.jpeg"),
            format!("{digits}.png "),
            format!("{digits}.png\0"),
            format!("{digits}.png\n"),
            format!("{digits}.png.png"),
            format!("{digits}.png/.."),
            format!("../{digits}.png"),
            format!("/{digits}.png"),
            format!("{}.png", digits.to_uppercase()),
            format!("{}.png", &digits[1..]),
            format!("0{digits}.png"),
            format!("{}\u{ff10}.png", &digits[3..]),
            format!("{}/.png", &digits[1..]),
            "../../../../../../../../../../../../etc/passwd".to_owned(),
        ];
        for text in others {
            assert_eq!(text.parse::<FileId>(), Err(NoFileId), "{text:?}");
            let json = serde_json::to_string(&text).expect("a text");
            assert!(serde_json::from_str::<FileId>(&json).is_err());
        }
    }
}
