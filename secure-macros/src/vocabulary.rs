//! `#[derive(Role)]` and `#[derive(Scope)]`

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Fields, Ident, Meta, Variant, spanned::Spanned as _};

use crate::{
    attribute::{Arguments, Word},
    diagnostics::{Diagnostic, Diagnostics},
    runtime_path::RuntimePath,
};

/// As many words as a mask has bits.
const MOST_WORDS: usize = 64;

/// Which vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Noun {
    Role,
    Scope,
}

impl Noun {
    /// The helper attribute, and what a word is called.
    fn word(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::Scope => "scope",
        }
    }

    /// The word of a variant that says nothing else: `SuperAdmin` is the role `super_admin`,
    /// `ArticlesRead` the scope `articles:read`.
    fn default_word(self, variant: &Ident) -> String {
        let words = snake_words(&variant.to_string());
        match (self, words.split_first()) {
            (Self::Scope, Some((first, rest))) if !rest.is_empty() => {
                format!("{first}:{}", rest.join("_"))
            }
            _ => words.join("_"),
        }
    }
}

struct Term {
    variant: Ident,
    /// What is wrong already still gets its arms, so that one mistake is one error.
    carries_data: bool,
    word: Word,
    implies: Vec<Word>,
}

/// Implements `RoleWord` or `ScopeWord`.
pub(crate) fn derive(noun: Noun, item: TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let input: DeriveInput = match syn::parse2(item) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let expanded = expand(noun, &input, &mut diagnostics);
    match diagnostics.into_tokens() {
        // An empty vocabulary beside the errors would only bring more of them.
        Some(errors) => {
            let expanded = expanded.unwrap_or_default();
            quote!(#errors #expanded)
        }
        None => expanded.unwrap_or_default(),
    }
}

fn expand(noun: Noun, input: &DeriveInput, diagnostics: &mut Diagnostics) -> Option<TokenStream> {
    let derive = if noun == Noun::Role { "Role" } else { "Scope" };
    let Data::Enum(data) = &input.data else {
        diagnostics.add(
            Diagnostic::new(
                input.ident.span(),
                format_args!("`#[derive({derive})]` goes on an enum"),
            )
            .help(format_args!(
                "`enum {} {{ {} }}`",
                input.ident,
                match noun {
                    Noun::Role => "Admin, User",
                    Noun::Scope => "ArticlesRead, ArticlesWrite",
                }
            )),
        );
        return None;
    };
    if !input.generics.params.is_empty() {
        diagnostics.add(
            Diagnostic::new(
                input.generics.span(),
                format_args!("an enum of {}s has no generic parameters", noun.word()),
            )
            .help("remove them: the variants are words alone"),
        );
        return None;
    }
    if data.variants.is_empty() {
        diagnostics.add(
            Diagnostic::new(
                input.ident.span(),
                format_args!("`{}` has no {}s", input.ident, noun.word()),
            )
            .help("add a variant for each"),
        );
        return None;
    }
    if let Some(extra) = data.variants.iter().nth(MOST_WORDS) {
        diagnostics.add(
            Diagnostic::new(
                extra.ident.span(),
                format_args!("an enum has at most {MOST_WORDS} {}s", noun.word()),
            )
            .help("a check is one 64-bit mask; fold some words into one"),
        );
        return None;
    }
    let mut runtime = container_runtime(noun, input, diagnostics);
    let terms: Vec<_> = data
        .variants
        .iter()
        .map(|variant| term(noun, variant, &mut runtime, diagnostics))
        .collect();
    check_unique(noun, &terms, diagnostics);
    let implies = implied(noun, &terms, diagnostics);
    Some(implementation(
        noun,
        input,
        &terms,
        &implies,
        &RuntimePath::new(runtime.as_ref()),
    ))
}

/// `#[role(crate = path)]` on the enum.
fn container_runtime(
    noun: Noun,
    input: &DeriveInput,
    diagnostics: &mut Diagnostics,
) -> Option<syn::Path> {
    let attributes: Vec<_> = input
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident(noun.word()))
        .collect();
    let mut runtime = None;
    for attribute in attributes {
        let mut arguments = parse(noun, attribute, diagnostics);
        runtime = arguments.runtime.take().or(runtime);
        arguments.finish(&["crate"], &[], diagnostics);
    }
    runtime
}

fn parse(noun: Noun, attribute: &syn::Attribute, diagnostics: &mut Diagnostics) -> Arguments {
    let example = match noun {
        Noun::Role => "`#[role(implies = \"user\")]`, `#[role(name = \"…\")]`",
        Noun::Scope => "`#[scope(name = \"articles:read\")]`, `#[scope(implies = \"…\")]`",
    };
    let tokens = match &attribute.meta {
        Meta::List(list) => list.tokens.clone(),
        Meta::Path(_) | Meta::NameValue(_) => TokenStream::new(),
    };
    if tokens.is_empty() {
        diagnostics.add(
            Diagnostic::new(
                attribute.path().span(),
                format_args!(
                    "`#[{}]` takes `key = value` arguments, in brackets",
                    noun.word()
                ),
            )
            .help(example),
        );
    }
    Arguments::parse(noun.word(), tokens, example, diagnostics)
}

fn term(
    noun: Noun,
    variant: &Variant,
    runtime: &mut Option<syn::Path>,
    diagnostics: &mut Diagnostics,
) -> Term {
    if !matches!(variant.fields, Fields::Unit) {
        diagnostics.add(
            Diagnostic::new(
                variant.fields.span(),
                format_args!("a {} carries no data", noun.word()),
            )
            .help(format_args!("write `{}` alone", variant.ident)),
        );
    }
    let mut term = Term {
        word: Word {
            text: noun.default_word(&variant.ident),
            span: variant.ident.span(),
        },
        variant: variant.ident.clone(),
        carries_data: !matches!(variant.fields, Fields::Unit),
        implies: Vec::new(),
    };
    let mut is_named = false;
    for attribute in &variant.attrs {
        if !attribute.path().is_ident(noun.word()) {
            continue;
        }
        let mut arguments = parse(noun, attribute, diagnostics);
        if let Some(argument) = arguments.take("name")
            && let Some(word) = diagnostics.ok(argument.word())
        {
            if is_named {
                diagnostics.add(
                    Diagnostic::new(argument.key.span(), "`name` is given twice").help("keep one"),
                );
            }
            is_named = true;
            term.word = word;
        }
        if let Some(argument) = arguments.take("implies")
            && let Some(words) = diagnostics.ok(argument.words())
        {
            term.implies.extend(words);
        }
        *runtime = arguments.runtime.take().or(runtime.take());
        arguments.finish(&["name", "implies"], &[], diagnostics);
    }
    check_word(noun, &term.word, diagnostics);
    term
}

/// RFC 6749 §3.3: what a scope may be made of. Roles keep to the same.
fn check_word(noun: Noun, word: &Word, diagnostics: &mut Diagnostics) {
    let legal = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
    if word.text.is_empty() || !word.text.bytes().all(legal) {
        diagnostics.add(
            Diagnostic::new(
                word.span,
                format_args!("`{}` cannot be a {}", word.text, noun.word()),
            )
            .help(format_args!(
                "`#[{}(name = \"…\")]` of visible ASCII characters, but no space, `\"` or `\\` (RFC 6749 §3.3)",
                noun.word()
            )),
        );
    }
}

fn check_unique(noun: Noun, terms: &[Term], diagnostics: &mut Diagnostics) {
    for (at, term) in terms.iter().enumerate() {
        let before = terms[..at]
            .iter()
            .find(|other| other.word.text == term.word.text);
        if let Some(other) = before {
            diagnostics.add(
                Diagnostic::new(
                    term.word.span,
                    format_args!(
                        "the {} `{}` is named twice: `{}` has the same name",
                        noun.word(),
                        term.word.text,
                        other.variant
                    ),
                )
                .help(format_args!(
                    "`#[{}(name = \"…\")]` gives one of them another name",
                    noun.word()
                )),
            );
        }
    }
}

/// For each word the mask of all that its holder holds. A cycle is an error where it closes.
fn implied(noun: Noun, terms: &[Term], diagnostics: &mut Diagnostics) -> Vec<u64> {
    let names: Vec<&str> = terms.iter().map(|term| term.word.text.as_str()).collect();
    let mut edges = vec![Vec::new(); terms.len()];
    for (at, term) in terms.iter().enumerate() {
        for word in &term.implies {
            match names.iter().position(|name| *name == word.text) {
                Some(to) => edges[at].push((to, word)),
                None => diagnostics.add(
                    Diagnostic::new(
                        word.span,
                        format_args!("unknown {} `{}` in `implies`", noun.word(), word.text),
                    )
                    .choices(&word.text, &format!("{}s", noun.word()), &names),
                ),
            }
        }
    }
    let reach = |from: usize| {
        let mut mask = 1_u64 << from;
        let mut open = vec![from];
        while let Some(at) = open.pop() {
            for (to, _) in &edges[at] {
                if mask & (1 << to) == 0 {
                    mask |= 1 << to;
                    open.push(*to);
                }
            }
        }
        mask
    };
    let masks: Vec<u64> = (0..terms.len()).map(reach).collect();
    // One error a cycle: where its first word is implied again.
    let mut reported = 0_u64;
    for (from, to_edges) in edges.iter().enumerate() {
        for (to, word) in to_edges {
            let closes = masks[*to] & (1 << from) != 0;
            if closes && reported & (1 << from) == 0 {
                reported |= masks[from];
                let text = match *to == from {
                    true => format!("the {} `{}` implies itself", noun.word(), names[from]),
                    false => format!(
                        "the {}s `{}` and `{}` imply each other",
                        noun.word(),
                        names[from],
                        names[*to]
                    ),
                };
                diagnostics.add(
                    Diagnostic::new(word.span, text)
                        .help("remove one `implies`; words that mean the same are one word"),
                );
            }
        }
    }
    masks
}

fn implementation(
    noun: Noun,
    input: &DeriveInput,
    terms: &[Term],
    implies: &[u64],
    runtime: &RuntimePath,
) -> TokenStream {
    let private = runtime.private();
    let name = &input.ident;
    let (trait_name, noun_word) = match noun {
        Noun::Role => (quote!(RoleWord), "role"),
        Noun::Scope => (quote!(ScopeWord), "scope"),
    };
    let words: Vec<_> = terms.iter().map(|term| &term.word.text).collect();
    let patterns = terms.iter().map(|term| {
        let fields = term.carries_data.then(|| quote!({ .. }));
        let variant = &term.variant;
        quote!(Self::#variant #fields)
    });
    let plain: Vec<_> = terms.iter().filter(|term| !term.carries_data).collect();
    let (plain_words, plain_variants): (Vec<_>, Vec<_>) = plain
        .iter()
        .map(|term| (&term.word.text, &term.variant))
        .unzip();
    quote! {
        #[automatically_derived]
        impl #private::#trait_name for #name {
            const VOCABULARY: &'static #private::Vocabulary =
                &#private::Vocabulary::new(#noun_word, &[#(#words),*], &[#(#implies),*]);

            fn word(&self) -> &'static ::core::primitive::str {
                match self {
                    #(#patterns => #words,)*
                }
            }

            fn from_word(__word: &::core::primitive::str) -> ::core::option::Option<Self> {
                match __word {
                    #(#plain_words => ::core::option::Option::Some(Self::#plain_variants),)*
                    _ => ::core::option::Option::None,
                }
            }
        }
    }
}

/// `HTTPServer` is `http`, `server`.
fn snake_words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.trim_start_matches("r#").chars().collect();
    let mut words: Vec<String> = Vec::new();
    for (at, letter) in letters.iter().enumerate() {
        if *letter == '_' {
            continue;
        }
        let before = at.checked_sub(1).map(|at| letters[at]);
        let after_lower = before.is_some_and(|before| !before.is_uppercase());
        let before_lower = letters.get(at + 1).is_some_and(|next| next.is_lowercase());
        let starts = letter.is_uppercase() && (after_lower || before_lower) || before == Some('_');
        match words.last_mut() {
            Some(word) if !starts => word.extend(letter.to_lowercase()),
            _ => words.push(letter.to_lowercase().collect()),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_variants() {
        assert_eq!(snake_words("Admin"), ["admin"]);
        assert_eq!(snake_words("SuperAdmin"), ["super", "admin"]);
        assert_eq!(snake_words("HTTPServer"), ["http", "server"]);
        assert_eq!(snake_words("Tier2User"), ["tier2", "user"]);
        assert_eq!(snake_words("A_B"), ["a", "b"]);
        let ident = |name: &str| Ident::new(name, proc_macro2::Span::call_site());
        assert_eq!(
            Noun::Scope.default_word(&ident("ArticlesRead")),
            "articles:read"
        );
        assert_eq!(
            Noun::Scope.default_word(&ident("ApiKeysReadAll")),
            "api:keys_read_all"
        );
        assert_eq!(Noun::Scope.default_word(&ident("Profile")), "profile");
        assert_eq!(Noun::Role.default_word(&ident("SuperAdmin")), "super_admin");
    }
}
