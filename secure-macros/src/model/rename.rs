use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use syn::{
    Attribute, Expr, ExprLit, Ident, Lit, Meta, Token, Type, Variant, punctuated::Punctuated,
};

use crate::fragment;

/// Serde's `rename_all`, so that errors name a field as the client does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    AsWritten,
    Lower,
    Upper,
    Pascal,
    Camel,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
    Snake,
}

impl Case {
    /// What the container's `#[serde(rename_all = "…")]` says.
    pub(super) fn of(attributes: &[Attribute]) -> Self {
        Self::named(serde_text(attributes, "rename_all").as_deref())
    }

    /// What an enum says of the fields of a variant: the variant itself, or `rename_all_fields`.
    pub(super) fn of_fields(item: &[Attribute], variant: &[Attribute]) -> (Self, Option<String>) {
        let own = serde_text(variant, "rename_all");
        let word = own.or_else(|| serde_text(item, "rename_all_fields"));
        (Self::named(word.as_deref()), word)
    }

    fn named(word: Option<&str>) -> Self {
        match word {
            Some("lowercase") => Self::Lower,
            Some("UPPERCASE") => Self::Upper,
            Some("PascalCase") => Self::Pascal,
            Some("camelCase") => Self::Camel,
            Some("snake_case") => Self::Snake,
            Some("SCREAMING_SNAKE_CASE") => Self::ScreamingSnake,
            Some("kebab-case") => Self::Kebab,
            Some("SCREAMING-KEBAB-CASE") => Self::ScreamingKebab,
            // Serde itself refuses what it does not know.
            _ => Self::AsWritten,
        }
    }

    /// Serde's words for them.
    pub(super) const WORDS: [&str; 8] = [
        "lowercase",
        "UPPERCASE",
        "PascalCase",
        "camelCase",
        "snake_case",
        "SCREAMING_SNAKE_CASE",
        "kebab-case",
        "SCREAMING-KEBAB-CASE",
    ];

    /// The words of a name, put together again.
    fn join(self, name: &str, words: &[String]) -> String {
        match self {
            Self::AsWritten => name.to_owned(),
            Self::Lower => words.concat(),
            Self::Upper => words.concat().to_uppercase(),
            Self::Pascal => words.iter().map(|word| capitalized(word)).collect(),
            Self::Camel => {
                let mut words = words.iter();
                let first = words.next().cloned().unwrap_or_default();
                first + &words.map(|word| capitalized(word)).collect::<String>()
            }
            Self::Snake => words.join("_"),
            Self::ScreamingSnake => words.join("_").to_uppercase(),
            Self::Kebab => words.join("-"),
            Self::ScreamingKebab => words.join("-").to_uppercase(),
        }
    }
}

/// A field's name on the wire.
pub(super) fn field(name: &str, attributes: &[Attribute], case: Case) -> String {
    let name = name.trim_start_matches("r#");
    serde_text(attributes, "rename").unwrap_or_else(|| {
        // For fields, whose names have their words apart already, serde leaves these as they are.
        let words: Vec<_> = match case {
            Case::Lower | Case::Snake => vec![name.to_owned()],
            Case::Upper => vec![name.to_owned()],
            _ => name.split('_').map(str::to_owned).collect(),
        };
        case.join(name, &words)
    })
}

/// A variant's name on the wire.
pub(super) fn variant(variant: &Variant, case: Case) -> String {
    let name = variant.ident.to_string();
    let name = name.trim_start_matches("r#");
    serde_text(&variant.attrs, "rename").unwrap_or_else(|| case.join(name, &capitals(name)))
}

/// The words of a name that begins each with a capital.
fn capitals(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for letter in name.chars() {
        match words.last_mut() {
            Some(word) if !letter.is_uppercase() => word.push(letter),
            _ => words.push(letter.to_lowercase().collect()),
        }
    }
    words
}

/// Whether `#[serde(…)]` holds the word `name`.
pub(super) fn has_serde(attributes: &[Attribute], name: &str) -> bool {
    metas(attributes)
        .iter()
        .any(|meta| meta.path().is_ident(name))
}

/// Whether `#[serde(…)]` holds `name = …`.
pub(super) fn has_value(attributes: &[Attribute], name: &str) -> bool {
    metas(attributes)
        .iter()
        .any(|meta| matches!(meta, Meta::NameValue(pair) if pair.path.is_ident(name)))
}

/// What of an attribute is about the name of a variant, or about whether it is there.
pub(super) fn of_names(attribute: &Attribute) -> Option<TokenStream> {
    if attribute.path().is_ident("cfg") {
        return Some(attribute.to_token_stream());
    }
    let mut metas = metas(std::slice::from_ref(attribute));
    metas.retain(|meta| meta.path().is_ident("rename") || meta.path().is_ident("alias"));
    (!metas.is_empty()).then(|| quote!(#[serde(#(#metas),*)]))
}

/// Whether serde does not read it.
pub(super) fn is_skipped(attributes: &[Attribute]) -> bool {
    let words = ["skip", "skip_deserializing"];
    words.iter().any(|word| has_serde(attributes, word))
}

/// The name of a type or a variant, as a field would have it.
pub(super) fn snake(name: &Ident) -> String {
    Case::Snake.join("", &capitals(&name.to_string()))
}

/// A type without `Self`, so that it means the same outside the item.
pub(super) fn without_self(ty: &Type, item: &Ident) -> Type {
    fn replaced(tokens: TokenStream, item: &Ident) -> TokenStream {
        let replace = |token| match token {
            TokenTree::Ident(ident) if ident == "Self" => {
                let mut name = item.clone();
                name.set_span(ident.span());
                TokenTree::Ident(name)
            }
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), replaced(group.stream(), item));
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            other => other,
        };
        tokens.into_iter().map(replace).collect()
    }
    let tokens = ty.to_token_stream();
    if !tokens.to_string().contains("Self") {
        return ty.clone();
    }
    let tokens = replaced(tokens, item);
    syn::parse2(tokens).unwrap_or_else(|_| ty.clone())
}

/// The text of `#[serde(name = "…")]` or `#[serde(name(deserialize = "…"))]`.
pub(super) fn serde_text(attributes: &[Attribute], name: &str) -> Option<String> {
    metas(attributes)
        .into_iter()
        .filter(|meta| meta.path().is_ident(name))
        .find_map(|meta| match meta {
            Meta::NameValue(pair) => text(&pair.value),
            Meta::List(list) => list
                .parse_args_with(Punctuated::<syn::MetaNameValue, Token![,]>::parse_terminated)
                .ok()?
                .iter()
                .find(|pair| pair.path.is_ident("deserialize"))
                .and_then(|pair| text(&pair.value)),
            Meta::Path(_) => None,
        })
}

/// What stands in `#[serde(…)]`.
pub(super) fn metas(attributes: &[Attribute]) -> Vec<Meta> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"))
        .filter_map(|attribute| {
            attribute
                .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
                .ok()
        })
        .flatten()
        .collect()
}

fn text(value: &Expr) -> Option<String> {
    match fragment::expression(value) {
        Expr::Lit(ExprLit {
            lit: Lit::Str(literal),
            ..
        }) => Some(literal.value()),
        _ => None,
    }
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + letters.as_str()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_serde() {
        let name = |case| field("first_name", &[], case);
        assert_eq!(name(Case::AsWritten), "first_name");
        assert_eq!(name(Case::Camel), "firstName");
        assert_eq!(name(Case::Pascal), "FirstName");
        assert_eq!(name(Case::Kebab), "first-name");
        assert_eq!(name(Case::ScreamingSnake), "FIRST_NAME");
        assert_eq!(name(Case::Upper), "FIRST_NAME");
        assert_eq!(name(Case::Lower), "first_name");
        let variant = |case| variant(&syn::parse_quote!(VeryNew), case);
        assert_eq!(variant(Case::Snake), "very_new");
        assert_eq!(variant(Case::Lower), "verynew");
        assert_eq!(variant(Case::Camel), "veryNew");
    }
}
