use crate::store::{Key, Space};

/// The names of keys in Redis: `<prefix>value:<purpose>:<tenant>:<id>` and
/// `<prefix>owner:<purpose>:<tenant>:<owner>`, each part with `%` and `:` escaped, so that no two are alike.
#[derive(Debug)]
pub(super) struct Keys {
    prefix: Box<str>,
}

impl Keys {
    pub(super) fn new(prefix: &str) -> Self {
        Self {
            prefix: prefix.into(),
        }
    }

    /// Where the value stands.
    pub(super) fn value(&self, key: Key<'_>) -> String {
        self.name("value", key.space(), key.id())
    }

    /// Where the sorted set of an owner's writes stands.
    pub(super) fn index(&self, space: Space<'_>, owner: &str) -> String {
        self.name("owner", space, owner)
    }

    fn name(&self, what: &str, space: Space<'_>, last: &str) -> String {
        let mut name = format!("{}{what}", self.prefix);
        for part in [space.purpose(), space.tenant(), last] {
            name.push(':');
            push_escaped(&mut name, part);
        }
        name
    }
}

fn push_escaped(name: &mut String, part: &str) {
    for character in part.chars() {
        match character {
            '%' => name.push_str("%25"),
            ':' => name.push_str("%3A"),
            other => name.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_keys_are_alike() {
        let keys = Keys::new("app:");
        let space = Space::new("a");
        let name = |space: Space<'_>, id| keys.value(space.key(id));
        assert_eq!(name(space.of_tenant("b"), "c"), "app:value:a:b:c");
        assert_eq!(name(space, "c"), "app:value:a::c");
        assert_eq!(name(space, ":c"), "app:value:a::%3Ac");
        assert_eq!(name(space.of_tenant("b:c"), "d"), "app:value:a:b%3Ac:d");
        assert_eq!(name(space.of_tenant("b"), "c:d"), "app:value:a:b:c%3Ad");
        assert_eq!(name(space, "%3Ac"), "app:value:a::%253Ac");
        assert_eq!(keys.index(space, "c"), "app:owner:a::c");
    }
}
