use syn::{Attribute, Expr, ExprLit, Lit, Meta, Token, Variant, punctuated::Punctuated};

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
        match serde_text(attributes, "rename_all").as_deref() {
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
    serde_text(&variant.attrs, "rename").unwrap_or_else(|| {
        let mut words: Vec<String> = Vec::new();
        for letter in name.chars() {
            match words.last_mut() {
                Some(word) if !letter.is_uppercase() => word.push(letter),
                _ => words.push(letter.to_lowercase().collect()),
            }
        }
        case.join(name, &words)
    })
}

/// Whether `#[serde(…)]` holds the word `name`.
pub(super) fn has_serde(attributes: &[Attribute], name: &str) -> bool {
    metas(attributes)
        .iter()
        .any(|meta| meta.path().is_ident(name))
}

/// The text of `#[serde(name = "…")]` or `#[serde(name(deserialize = "…"))]`.
fn serde_text(attributes: &[Attribute], name: &str) -> Option<String> {
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
