//! `#[writable(roles = "admin", scopes = ["articles:publish"])]`

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Attribute, Meta, spanned::Spanned as _};

use crate::{
    attribute::{Arguments, Word},
    diagnostics::{Diagnostic, Diagnostics},
    expand::{known_word, role_vocabulary, scope_vocabulary, word_set},
};

const KEYS: [&str; 5] = ["roles", "scopes", "role_type", "scope_type", "message"];
const EXAMPLE: &str =
    "`#[writable(roles = \"admin\")]`, `#[writable(scopes = [\"articles:publish\"])]`";

/// Who may set a field.
#[derive(Debug)]
pub(super) struct Writable {
    pub(super) span: Span,
    roles: Vec<Word>,
    scopes: Vec<Word>,
    role_type: Option<syn::Path>,
    scope_type: Option<syn::Path>,
    pub(super) message: Option<String>,
}

impl Writable {
    /// What the attributes of a field say; what is wrong is an error.
    pub(super) fn parse(attributes: &[Attribute], diagnostics: &mut Diagnostics) -> Option<Self> {
        let mut attributes = attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident("writable"));
        let first = attributes.next()?;
        for again in attributes {
            diagnostics.add(
                Diagnostic::new(
                    again.path().span(),
                    "`#[writable]` stands twice on one field",
                )
                .help("put all that a caller must hold into one"),
            );
        }
        Self::read(first, diagnostics)
    }

    fn read(attribute: &Attribute, diagnostics: &mut Diagnostics) -> Option<Self> {
        let span = attribute.path().span();
        let tokens = match &attribute.meta {
            Meta::List(list) => list.tokens.clone(),
            Meta::Path(_) | Meta::NameValue(_) => TokenStream::new(),
        };
        let before = diagnostics.count();
        let mut arguments = Arguments::parse("writable", tokens, EXAMPLE, diagnostics);
        arguments.refuse_others(&KEYS, diagnostics);
        let mut words = |key: &str, diagnostics: &mut Diagnostics| {
            let argument = arguments.take(key)?;
            diagnostics.ok(argument.words())
        };
        let roles = words("roles", diagnostics).unwrap_or_default();
        let scopes = words("scopes", diagnostics).unwrap_or_default();
        if roles.is_empty() && scopes.is_empty() && diagnostics.count() == before {
            diagnostics
                .add(Diagnostic::new(span, "`#[writable]` does not say for whom").help(EXAMPLE));
        }
        let role_type =
            arguments.take_vocabulary("role_type", "role", !roles.is_empty(), diagnostics);
        let scope_type =
            arguments.take_vocabulary("scope_type", "scope", !scopes.is_empty(), diagnostics);
        let message = arguments
            .take("message")
            .and_then(|argument| diagnostics.ok(argument.word()))
            .map(|word| word.text);
        Some(Self {
            span,
            roles,
            scopes,
            role_type,
            scope_type,
            message,
        })
    }

    /// The value that the runtime takes.
    pub(super) fn writers(&self, private: &TokenStream) -> TokenStream {
        let set =
            |words: &[Word], vocabulary: TokenStream| match word_set(words, &vocabulary, private) {
                Some(set) => quote!(::core::option::Option::Some(#set)),
                None => quote!(::core::option::Option::None),
            };
        let roles = set(&self.roles, self.role_words(private));
        let scopes = set(&self.scopes, self.scope_words(private));
        quote!(const { #private::rules::Writers { roles: #roles, scopes: #scopes } })
    }

    /// That the words are those of the app's enums.
    pub(super) fn known_words(&self, private: &TokenStream) -> TokenStream {
        let (roles, scopes) = (self.role_words(private), self.scope_words(private));
        let roles = self
            .roles
            .iter()
            .map(|word| known_word(word, &roles, private));
        let scopes = self
            .scopes
            .iter()
            .map(|word| known_word(word, &scopes, private));
        roles.chain(scopes).collect()
    }

    fn role_words(&self, private: &TokenStream) -> TokenStream {
        let named = self.role_type.as_ref();
        role_vocabulary(named, self.roles.first(), self.span, private)
    }

    fn scope_words(&self, private: &TokenStream) -> TokenStream {
        let named = self.scope_type.as_ref();
        scope_vocabulary(named, self.scopes.first(), self.span, private)
    }
}
