use std::{fmt, marker::PhantomData, mem, vec};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, IgnoredAny, MapAccess, Visitor, value::MapAccessDeserializer},
};

use super::{
    Variants,
    replay::{Kept, Key, replay},
};
use crate::input::within;

/// Reads `{"type": "card", …}`: the fields stand beside the tag, in any order.
///
/// # Errors
/// Where it cannot be read.
pub fn read_internal<'de, T: Variants, D: Deserializer<'de>>(
    deserializer: D,
    tag: &'static str,
) -> Result<T, D::Error> {
    deserializer.deserialize_map(Internal(tag, PhantomData))
}

struct Internal<T>(&'static str, PhantomData<T>);

impl<'de, T: Variants> Visitor<'de> for Internal<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with the field `{}`", self.0)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let tag = self.0;
        let mut kept = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            if key != tag {
                kept.push((key, map.next_value::<Kept>()?));
                continue;
            }
            let name = map.next_value::<T::Name>()?;
            let fields = Fields {
                tag,
                kept: kept.into_iter(),
                value: None,
                map,
            };
            return match T::unit(&name) {
                Some(unit) => fields.end(T::STRICT).map(|()| unit),
                None => T::read(name, MapAccessDeserializer::new(fields)),
            };
        }
        Err(A::Error::missing_field(tag))
    }
}

/// The fields beside the tag: those that were kept, and then those that are still to come.
struct Fields<A> {
    tag: &'static str,
    kept: vec::IntoIter<(String, Kept)>,
    /// The value of the kept key that was asked for last.
    value: Option<(String, Kept)>,
    map: A,
}

impl<'de, A: MapAccess<'de>> Fields<A> {
    /// Of a variant without data, which has none.
    fn end(mut self, is_strict: bool) -> Result<(), A::Error> {
        if is_strict {
            return self.next_key_seed(NoField).map(|_| ());
        }
        while self.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(())
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Fields<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        let Some((key, value)) = self.kept.next() else {
            return self.map.next_key_seed(NotAgain(self.tag, seed));
        };
        let read = seed.deserialize(Key::of_object(key.clone()));
        let read = read.map_err(|error: A::Error| within::note(&key, None, &error))?;
        self.value = Some((key, value));
        Ok(Some(read))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        match mem::take(&mut self.value) {
            Some((key, value)) => replay(&key, value, seed),
            None => self.map.next_value_seed(seed),
        }
    }
}

/// A key that is not the tag once more.
struct NotAgain<K>(&'static str, K);

impl<'de, K: DeserializeSeed<'de>> DeserializeSeed<'de> for NotAgain<K> {
    type Value = K::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<K::Value, D::Error> {
        let key = String::deserialize(deserializer)?;
        match key == self.0 {
            true => Err(D::Error::duplicate_field(self.0)),
            false => self.1.deserialize(Key::of_object(key)),
        }
    }
}

/// Any key is one too many.
struct NoField;

impl<'de> DeserializeSeed<'de> for NoField {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let key = String::deserialize(deserializer)?;
        Err(D::Error::unknown_field(&key, &[]))
    }
}
