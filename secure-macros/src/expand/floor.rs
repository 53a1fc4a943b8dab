//! A floor, as const data.

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    checks::{known_policy, known_words},
    policy::demands,
};
use crate::{attribute::protected::Protected, runtime_path::RuntimePath};

/// What `floor!` stands for: a value, with the checks of its words beside it.
pub(crate) fn floor(floor: &Protected) -> TokenStream {
    let private = RuntimePath::new(floor.runtime.as_ref()).private();
    let checks = known_words(floor, &private);
    let policy = known_policy(floor, &private);
    let demands = demands(floor, &private);
    // Where a floor does not say it, each route does.
    let any_credential = (!floor.names_via).then(|| quote!(.with_via(&[])));
    quote!({
        #checks
        #policy
        #private::Floor::new(const { &#demands #any_credential })
    })
}
