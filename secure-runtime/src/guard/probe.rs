//! Finds out about a type without demanding anything of it.
//!
//! Generated code asks `Probe::<T>::PARAMETER`. Where `T` is an [`Argument`] the inherent items of
//! [`Probe`] answer; where it is not, their bound is not met, they are passed over and those of
//! [`Unknown`] are found instead. So a type that does not fit is one `const` assertion of ours, on
//! that type, and not a trait error in every place that mentions it.

use std::marker::PhantomData;

use actix_web::{
    HttpRequest,
    dev::Payload,
    web::{self, Bytes},
};

use super::{Argument, Extraction};
use crate::{Problem, input::Checked, policy::Parameter};

/// Asks whether `T` is an [`Argument`].
#[derive(Debug)]
pub struct Probe<T>(PhantomData<T>);

impl<T: Argument> Probe<T> {
    /// It is one, and this is what it says of itself.
    pub const PARAMETER: Parameter =
        Parameter::new(T::INPUT, T::CALLER, T::NEEDS).with_resource(T::RESOURCE);

    /// Extracts and validates it.
    pub fn extract(request: &HttpRequest, payload: &mut Payload) -> Extraction<T::Value> {
        T::extract(request, payload)
    }
}

/// What [`Probe`] says of a type that is no [`Argument`]. A program with one does not build.
pub trait Unknown<T> {
    /// It is none.
    const PARAMETER: Parameter = Parameter::UNKNOWN;

    /// Refuses.
    fn extract(_: &HttpRequest, _: &mut Payload) -> Extraction<T> {
        Extraction::Ready(Err(Problem::internal("an argument that is none")))
    }
}

impl<T> Unknown<T> for Probe<T> {}

/// Extractors that hand the handler what a caller chose: no reason makes them carry no input.
pub trait CarriesInput {}

impl CarriesInput for String {}
impl CarriesInput for Bytes {}
impl CarriesInput for web::Payload {}
impl<T> CarriesInput for web::Json<T> {}
impl<T> CarriesInput for web::Form<T> {}
impl<T> CarriesInput for web::Query<T> {}
impl<T> CarriesInput for web::Path<T> {}
impl<I> CarriesInput for Checked<I> {}
impl<T: CarriesInput> CarriesInput for Option<T> {}
impl<T: CarriesInput, E> CarriesInput for Result<T, E> {}
impl<L, R> CarriesInput for web::Either<L, R> {}

/// Inputs of a model with files, which only `Multipart` reads.
#[cfg(feature = "uploads")]
pub trait HoldsFiles {}

/// Asks whether `T` is an input that would have to hold files.
#[derive(Debug)]
pub struct FilesProbe<T>(PhantomData<T>);

/// What [`FilesProbe`] says of an input that holds none.
pub trait NoFiles {
    /// It does not.
    const HOLDS: bool = false;
}

impl<T> NoFiles for FilesProbe<T> {}

#[cfg(feature = "uploads")]
mod files {
    use actix_web::web::{Form, Json, Path, Query};

    use super::{CarriesInput, Checked, FilesProbe, HoldsFiles};
    use crate::upload::{FormData, Multipart};

    impl<T: HoldsFiles> FilesProbe<T> {
        /// It does.
        pub const HOLDS: bool = true;
    }

    impl<T> CarriesInput for Multipart<T> {}
    impl<T: FormData> HoldsFiles for Json<T> {}
    impl<T: FormData> HoldsFiles for Form<T> {}
    impl<T: FormData> HoldsFiles for Query<T> {}
    impl<T: FormData> HoldsFiles for Path<T> {}
    impl<T: HoldsFiles> HoldsFiles for Checked<T> {}
    impl<T: HoldsFiles> HoldsFiles for Option<T> {}
}

/// Asks whether `T` is known to carry input.
#[derive(Debug)]
pub struct InputProbe<T>(PhantomData<T>);

impl<T: CarriesInput> InputProbe<T> {
    /// It does.
    pub const CARRIES: bool = true;
}

/// What [`InputProbe`] says of a type that it does not know.
pub trait NoKnownInput {
    /// It is not known to.
    const CARRIES: bool = false;
}

impl<T> NoKnownInput for InputProbe<T> {}
