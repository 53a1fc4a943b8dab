//! Finds out about the type of a field without demanding anything of it, as `guard/probe.rs` does
//! for arguments: what does not fit is one `const` assertion of ours, on the field's type.

use std::marker::PhantomData;

use serde_json::Value;

use super::{
    Bounded, Bounds, Contents, Errors, FieldKind, Measured, Normalize, bounds::Keyed,
    normalize::Text, rules::Writers,
};
use crate::crypto::IsSecret;

/// Asks whether `T` is [`Bounded`].
#[derive(Debug)]
pub struct BoundedProbe<T>(PhantomData<T>);

/// Asks whether `T` is [`Measured`].
#[derive(Debug)]
pub struct MeasuredProbe<T>(PhantomData<T>);

/// Asks whether `T` is [`IsSecret`].
#[derive(Debug)]
pub struct SecretProbe<T>(PhantomData<T>);

/// Asks whether `T` is a text that can be put into another form.
#[derive(Debug)]
pub struct TextProbe<T>(PhantomData<T>);

/// Asks whether `T` is an `Option`.
#[derive(Debug)]
pub struct OptionalProbe<T>(PhantomData<T>);

impl<T: Bounded> BoundedProbe<T> {
    /// It is.
    pub const FITS: bool = true;
    /// Whether it holds a secret.
    pub const IS_SECRET: bool = T::IS_SECRET;
    /// Whether it is read from an object.
    pub const IS_OBJECT: bool = T::IS_OBJECT;

    /// Checks the value's rules.
    pub fn check(value: &T, errors: &mut Errors) {
        value.check(errors);
    }

    /// A value that keeps to `bounds`.
    pub fn sample(bounds: &Bounds) -> Value {
        T::sample(bounds)
    }

    /// What the field with this name is.
    pub fn field(name: &str) -> Option<FieldKind> {
        T::field(name)
    }
}

impl<T: Measured> MeasuredProbe<T> {
    /// It is.
    pub const FITS: bool = true;

    /// Checks the rules of what is inside.
    pub fn check(value: &T, errors: &mut Errors) {
        value.check_contents(errors);
    }

    /// A value whose length keeps to `bounds`.
    pub fn sample(bounds: &Bounds) -> Value {
        T::sample(bounds)
    }
}

/// Asks whether `T` is a file that is uploaded, or some of them.
#[derive(Debug)]
pub struct UploadProbe<T>(PhantomData<T>);

#[cfg(feature = "uploads")]
impl<T: super::upload::UploadSlot> UploadProbe<T> {
    /// It is.
    pub const FITS: bool = true;
}

/// Asks whether the rules inside a `T` are known.
#[derive(Debug)]
pub struct ContentsProbe<T>(PhantomData<T>);

impl<T: Contents> ContentsProbe<T> {
    /// They are.
    pub const FITS: bool = true;

    /// Checks them.
    pub fn check(value: &T, errors: &mut Errors) {
        value.check_inside(errors);
    }
}

/// Asks whether `T` is a map whose keys have rules that are known. Apart from [`ContentsProbe`]: of keys that are
/// not ours nothing is known, and of their values it may be.
#[derive(Debug)]
pub struct KeysProbe<T>(PhantomData<T>);

impl<T: Keyed> KeysProbe<T> {
    /// Checks them.
    pub fn check(value: &T, errors: &mut Errors) {
        value.check_keys(errors);
    }
}

impl<T: IsSecret> SecretProbe<T> {
    /// It is.
    pub const FITS: bool = true;
}

impl<T: Text> TextProbe<T> {
    /// Whether it is.
    pub const FITS: bool = T::IS_ONE;

    /// Puts it into the form.
    pub fn normalize(value: &mut T, form: Normalize) {
        value.normalize(form);
    }
}

impl<T> OptionalProbe<Option<T>> {
    /// It is.
    pub const FITS: bool = true;

    /// Refuses what is there and not the sender's to set.
    pub fn check_sender(
        value: &Option<T>,
        errors: &mut Errors,
        writers: Writers,
        message: Option<&'static str>,
    ) {
        if value.is_some() {
            writers.check(errors, message);
        }
    }
}

/// What the probes say of a type that does not fit. Only a field that says why it is unbounded may
/// be one; its rules are then not known, and there are none.
pub trait Misfit<T> {
    /// It is not.
    const FITS: bool = false;
    /// Nothing is known to be secret.
    const IS_SECRET: bool = false;
    /// Nothing is known of how it is read.
    const IS_OBJECT: bool = false;

    /// Nothing is known to check.
    fn check(_: &T, _: &mut Errors) {}

    /// Nothing is known to show.
    fn sample(_: &Bounds) -> Value {
        Value::Null
    }

    /// No field of it is known, so none is shown.
    fn field(_: &str) -> Option<FieldKind> {
        None
    }

    /// It has no other form.
    fn normalize(_: &mut T, _: Normalize) {}

    /// It does not build, and is not asked.
    fn check_sender(_: &T, _: &mut Errors, _: Writers, _: Option<&'static str>) {}
}

impl<T> Misfit<T> for BoundedProbe<T> {}
impl<T> Misfit<T> for MeasuredProbe<T> {}
impl<T> Misfit<T> for ContentsProbe<T> {}
impl<T> Misfit<T> for KeysProbe<T> {}
impl<T> Misfit<T> for SecretProbe<T> {}
impl<T> Misfit<T> for UploadProbe<T> {}
impl<T> Misfit<T> for TextProbe<T> {}
impl<T> Misfit<T> for OptionalProbe<T> {}
