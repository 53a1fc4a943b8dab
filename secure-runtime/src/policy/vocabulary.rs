use secure_grammar::same;

/// The words of one role or scope enum, with what each word implies.
///
/// `#[derive(Role)]` and `#[derive(Scope)]` write it; at run time a check is one mask.
#[derive(Debug, PartialEq, Eq)]
pub struct Vocabulary {
    noun: &'static str,
    words: &'static [&'static str],
    /// For each word the words that its holder holds, itself included: bit n is word n.
    implies: &'static [u64],
}

impl Vocabulary {
    #[doc(hidden)]
    pub const fn new(
        noun: &'static str,
        words: &'static [&'static str],
        implies: &'static [u64],
    ) -> Self {
        Self {
            noun,
            words,
            implies,
        }
    }

    /// What a word is called: `role` or `scope`.
    pub const fn noun(&self) -> &'static str {
        self.noun
    }

    /// The words, in the order of the enum's variants.
    pub const fn words(&self) -> &'static [&'static str] {
        self.words
    }

    /// Whether `word` is one of the words, letter for letter.
    pub const fn knows(&self, word: &str) -> bool {
        self.position(word).is_some()
    }

    /// What the holder of `word` holds, as a mask; nothing for an unknown word.
    pub const fn held_by(&self, word: &str) -> u64 {
        match self.position(word) {
            Some(at) => self.implies[at],
            None => 0,
        }
    }

    /// The bit of `word` itself.
    pub(crate) const fn bit(&self, word: &str) -> u64 {
        match self.position(word) {
            Some(at) => 1 << at,
            None => 0,
        }
    }

    const fn position(&self, word: &str) -> Option<usize> {
        let mut at = 0;
        while at < self.words.len() {
            if same(self.words[at], word) {
                return Some(at);
            }
            at += 1;
        }
        None
    }
}

/// An enum of roles: `#[derive(Role)]` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an enum of roles",
    label = "not derived with `Role`",
    note = "write `#[derive(Role)]` on the enum, or name another one: `#[protected(roles = …, role_type = path::Role)]`"
)]
pub trait RoleWord: Sized + 'static {
    /// The words and what they imply.
    const VOCABULARY: &'static Vocabulary;

    /// The word that stands in tokens and attributes (`admin`).
    fn word(&self) -> &'static str;

    /// The role that `word` names.
    fn from_word(word: &str) -> Option<Self>;
}

/// An enum of scopes: `#[derive(Scope)]` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an enum of scopes",
    label = "not derived with `Scope`",
    note = "write `#[derive(Scope)]` on the enum, or name another one: `#[protected(scopes = …, scope_type = path::Scope)]`"
)]
pub trait ScopeWord: Sized + 'static {
    /// The words and what they imply.
    const VOCABULARY: &'static Vocabulary;

    /// The word that stands in tokens and attributes (`articles:read`).
    fn word(&self) -> &'static str;

    /// The scope that `word` names.
    fn from_word(word: &str) -> Option<Self>;
}

/// Some words of one vocabulary, as a route demands them.
#[derive(Debug, Clone, Copy)]
pub struct WordSet {
    vocabulary: &'static Vocabulary,
    words: &'static [&'static str],
    mask: u64,
}

impl WordSet {
    #[doc(hidden)]
    pub const fn new(vocabulary: &'static Vocabulary, words: &'static [&'static str]) -> Self {
        let mut mask = 0;
        let mut at = 0;
        while at < words.len() {
            mask |= vocabulary.bit(words[at]);
            at += 1;
        }
        Self {
            vocabulary,
            words,
            mask,
        }
    }

    /// The words as the attribute lists them.
    pub const fn words(&self) -> &'static [&'static str] {
        self.words
    }

    /// The vocabulary that the words come from.
    pub const fn vocabulary(&self) -> &'static Vocabulary {
        self.vocabulary
    }

    /// Whether `word` is listed.
    pub const fn contains(&self, word: &str) -> bool {
        let mut at = 0;
        while at < self.words.len() {
            if same(self.words[at], word) {
                return true;
            }
            at += 1;
        }
        false
    }

    /// Whether each listed word implies `word`, so that nobody gets in below it.
    pub(crate) const fn each_implies(&self, word: &str) -> bool {
        let wanted = self.vocabulary.bit(word);
        if wanted == 0 {
            return false;
        }
        let mut at = 0;
        while at < self.words.len() {
            if self.vocabulary.held_by(self.words[at]) & wanted == 0 {
                return false;
            }
            at += 1;
        }
        true
    }

    /// Whether a caller who holds `held` holds any of the words.
    pub(crate) const fn any_in(&self, held: u64) -> bool {
        self.mask & held != 0
    }

    /// Whether a caller who holds `held` holds all of the words.
    pub(crate) const fn all_in(&self, held: u64) -> bool {
        self.mask & held == self.mask
    }
}
