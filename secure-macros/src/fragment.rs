//! A fragment of a `macro_rules!` (`$role:literal`, `$ty:ty`) comes in an invisible group. Here they
//! are opened.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::{Expr, Type};

/// The arguments of an attribute, in which everything is a literal, a path or a list of them.
pub(crate) fn arguments(tokens: TokenStream) -> TokenStream {
    tokens
        .into_iter()
        .flat_map(|token| match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                arguments(group.stream())
            }
            TokenTree::Group(group) => {
                let mut opened = Group::new(group.delimiter(), arguments(group.stream()));
                opened.set_span(group.span());
                TokenTree::Group(opened).into()
            }
            other => other.into(),
        })
        .collect()
}

/// A value that may be any expression.
pub(crate) fn expression(mut value: &Expr) -> &Expr {
    while let Expr::Group(group) = value {
        value = &group.expr;
    }
    value
}

/// A type.
pub(crate) fn ty(mut ty: &Type) -> &Type {
    while let Type::Group(group) = ty {
        ty = &group.elem;
    }
    ty
}
