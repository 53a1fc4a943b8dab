use std::fmt;

/// The shortest word that counts: shorter ones are parts of many.
const SHORTEST_WORD: usize = 3;

/// With all known words taken out, this much must be left of a password.
const REST: usize = 8;

/// What everybody knows about an account: a password that is made of it is none (NIST SP 800-63B-4
/// §3.1.1.2).
#[derive(Clone, Default)]
#[must_use]
pub struct PasswordContext {
    words: Vec<String>,
}

impl PasswordContext {
    /// Nothing is known.
    pub fn new() -> Self {
        Self::default()
    }

    /// The name that the account goes by, and each word of it.
    pub fn username(self, name: &str) -> Self {
        self.word(name).parts_of(name)
    }

    /// The e-mail address: what stands before the `@`, its parts, and the domain's name.
    pub fn email(self, address: &str) -> Self {
        let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
        let name = domain.rsplit('.').nth(1).unwrap_or("");
        self.word(local).parts_of(local).word(name)
    }

    /// Another word: the name of the service, of the company.
    pub fn word(mut self, word: &str) -> Self {
        let word = word.trim().to_lowercase();
        if word.chars().count() >= SHORTEST_WORD && !self.words.contains(&word) {
            self.words.push(word);
        }
        self
    }

    fn parts_of(self, text: &str) -> Self {
        let parts = text.split(|c: char| !c.is_alphanumeric());
        parts.fold(self, Self::word)
    }

    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(String::as_str)
    }

    pub(super) fn and(mut self, other: &[String]) -> Self {
        for word in other {
            self = self.word(word);
        }
        self
    }

    /// Whether so little is left of a password without these words that it is made of them.
    pub(super) fn makes_up(&self, password: &str) -> bool {
        let mut words = self.words.clone();
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let mut rest = password.to_lowercase();
        let whole = rest.len();
        for word in &words {
            rest = rest.replace(word.as_str(), "");
        }
        rest.len() < whole && rest.chars().filter(|c| c.is_alphanumeric()).count() < REST
    }
}

impl fmt::Debug for PasswordContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PasswordContext([{} words])", self.words.len())
    }
}
