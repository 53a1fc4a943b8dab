//! What all types of fields have in common.

use std::{fmt, marker::PhantomData};

use serde::de::{Error, Visitor};

use super::FieldRefusal;

/// A type that is made of a text, or refuses it.
pub(super) trait Parse: Sized {
    /// Parses a text that somebody sent.
    fn parse(text: String) -> Result<Self, FieldRefusal>;

    /// Checks a text that was stored.
    #[cfg_attr(not(any(feature = "sqlite", feature = "postgres")), allow(dead_code))]
    fn restore(text: String) -> Result<Self, FieldRefusal> {
        Self::parse(text)
    }
}

/// Reads a text and parses it.
pub(super) struct TextVisitor<T>(pub(super) PhantomData<T>);

impl<T: Parse> Visitor<'_> for TextVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        self.visit_string(text.to_owned())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<T, E> {
        T::parse(text).map_err(FieldRefusal::into_serde)
    }
}

/// How a type of field is read, wherever it stands in an input.
macro_rules! read_as_text {
    ([$($generics:tt)*] $type:ty, $sample:expr) => {
        impl<$($generics)*> std::str::FromStr for $type {
            type Err = $crate::field::FieldRefusal;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::field::text::Parse::parse(text.to_owned())
            }
        }

        impl<$($generics)*> TryFrom<String> for $type {
            type Error = $crate::field::FieldRefusal;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                $crate::field::text::Parse::parse(text)
            }
        }

        impl<'de, $($generics)*> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let visitor = $crate::field::text::TextVisitor(std::marker::PhantomData);
                deserializer.deserialize_string(visitor)
            }
        }

        impl<$($generics)*> $crate::input::Bounded for $type {
            fn sample(_: &$crate::input::Bounds) -> serde_json::Value {
                serde_json::Value::from($sample)
            }
        }

        impl<$($generics)*> $crate::input::Measured for $type {
            fn sample(_: &$crate::input::Bounds) -> serde_json::Value {
                serde_json::Value::from($sample)
            }
        }

        impl<$($generics)*> $crate::input::Contents for $type {}
    };
}

/// How a type of field is used that is no secret: it prints, serializes, and is a text column.
macro_rules! used_as_text {
    ([$($generics:tt)*] $type:ty) => {
        impl<$($generics)*> std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self.as_str(), f)
            }
        }

        $crate::field::text::used_as_text!([$($generics)*] $type, printed otherwise);
    };
    ([$($generics:tt)*] $type:ty, printed otherwise) => {
        impl<$($generics)*> AsRef<str> for $type {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl<$($generics)*> PartialEq<str> for $type {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl<$($generics)*> PartialEq<&str> for $type {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }

        impl<$($generics)*> From<$type> for String {
            fn from(value: $type) -> Self {
                value.as_str().to_owned()
            }
        }

        impl<$($generics)*> serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<$($generics)*> validator::ValidateLength<u64> for $type {
            fn length(&self) -> Option<u64> {
                validator::ValidateLength::length(self.as_str())
            }
        }

        impl<$($generics)*> validator::ValidateContains for $type {
            fn validate_contains(&self, needle: &str) -> bool {
                self.as_str().contains(needle)
            }
        }

        impl<$($generics)*> validator::ValidateRegex for $type {
            fn validate_regex(&self, regex: impl validator::AsRegex) -> bool {
                validator::ValidateRegex::validate_regex(&self.as_str(), regex)
            }
        }

        impl<$($generics)*> $crate::field::Printable for $type {
            fn is_printable(&self) -> bool {
                self.as_str().is_printable()
            }
        }

        #[cfg(any(feature = "sqlite", feature = "postgres"))]
        impl<DB: sqlx::Database, $($generics)*> sqlx::Type<DB> for $type
        where
            String: sqlx::Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <String as sqlx::Type<DB>>::type_info()
            }

            fn compatible(column: &DB::TypeInfo) -> bool {
                <String as sqlx::Type<DB>>::compatible(column)
            }
        }

        #[cfg(any(feature = "sqlite", feature = "postgres"))]
        impl<'q, DB: sqlx::Database, $($generics)*> sqlx::Encode<'q, DB> for $type
        where
            String: sqlx::Encode<'q, DB>,
        {
            fn encode_by_ref(
                &self,
                buffer: &mut <DB as sqlx::Database>::ArgumentBuffer,
            ) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
                sqlx::Encode::<DB>::encode(self.as_str().to_owned(), buffer)
            }
        }

        /// What was stored is checked again: somebody else may have written it, or rules of another time.
        #[cfg(any(feature = "sqlite", feature = "postgres"))]
        impl<'r, DB: sqlx::Database, $($generics)*> sqlx::Decode<'r, DB> for $type
        where
            String: sqlx::Decode<'r, DB>,
        {
            fn decode(
                value: <DB as sqlx::Database>::ValueRef<'r>,
            ) -> Result<Self, sqlx::error::BoxDynError> {
                let text = <String as sqlx::Decode<DB>>::decode(value)?;
                Ok($crate::field::text::Parse::restore(text)?)
            }
        }
    };
}

pub(super) use {read_as_text, used_as_text};
