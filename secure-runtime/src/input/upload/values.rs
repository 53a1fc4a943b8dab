//! The parts of a form as a map that serde reads, texts as in any other form.

use serde::{
    Deserializer,
    de::{
        self, EnumAccess, IntoDeserializer, Unexpected, VariantAccess, Visitor,
        value::{Error, MapDeserializer},
    },
    forward_to_deserialize_any,
};

/// What stands in a part.
#[derive(Debug)]
pub(super) enum Value {
    Text(String),
    /// The files of a field, by their place.
    Files(usize),
}

/// The parts by their names.
pub(super) fn map(
    values: Vec<(String, Value)>,
) -> MapDeserializer<'static, std::vec::IntoIter<(String, Value)>, Error> {
    MapDeserializer::new(values.into_iter())
}

impl IntoDeserializer<'_, Error> for Value {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! parsed {
    ($($type:ty => $method:ident $visit:ident,)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match &self {
                Self::Text(text) => match text.parse::<$type>() {
                    Ok(value) => visitor.$visit(value),
                    Err(_) => Err(de::Error::invalid_value(Unexpected::Other("a text"), &visitor)),
                },
                Self::Files(_) => self.deserialize_any(visitor),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Value {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Text(text) => visitor.visit_string(text),
            Self::Files(place) => visitor.visit_u64(place as u64),
        }
    }

    parsed! {
        bool => deserialize_bool visit_bool,
        i8 => deserialize_i8 visit_i8,
        i16 => deserialize_i16 visit_i16,
        i32 => deserialize_i32 visit_i32,
        i64 => deserialize_i64 visit_i64,
        i128 => deserialize_i128 visit_i128,
        u8 => deserialize_u8 visit_u8,
        u16 => deserialize_u16 visit_u16,
        u32 => deserialize_u32 visit_u32,
        u64 => deserialize_u64 visit_u64,
        u128 => deserialize_u128 visit_u128,
        f32 => deserialize_f32 visit_f32,
        f64 => deserialize_f64 visit_f64,
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self {
            Self::Text(word) => visitor.visit_enum(Word(word)),
            Self::Files(_) => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier
        ignored_any
    }
}

/// A variant without data.
struct Word(String);

impl<'de> EnumAccess<'de> for Word {
    type Error = Error;
    type Variant = Plain;

    fn variant_seed<V: de::DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Plain), Error> {
        let deserializer: de::value::StringDeserializer<Error> = self.0.into_deserializer();
        Ok((seed.deserialize(deserializer)?, Plain))
    }
}

/// That there is no data.
struct Plain;

impl<'de> VariantAccess<'de> for Plain {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<T: de::DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, Error> {
        Err(holds_data())
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Error> {
        Err(holds_data())
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        Err(holds_data())
    }
}

fn holds_data() -> Error {
    de::Error::custom("a text has no data")
}
