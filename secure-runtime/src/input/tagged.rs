//! How an enum with data is read, in serde's three tagged forms.
//!
//! Serde's own derive reads the fields of a tagged enum into something of its own before it looks at them:
//! errors lose their places, the numbers of a form stay texts, and what stands beside a variant without data
//! is let pass. Here the fields go to the variant as they come, once the tag is known; only what stands before
//! the tag is kept.

mod adjacent;
mod internal;
mod replay;

use std::{any::TypeId, cell::RefCell, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, DeserializeSeed, EnumAccess, VariantAccess, Visitor},
};
use serde_json::Value;

pub use adjacent::read_adjacent;
pub use internal::read_internal;
pub(crate) use replay::reading_pairs;

/// An enum with data: `#[validated]` writes how each variant is read.
pub trait Variants: Sized {
    /// Which variant: the enum without its data.
    type Name: DeserializeOwned;
    /// What it is called in errors.
    const NAME: &'static str;
    /// Whether unknown fields are refused.
    const STRICT: bool;

    /// The variant of this name, if it holds nothing.
    fn unit(name: &Self::Name) -> Option<Self>;

    /// The variant of this name, with what it holds.
    ///
    /// # Errors
    /// Where it cannot be read.
    fn read<'de, D: Deserializer<'de>>(name: Self::Name, content: D) -> Result<Self, D::Error>;
}

/// Reads `{"card": {…}}`, and `"cash"` for a variant without data.
///
/// # Errors
/// Where it cannot be read.
pub fn read_external<'de, T: Variants, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_enum(T::NAME, &[], External(PhantomData))
}

struct External<T>(PhantomData<T>);

impl<'de, T: Variants> Visitor<'de> for External<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the enum {}", T::NAME)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<T, A::Error> {
        let (name, content) = data.variant::<T::Name>()?;
        match T::unit(&name) {
            Some(unit) => content.unit_variant().map(|()| unit),
            None => content.newtype_variant_seed(Content(name, PhantomData)),
        }
    }
}

/// What a variant holds.
struct Content<T: Variants>(T::Name, PhantomData<T>);

impl<'de, T: Variants> DeserializeSeed<'de> for Content<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, content: D) -> Result<T, D::Error> {
        match T::unit(&self.0) {
            Some(unit) => <()>::deserialize(content).map(|()| unit),
            None => T::read(self.0, content),
        }
    }
}

thread_local! {
    static SAMPLED: RefCell<Vec<TypeId>> = const { RefCell::new(Vec::new()) };
}

/// An example of a `T`, which may hold itself: inside an example of itself there is none.
pub fn once<T: 'static>(sample: impl FnOnce() -> Value) -> Value {
    let ty = TypeId::of::<T>();
    let is_inside = SAMPLED.with_borrow(|sampled| sampled.contains(&ty));
    if is_inside {
        return Value::Null;
    }
    SAMPLED.with_borrow_mut(|sampled| sampled.push(ty));
    let sample = sample();
    SAMPLED.with_borrow_mut(|sampled| sampled.retain(|other| *other != ty));
    sample
}
