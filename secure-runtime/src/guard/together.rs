use super::Extraction;

/// Several extractions as one, for up to sixteen arguments: ready if all of them are.
pub trait Together {
    /// The values of all of them.
    type Values;

    /// Puts them together. The first error is the answer.
    fn together(self) -> Extraction<Self::Values>;
}

macro_rules! tuple {
    ($($name:ident)*) => {
        #[allow(non_snake_case, clippy::unused_unit)]
        impl<$($name: 'static),*> Together for ($(Extraction<$name>,)*) {
            type Values = ($($name,)*);

            fn together(self) -> Extraction<Self::Values> {
                match self {
                    ($(Extraction::Ready($name),)*) => {
                        let together = || Ok(($($name?,)*));
                        Extraction::Ready(together())
                    }
                    #[allow(unreachable_patterns)]
                    ($($name,)*) => Extraction::Later(Box::pin(async move {
                        $(let $name = $name.before_body().await?;)*
                        Ok(($($name.value().await?,)*))
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
