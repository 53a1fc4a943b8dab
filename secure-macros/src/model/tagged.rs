//! The variants of an enum, and where the input says which of them it is.

use syn::{
    Attribute, DataEnum, DeriveInput, Fields, Ident, Meta, Variant as SynVariant,
    spanned::Spanned as _,
};

use super::{
    HELPERS,
    container::{refuse_helpers, untagged},
    field::{Field, Holder, cfgs, check_matches},
    rename::{self, Case},
};
use crate::diagnostics::{Diagnostic, Diagnostics};

/// An enum with data, or with a tag.
#[derive(Debug)]
pub(super) struct Tagged {
    pub(super) tagging: Tagging,
    /// Those that are read.
    pub(super) variants: Vec<Variant>,
}

/// Where the input says which variant it is: serde's words.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Tagging {
    /// `{"card": {…}}`
    External,
    /// `{"type": "card", …}`
    Internal { tag: String },
    /// `{"type": "card", "content": {…}}`
    Adjacent { tag: String, content: String },
}

#[derive(Debug)]
pub(super) struct Variant {
    pub(super) ident: Ident,
    pub(super) cfgs: Vec<Attribute>,
    /// Its name on the wire.
    pub(super) wire_name: String,
    /// Serde's word for the names of its fields.
    pub(super) fields_case: Option<String>,
    pub(super) holds: Holds,
}

/// What a variant holds.
#[derive(Debug)]
pub(super) enum Holds {
    Nothing,
    /// One value without a name.
    Value(Box<Field>),
    Fields(Vec<Field>),
}

impl Tagged {
    pub(super) fn parse(
        item: &DeriveInput,
        data: &DataEnum,
        deny_unknown: bool,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let before = diagnostics.count();
        let tagging = tagging(&item.attrs, diagnostics);
        let is_words = tagging == Some(Tagging::External)
            && data
                .variants
                .iter()
                .all(|variant| matches!(variant.fields, Fields::Unit));
        if !is_words {
            // Of words alone serde itself says so.
            check_case(&item.attrs, "rename_all", diagnostics);
        }
        check_case(&item.attrs, "rename_all_fields", diagnostics);
        let case = Case::of(&item.attrs);
        let mut variants = Vec::new();
        for variant in &data.variants {
            check_attributes(variant, diagnostics);
            if !rename::is_skipped(&variant.attrs) {
                let parsed = Variant::parse(item, variant, case, deny_unknown, diagnostics);
                variants.extend(parsed);
            }
        }
        let tagged = Self {
            tagging: tagging?,
            variants,
        };
        tagged.check_names(diagnostics);
        let is_whole = tagged.variants.len() == data.variants.len();
        // What cannot be expanded stands there bare, beside the errors.
        (is_whole || diagnostics.count() == before).then_some(tagged)
    }

    /// Whether there is neither data nor a tag.
    pub(super) fn is_words(&self) -> bool {
        let mut variants = self.variants.iter();
        self.tagging == Tagging::External
            && variants.all(|variant| matches!(variant.holds, Holds::Nothing))
    }

    pub(super) fn fields(&self) -> impl Iterator<Item = &Field> {
        self.variants.iter().flat_map(Variant::fields)
    }

    /// A field that is called as the tag would never be seen.
    fn check_names(&self, diagnostics: &mut Diagnostics) {
        let Tagging::Internal { tag } = &self.tagging else {
            return;
        };
        for variant in &self.variants {
            let Holds::Fields(fields) = &variant.holds else {
                continue;
            };
            for field in fields.iter().filter(|field| field.wire_name == *tag) {
                diagnostics.add(
                    Diagnostic::new(
                        field.label.span(),
                        format_args!("the field `{tag}` has the name of the tag"),
                    )
                    .help("rename one of them: `#[serde(rename = \"…\")]`"),
                );
            }
        }
    }
}

impl Variant {
    fn parse(
        item: &DeriveInput,
        variant: &SynVariant,
        case: Case,
        deny_unknown: bool,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        check_case(&variant.attrs, "rename_all", diagnostics);
        let (fields_case, case_word) = Case::of_fields(&item.attrs, &variant.attrs);
        let holder = Holder::variant(item, variant, fields_case, deny_unknown);
        let holds = match &variant.fields {
            Fields::Unit => Holds::Nothing,
            Fields::Named(named) => {
                let fields = named.named.iter();
                let mut fields: Vec<_> = fields
                    .filter_map(|field| Field::parse(field, &holder, diagnostics))
                    .collect();
                check_matches(&variant.ident, &mut fields, diagnostics);
                Holds::Fields(fields)
            }
            Fields::Unnamed(values) if values.unnamed.len() == 1 => {
                let field = Field::parse(&values.unnamed[0], &holder, diagnostics)?;
                Holds::Value(Box::new(field))
            }
            Fields::Unnamed(values) => {
                diagnostics.add(
                    Diagnostic::new(
                        values.span(),
                        "a variant has named fields or one value, so that its errors have places",
                    )
                    .help(format_args!("`{} {{ field: … }}`", variant.ident)),
                );
                return None;
            }
        };
        Some(Self {
            ident: variant.ident.clone(),
            cfgs: cfgs(&variant.attrs),
            wire_name: rename::variant(variant, case),
            fields_case: case_word,
            holds,
        })
    }

    pub(super) fn fields(&self) -> impl Iterator<Item = &Field> {
        match &self.holds {
            Holds::Nothing => &[],
            Holds::Value(field) => std::slice::from_ref(field.as_ref()),
            Holds::Fields(fields) => fields.as_slice(),
        }
        .iter()
    }
}

/// Where serde's words put the tag; `None` where they say nothing that can be.
fn tagging(attributes: &[Attribute], diagnostics: &mut Diagnostics) -> Option<Tagging> {
    let before = diagnostics.count();
    let mut text = |name: &str| {
        let meta = rename::metas(attributes)
            .into_iter()
            .find(|meta| meta.path().is_ident(name))?;
        let text = rename::serde_text(attributes, name);
        if text.is_none() {
            diagnostics.add(
                Diagnostic::new(meta.span(), format_args!("`{name}` takes a string"))
                    .help(format_args!("`{name} = \"…\"`")),
            );
        }
        Some((text.unwrap_or_default(), meta.span()))
    };
    let (tag, content) = (text("tag"), text("content"));
    match (tag, content) {
        _ if diagnostics.count() > before => None,
        (None, None) => Some(Tagging::External),
        (Some((tag, _)), None) => Some(Tagging::Internal { tag }),
        (Some((tag, _)), Some((content, span))) if tag == content => {
            diagnostics.add(
                Diagnostic::new(span, "`tag` and `content` have the same name")
                    .help("rename one of them"),
            );
            None
        }
        (Some((tag, _)), Some((content, _))) => Some(Tagging::Adjacent { tag, content }),
        (None, Some((_, span))) => {
            diagnostics.add(
                Diagnostic::new(span, "`content` stands without `tag`")
                    .help("`#[serde(tag = \"type\", content = \"content\")]`"),
            );
            None
        }
    }
}

/// What a variant cannot say.
fn check_attributes(variant: &SynVariant, diagnostics: &mut Diagnostics) {
    refuse_helpers(&variant.attrs, &HELPERS, diagnostics);
    for meta in rename::metas(&variant.attrs) {
        let span = meta.path().span();
        let Some(name) = meta.path().get_ident().map(ToString::to_string) else {
            continue;
        };
        match name.as_str() {
            "untagged" => diagnostics.add(untagged(span)),
            "other" => diagnostics.add(
                Diagnostic::new(
                    span,
                    "`other` takes every name and drops what comes with it",
                )
                .help("remove it: an unknown variant is refused"),
            ),
            "with" | "deserialize_with" => diagnostics.add(
                Diagnostic::new(
                    span,
                    format_args!("`{name}` reads another shape, which nothing here checks"),
                )
                .help("put it on a field of the variant"),
            ),
            _ => {}
        }
    }
}

/// A case that serde does not know.
fn check_case(attributes: &[Attribute], key: &str, diagnostics: &mut Diagnostics) {
    let Some(word) = rename::serde_text(attributes, key) else {
        return;
    };
    if Case::WORDS.contains(&word.as_str()) {
        return;
    }
    let metas = rename::metas(attributes);
    let meta = metas.iter().find(|meta| meta.path().is_ident(key));
    if let Some(meta) = meta {
        let span = match meta {
            Meta::NameValue(pair) => pair.value.span(),
            Meta::List(_) | Meta::Path(_) => meta.span(),
        };
        diagnostics.add(
            Diagnostic::new(span, format_args!("unknown case `{word}` in `{key}`")).choices(
                &word,
                "cases",
                &Case::WORDS,
            ),
        );
    }
}
