use actix_web::{HttpRequest, dev::Payload};

use super::{Argument, Extraction};

/// All arguments of a handler, as a tuple of up to sixteen.
pub trait Arguments {
    /// What the handler is called with.
    type Values: 'static;

    /// Extracts and validates them, in the order in which they are written.
    fn extract(request: &HttpRequest, payload: &mut Payload) -> Extraction<Self::Values>;
}

macro_rules! tuple {
    ($($name:ident)*) => {
        #[allow(non_snake_case, unused_variables, clippy::unused_unit)]
        impl<$($name: Argument),*> Arguments for ($($name,)*) {
            type Values = ($($name::Value,)*);

            fn extract(request: &HttpRequest, payload: &mut Payload) -> Extraction<Self::Values> {
                $(let $name = $name::extract(request, payload);)*
                match ($($name,)*) {
                    ($(Extraction::Ready($name),)*) => {
                        let together = || Ok(($($name?,)*));
                        Extraction::Ready(together())
                    }
                    #[allow(unreachable_patterns)]
                    ($($name,)*) => Extraction::Later(Box::pin(async move {
                        $(let $name = match $name {
                            Extraction::Ready(result) => result?,
                            Extraction::Later(future) => future.await?,
                        };)*
                        Ok(($($name,)*))
                    })),
                }
            }
        }
    };
}

tuple! {}
tuple! { A }
tuple! { A B }
tuple! { A B C }
tuple! { A B C D }
tuple! { A B C D E }
tuple! { A B C D E F }
tuple! { A B C D E F G }
tuple! { A B C D E F G H }
tuple! { A B C D E F G H I }
tuple! { A B C D E F G H I J }
tuple! { A B C D E F G H I J K }
tuple! { A B C D E F G H I J K L }
tuple! { A B C D E F G H I J K L M }
tuple! { A B C D E F G H I J K L M N }
tuple! { A B C D E F G H I J K L M N O }
tuple! { A B C D E F G H I J K L M N O P }
