//! Finds out about the type of a field without demanding anything of it, as `guard/probe.rs` does
//! for arguments: what does not fit is one `const` assertion of ours, on the field's type.

use std::marker::PhantomData;

use serde_json::Value;

use super::{Bounded, Bounds, Contents, Errors, FieldKind, Measured};
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

impl<T: Bounded> BoundedProbe<T> {
    /// It is.
    pub const FITS: bool = true;

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

impl<T: IsSecret> SecretProbe<T> {
    /// It is.
    pub const FITS: bool = true;
}

/// What the probes say of a type that does not fit. Only a field that says why it is unbounded may
/// be one; its rules are then not known, and there are none.
pub trait Misfit<T> {
    /// It is not.
    const FITS: bool = false;

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
}

impl<T> Misfit<T> for BoundedProbe<T> {}
impl<T> Misfit<T> for MeasuredProbe<T> {}
impl<T> Misfit<T> for ContentsProbe<T> {}
impl<T> Misfit<T> for SecretProbe<T> {}
impl<T> Misfit<T> for UploadProbe<T> {}
