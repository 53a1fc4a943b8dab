use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, IgnoredAny, MapAccess, Visitor},
};

use super::{
    Content, Variants,
    replay::{Kept, replay},
};

/// Reads `{"type": "card", "content": {…}}`, in either order.
///
/// # Errors
/// Where it cannot be read.
pub fn read_adjacent<'de, T: Variants, D: Deserializer<'de>>(
    deserializer: D,
    tag: &'static str,
    content: &'static str,
) -> Result<T, D::Error> {
    deserializer.deserialize_map(Adjacent {
        tag,
        content,
        enumeration: PhantomData,
    })
}

struct Adjacent<T> {
    tag: &'static str,
    content: &'static str,
    enumeration: PhantomData<T>,
}

/// What is known so far.
enum Known<T: Variants> {
    Nothing,
    Name(T::Name),
    Content(Kept),
    All(T),
}

impl<'de, T: Variants> Visitor<'de> for Adjacent<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with `{}` and `{}`", self.tag, self.content)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut known = Known::Nothing;
        while let Some(place) = map.next_key_seed(Places::of(&self))? {
            known = match (place, known) {
                (Place::Elsewhere, known) => {
                    map.next_value::<IgnoredAny>()?;
                    known
                }
                (Place::Tag, Known::Nothing) => Known::Name(map.next_value()?),
                (Place::Tag, Known::Content(kept)) => {
                    let name = map.next_value()?;
                    let seed = Content::<T>(name, PhantomData);
                    Known::All(replay(self.content, kept, seed)?)
                }
                (Place::Content, Known::Nothing) => Known::Content(map.next_value()?),
                (Place::Content, Known::Name(name)) => {
                    let seed = Content::<T>(name, PhantomData);
                    Known::All(map.next_value_seed(seed)?)
                }
                (Place::Tag, _) => return Err(A::Error::duplicate_field(self.tag)),
                (Place::Content, _) => return Err(A::Error::duplicate_field(self.content)),
            };
        }
        match known {
            Known::All(value) => Ok(value),
            Known::Name(name) => {
                T::unit(&name).ok_or_else(|| A::Error::missing_field(self.content))
            }
            Known::Nothing | Known::Content(_) => Err(A::Error::missing_field(self.tag)),
        }
    }
}

/// Which of the two a key is.
enum Place {
    Tag,
    Content,
    /// Neither, where that is let pass.
    Elsewhere,
}

struct Places {
    tag: &'static str,
    content: &'static str,
    is_strict: bool,
}

impl Places {
    fn of<T: Variants>(adjacent: &Adjacent<T>) -> Self {
        Self {
            tag: adjacent.tag,
            content: adjacent.content,
            is_strict: T::STRICT,
        }
    }
}

impl<'de> DeserializeSeed<'de> for Places {
    type Value = Place;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Place, D::Error> {
        let key = String::deserialize(deserializer)?;
        match key {
            key if key == self.tag => Ok(Place::Tag),
            key if key == self.content => Ok(Place::Content),
            key if self.is_strict => Err(D::Error::unknown_field(&key, &[])),
            _ => Ok(Place::Elsewhere),
        }
    }
}
