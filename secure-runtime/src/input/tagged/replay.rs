//! What stands before the tag is kept, and read once the tag is known.

use std::{cell::Cell, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{
        DeserializeSeed, Error, IntoDeserializer, MapAccess, SeqAccess, Unexpected, Visitor,
        value::{MapAccessDeserializer, MapDeserializer, SeqDeserializer, StringDeserializer},
    },
    forward_to_deserialize_any,
};
use serde_path_to_error::Track;

use crate::input::within;

/// A value that was read before it was known what it is.
#[derive(Debug)]
pub(super) enum Kept {
    Null,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Text(String),
    /// The value of a pair: a text that a number may be read from.
    Pair(String),
    List(Vec<Kept>),
    Object(Vec<(String, Kept)>),
}

thread_local! {
    static READS_PAIRS: Cell<bool> = const { Cell::new(false) };
}

/// Reads pairs of texts, such as those of a form or a query string: a number in them stands there as a text.
pub(crate) fn reading_pairs<T>(read: impl FnOnce() -> T) -> T {
    struct Restored(bool);
    impl Drop for Restored {
        fn drop(&mut self) {
            READS_PAIRS.set(self.0);
        }
    }
    let _restored = Restored(READS_PAIRS.replace(true));
    read()
}

/// Reads what was kept of `key`; the place of what is wrong in it goes with the error.
pub(super) fn replay<'de, S: DeserializeSeed<'de>, E: Error>(
    key: &str,
    value: Kept,
    seed: S,
) -> Result<S::Value, E> {
    let mut track = Track::new();
    let deserializer = Replayed::<E>(value, PhantomData);
    let deserializer = serde_path_to_error::Deserializer::new(deserializer, &mut track);
    let read = seed.deserialize(deserializer);
    read.map_err(|error| within::note(key, Some(&track.path()), &error))
}

impl<'de> Deserialize<'de> for Kept {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KeptVisitor)
    }
}

struct KeptVisitor;

impl<'de> Visitor<'de> for KeptVisitor {
    type Value = Kept;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Kept, E> {
        Ok(Kept::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Kept, E> {
        Ok(Kept::Unsigned(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Kept, E> {
        Ok(Kept::Signed(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Kept, E> {
        Ok(Kept::Float(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Kept, E> {
        self.visit_string(value.to_owned())
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Kept, E> {
        Ok(match READS_PAIRS.get() {
            true => Kept::Pair(value),
            false => Kept::Text(value),
        })
    }

    fn visit_unit<E>(self) -> Result<Kept, E> {
        Ok(Kept::Null)
    }

    fn visit_none<E>(self) -> Result<Kept, E> {
        Ok(Kept::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Kept, D::Error> {
        Kept::deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Kept, D::Error> {
        Kept::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Kept, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = seq.next_element()? {
            list.push(value);
        }
        Ok(Kept::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Kept, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Kept::Object(fields))
    }
}

/// What a number or a flag is read from: the text of a pair, or what stands there.
macro_rules! from_pairs {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
            match self.0 {
                Kept::Pair(text) => Key::new(text).$method(visitor),
                _ => self.deserialize_any(visitor),
            }
        }
    )*};
}

/// Parses the text. One that does not parse is shown to the visitor, which refuses it.
macro_rules! parsed {
    ($($type:ident $method:ident $visit:ident,)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
            match self.text.parse::<$type>() {
                Ok(value) if !self.is_json || as_json_writes(&self.text) => visitor.$visit(value),
                _ => visitor.visit_string(self.text),
            }
        }
    )*};
}

/// Reads what was kept, with errors of the reader that kept it.
pub(super) struct Replayed<E>(Kept, PhantomData<E>);

impl<'de, E: Error> IntoDeserializer<'de, E> for Kept {
    type Deserializer = Replayed<E>;

    fn into_deserializer(self) -> Replayed<E> {
        Replayed(self, PhantomData)
    }
}

impl<'de, E: Error> Deserializer<'de> for Replayed<E> {
    type Error = E;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.0 {
            Kept::Null => visitor.visit_unit(),
            Kept::Bool(value) => visitor.visit_bool(value),
            Kept::Unsigned(value) => visitor.visit_u64(value),
            Kept::Signed(value) => visitor.visit_i64(value),
            Kept::Float(value) => visitor.visit_f64(value),
            Kept::Text(text) | Kept::Pair(text) => visitor.visit_string(text),
            Kept::List(list) => {
                let mut list = SeqDeserializer::new(list.into_iter());
                let value = visitor.visit_seq(&mut list)?;
                list.end().map(|()| value)
            }
            Kept::Object(fields) => {
                let fields = fields
                    .into_iter()
                    .map(|(key, value)| (Key::of_object(key), value));
                let mut fields = MapDeserializer::new(fields);
                let value = visitor.visit_map(&mut fields)?;
                fields.end().map(|()| value)
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.0 {
            Kept::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, E> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, E> {
        match self.0 {
            Kept::Text(text) | Kept::Pair(text) => {
                let text: StringDeserializer<E> = text.into_deserializer();
                text.deserialize_enum(name, variants, visitor)
            }
            Kept::Object(fields) if fields.len() == 1 => {
                let fields = fields
                    .into_iter()
                    .map(|(key, value)| (Key::of_object(key), value));
                let fields = MapAccessDeserializer::new(MapDeserializer::new(fields));
                fields.deserialize_enum(name, variants, visitor)
            }
            _ => Err(E::invalid_type(
                Unexpected::Other("no variant"),
                &"a variant",
            )),
        }
    }

    /// An object alone: the visitor of a struct would take a list too.
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.0 {
            Kept::Object(_) => self.deserialize_any(visitor),
            _ => Err(E::invalid_type(
                Unexpected::Other("no object"),
                &"an object",
            )),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        visitor.visit_unit()
    }

    /// By its name alone: a number would be taken for the place of a variant in the enum.
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.0 {
            Kept::Text(text) | Kept::Pair(text) => visitor.visit_string(text),
            _ => Err(E::invalid_type(Unexpected::Other("no name"), &"a name")),
        }
    }

    from_pairs! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64
    }

    forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct seq tuple tuple_struct struct
    }
}

/// A text that a number or a flag may be read from: the key of an object, the value of a pair.
pub(super) struct Key<E> {
    text: String,
    /// Whether it stands in JSON, which writes a number in one way alone.
    is_json: bool,
    error: PhantomData<E>,
}

impl<E> Key<E> {
    /// The value of a pair.
    pub(super) fn new(text: String) -> Self {
        Self {
            text,
            is_json: false,
            error: PhantomData,
        }
    }

    /// The key of an object.
    pub(super) fn of_object(text: String) -> Self {
        Self {
            is_json: true,
            ..Self::new(text)
        }
    }
}

/// Whether JSON writes a number like that, or a flag: neither `+1` nor `01`, and `-0` is no whole number.
fn as_json_writes(text: &str) -> bool {
    match text.strip_prefix('-').unwrap_or(text).as_bytes() {
        [b'1'..=b'9', ..] => true,
        [b'0', b'0'..=b'9', ..] => false,
        [b'0', ..] => text != "-0",
        _ => matches!(text, "true" | "false"),
    }
}

impl<'de, E: Error> IntoDeserializer<'de, E> for Key<E> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de, E: Error> Deserializer<'de> for Key<E> {
    type Error = E;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        visitor.visit_string(self.text)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, E> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, E> {
        let text: StringDeserializer<E> = self.text.into_deserializer();
        text.deserialize_enum(name, variants, visitor)
    }

    parsed! {
        bool deserialize_bool visit_bool, i8 deserialize_i8 visit_i8, i16 deserialize_i16 visit_i16,
        i32 deserialize_i32 visit_i32, i64 deserialize_i64 visit_i64, i128 deserialize_i128 visit_i128,
        u8 deserialize_u8 visit_u8, u16 deserialize_u16 visit_u16, u32 deserialize_u32 visit_u32,
        u64 deserialize_u64 visit_u64, u128 deserialize_u128 visit_u128,
        f32 deserialize_f32 visit_f32, f64 deserialize_f64 visit_f64,
    }

    forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier
        ignored_any
    }
}
