use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque},
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    num::{
        NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroU8, NonZeroU16, NonZeroU32,
        NonZeroU64,
    },
};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use zeroize::Zeroize;

use super::Errors;
use crate::crypto::Secret;

/// A type whose values have a bounded size and know their own rules: numbers, flags, ids, and
/// every struct and enum with `#[validated]`.
#[diagnostic::on_unimplemented(
    message = "nothing bounds the size of a `{Self}`",
    label = "not bounded",
    note = "what is read from a request is a number, an id, or a type with `#[validated]`"
)]
pub trait Bounded {
    /// Whether it holds a secret, as a newtype of one does: it is then never shown again.
    const IS_SECRET: bool = false;

    /// Whether it is read from an object with fields, as a struct is.
    const IS_OBJECT: bool = false;

    /// Checks the value's rules; what is broken is added to `errors` at its place.
    fn check(&self, errors: &mut Errors) {
        let _ = errors;
    }

    /// A value that keeps to `bounds`, for examples.
    fn sample(bounds: &Bounds) -> Value;

    /// What the field with this name on the wire is; `None` where there is none.
    fn field(name: &str) -> Option<FieldKind> {
        let _ = name;
        None
    }
}

/// What a field is to a form that is shown again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// What was entered may be shown again.
    Open,
    /// It is a secret, and is never shown again.
    Secret,
}

/// A field of an example: its name, unless its fields are the object's own, what makes a value, and the bounds.
pub type SampledField = (Option<&'static str>, fn(&Bounds) -> Value, Bounds);

/// An example of an object. Generated code names the fields.
pub fn sample_object(fields: &[SampledField]) -> Value {
    let mut object = Map::new();
    for (name, sample, bounds) in fields {
        match (name, sample(bounds)) {
            (Some(name), value) => drop(object.insert((*name).to_owned(), value)),
            (None, Value::Object(inner)) => object.extend(inner),
            (None, _) => {}
        }
    }
    Value::Object(object)
}

/// What the field with this name is, of fields of which generated code says whether they are secret.
pub fn kind_of(name: &str, fields: &[(&'static str, bool)]) -> Option<FieldKind> {
    let (_, is_secret) = fields.iter().find(|(field, _)| *field == name)?;
    Some(match is_secret {
        true => FieldKind::Secret,
        false => FieldKind::Open,
    })
}

/// An input that can be validated: what `Json`, `Form`, `Query` and `Path` must hold.
pub trait Validated: Bounded + DeserializeOwned + 'static {}

impl<T: Bounded + DeserializeOwned + 'static> Validated for T {}

/// A text or a collection whose length a rule bounds; what it holds must itself be bounded.
pub trait Measured {
    /// Checks the rules of what is inside.
    fn check_contents(&self, errors: &mut Errors) {
        let _ = errors;
    }

    /// A value whose length keeps to `bounds`, for examples.
    fn sample(bounds: &Bounds) -> Value;
}

/// What the rules of a field say about its values, for examples.
#[derive(Debug, Clone, Copy, Default)]
pub struct Bounds {
    /// The smallest length or value.
    pub min: Option<i64>,
    /// The largest length or value.
    pub max: Option<i64>,
    /// `email` or `url`.
    pub format: Option<&'static str>,
}

impl Bounds {
    fn number(&self) -> i64 {
        let least = self.min.unwrap_or(1);
        self.max.map_or(least, |most| least.min(most))
    }

    fn text(&self) -> String {
        let text = match self.format {
            Some("email") => return "ada@example.com".to_owned(),
            Some("url") => return "https://example.com/".to_owned(),
            _ => "hello",
        };
        let limit = |bound: Option<i64>| bound.and_then(|bound| usize::try_from(bound).ok());
        let least = limit(self.min).unwrap_or(0);
        let most = limit(self.max).unwrap_or(text.len()).max(least);
        let length = text.len().clamp(least, most).min(4096);
        text.chars().cycle().take(length).collect()
    }

    fn items(&self, item: impl Fn() -> Value) -> Vec<Value> {
        let least = self.min.and_then(|min| usize::try_from(min).ok());
        (0..least.unwrap_or(0).min(64)).map(|_| item()).collect()
    }
}

macro_rules! numbers {
    ($($type:ty)*) => {$(
        impl Bounded for $type {
            fn sample(bounds: &Bounds) -> Value {
                json!(bounds.number())
            }
        }

        impl Contents for $type {}
    )*};
}

numbers! {
    i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize
    NonZeroI8 NonZeroI16 NonZeroI32 NonZeroI64 NonZeroU8 NonZeroU16 NonZeroU32 NonZeroU64
}

/// A query string can say `NaN` and `inf`, and no bound holds for them.
macro_rules! floats {
    ($($type:ty)*) => {$(
        impl Bounded for $type {
            fn check(&self, errors: &mut Errors) {
                if !self.is_finite() {
                    errors.add("finite", "must be a finite number");
                }
            }

            fn sample(bounds: &Bounds) -> Value {
                json!(bounds.number())
            }
        }

        impl Contents for $type {
            fn check_inside(&self, errors: &mut Errors) {
                self.check(errors);
            }
        }
    )*};
}

floats! { f32 f64 }

macro_rules! fixed {
    ($($type:ty => $sample:expr;)*) => {$(
        impl Bounded for $type {
            fn sample(_: &Bounds) -> Value {
                json!($sample)
            }
        }

        impl Contents for $type {}
    )*};
}

fixed! {
    () => Value::Null;
    bool => false;
    char => "a";
    uuid::Uuid => uuid::Uuid::nil();
    IpAddr => "192.0.2.1";
    Ipv4Addr => "192.0.2.1";
    Ipv6Addr => "2001:db8::1";
}

impl<T: Bounded> Bounded for Option<T> {
    const IS_SECRET: bool = T::IS_SECRET;

    fn check(&self, errors: &mut Errors) {
        if let Some(value) = self {
            value.check(errors);
        }
    }

    /// Nothing: a model may hold itself, behind an option.
    fn sample(_: &Bounds) -> Value {
        Value::Null
    }

    fn field(name: &str) -> Option<FieldKind> {
        T::field(name)
    }
}

impl<T: Bounded> Bounded for Box<T> {
    const IS_SECRET: bool = T::IS_SECRET;
    const IS_OBJECT: bool = T::IS_OBJECT;

    fn check(&self, errors: &mut Errors) {
        T::check(self, errors);
    }

    fn sample(bounds: &Bounds) -> Value {
        T::sample(bounds)
    }

    fn field(name: &str) -> Option<FieldKind> {
        T::field(name)
    }
}

impl<T: Bounded, const N: usize> Bounded for [T; N] {
    fn check(&self, errors: &mut Errors) {
        check_each(self, errors, T::check);
    }

    fn sample(_: &Bounds) -> Value {
        Value::Array((0..N).map(|_| T::sample(&Bounds::default())).collect())
    }
}

macro_rules! tuples {
    ($($name:ident $at:tt)*) => {
        impl<$($name: Bounded),*> Bounded for ($($name,)*) {
            fn check(&self, errors: &mut Errors) {
                $(errors.index($at, |errors| self.$at.check(errors));)*
            }

            fn sample(_: &Bounds) -> Value {
                Value::Array(vec![$($name::sample(&Bounds::default())),*])
            }
        }
    };
}

tuples! { A 0 }
tuples! { A 0 B 1 }
tuples! { A 0 B 1 C 2 }
tuples! { A 0 B 1 C 2 D 3 }

/// What an unbounded field holds: whatever in it has rules is checked, however deep it stands.
pub trait Contents {
    /// Checks the rules of what is inside.
    fn check_inside(&self, errors: &mut Errors) {
        let _ = errors;
    }
}

impl Contents for String {
    fn check_inside(&self, errors: &mut Errors) {
        errors.refuse_nul(self);
    }
}

impl<T: Zeroize> Contents for Secret<T> {}

impl<T: Contents> Contents for Option<T> {
    fn check_inside(&self, errors: &mut Errors) {
        if let Some(value) = self {
            value.check_inside(errors);
        }
    }
}

impl<T: Contents> Contents for Box<T> {
    fn check_inside(&self, errors: &mut Errors) {
        T::check_inside(self, errors);
    }
}

impl Measured for String {
    fn check_contents(&self, errors: &mut Errors) {
        errors.refuse_nul(self);
    }

    fn sample(bounds: &Bounds) -> Value {
        Value::String(bounds.text())
    }
}

impl<T: Zeroize + Measured> Measured for Secret<T> {
    fn check_contents(&self, errors: &mut Errors) {
        self.expose().check_contents(errors);
    }

    fn sample(bounds: &Bounds) -> Value {
        T::sample(bounds)
    }
}

impl<T: Measured> Measured for Option<T> {
    fn check_contents(&self, errors: &mut Errors) {
        if let Some(value) = self {
            value.check_contents(errors);
        }
    }

    fn sample(_: &Bounds) -> Value {
        Value::Null
    }
}

macro_rules! lists {
    ($($type:ty $(, $extra:ident)?;)*) => {$(
        impl<T: Bounded $(, $extra)?> Measured for $type {
            fn check_contents(&self, errors: &mut Errors) {
                check_each(self, errors, T::check);
            }

            fn sample(bounds: &Bounds) -> Value {
                Value::Array(bounds.items(|| T::sample(&Bounds::default())))
            }
        }

        impl<T: Contents $(, $extra)?> Contents for $type {
            fn check_inside(&self, errors: &mut Errors) {
                check_each(self, errors, T::check_inside);
            }
        }
    )*};
}

lists! { Vec<T>; VecDeque<T>; BTreeSet<T>; HashSet<T, S>, S; }

macro_rules! maps {
    ($($type:ty $(, $extra:ident)?;)*) => {$(
        impl<K: Bounded, V: Bounded $(, $extra)?> Measured for $type {
            fn check_contents(&self, errors: &mut Errors) {
                check_each(self, errors, |(key, value), errors| {
                    key.check(errors);
                    value.check(errors);
                });
            }

            fn sample(_: &Bounds) -> Value {
                json!({})
            }
        }

        impl<K, V: Contents $(, $extra)?> Contents for $type {
            fn check_inside(&self, errors: &mut Errors) {
                check_each(self.values(), errors, V::check_inside);
            }
        }
    )*};
}

maps! { HashMap<K, V, S>, S; BTreeMap<K, V>; }

/// A map, whose keys may have rules too.
pub trait Keyed {
    /// Checks the rules of the keys.
    fn check_keys(&self, errors: &mut Errors);
}

impl<K: Contents, V, S> Keyed for HashMap<K, V, S> {
    fn check_keys(&self, errors: &mut Errors) {
        check_each(self.keys(), errors, K::check_inside);
    }
}

impl<K: Contents, V> Keyed for BTreeMap<K, V> {
    fn check_keys(&self, errors: &mut Errors) {
        check_each(self.keys(), errors, K::check_inside);
    }
}

impl<T: Keyed> Keyed for Option<T> {
    fn check_keys(&self, errors: &mut Errors) {
        if let Some(map) = self {
            map.check_keys(errors);
        }
    }
}

/// Checks item by item, each at its index.
fn check_each<I>(
    items: impl IntoIterator<Item = I>,
    errors: &mut Errors,
    check: impl Fn(I, &mut Errors),
) {
    for (index, item) in items.into_iter().enumerate() {
        errors.index(index, |errors| check(item, errors));
    }
}
