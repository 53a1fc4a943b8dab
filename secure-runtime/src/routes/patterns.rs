//! Which patterns a path may match, without asking all of them.

use std::collections::HashMap;

use actix_web::dev::ResourceDef;

/// Patterns with parameters, each with something: by the segments that stand before their first parameter.
#[derive(Debug)]
pub(super) struct PatternTree<T> {
    /// Those whose next segment has a parameter.
    here: Vec<(ResourceDef, T)>,
    /// Those whose next segment is this one.
    below: HashMap<String, PatternTree<T>>,
}

impl<T> Default for PatternTree<T> {
    fn default() -> Self {
        Self {
            here: Vec::new(),
            below: HashMap::new(),
        }
    }
}

impl<T: Default> PatternTree<T> {
    /// What a pattern has; nothing where it is new.
    pub(super) fn entry(&mut self, pattern: &str) -> &mut T {
        let node = fixed_segments(pattern).fold(self, |node, segment| {
            node.below.entry(segment.to_owned()).or_default()
        });
        let known = node
            .here
            .iter()
            .position(|(definition, _)| definition.pattern() == Some(pattern));
        let at = known.unwrap_or_else(|| {
            node.here.push((ResourceDef::new(pattern), T::default()));
            node.here.len() - 1
        });
        &mut node.here[at].1
    }
}

impl<T> PatternTree<T> {
    /// What the patterns have that match a path.
    pub(super) fn matching<'a, 'p>(
        &'a self,
        path: &'p str,
    ) -> impl Iterator<Item = &'a T> + use<'a, 'p, T> {
        let nodes = std::iter::successors(Some((self, path)), |(node, rest)| {
            let (segment, rest) = rest.split_once('/')?;
            Some((node.below.get(segment)?, rest))
        });
        nodes
            .flat_map(|(node, _)| &node.here)
            .filter(move |(definition, _)| definition.is_match(path))
            .map(|(_, value)| value)
    }
}

/// The whole segments before the first parameter: whatever the pattern matches begins with them.
fn fixed_segments(pattern: &str) -> impl Iterator<Item = &str> {
    let (fixed, _) = pattern.split_once('{').unwrap_or((pattern, ""));
    let segments = fixed.rsplit_once('/').map(|(segments, _)| segments);
    segments
        .into_iter()
        .flat_map(|segments| segments.split('/'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PATTERNS: [&str; 15] = [
        "/{id}",
        "/{id}/",
        "/users/{id}",
        "/users/{id}/posts",
        "/users/{id}/posts/{post}",
        "/users/me/{what}",
        "/users/u-{id}",
        "/users/{id}.json",
        r"/users/{id:\d+}",
        "/files/{tail:.*}",
        "/files/a/{tail:.*}",
        "/{tail:.*}",
        "{tail:.*}",
        "//{id}",
        "/a b/{id}",
    ];

    fn tree() -> PatternTree<Vec<&'static str>> {
        let mut tree = PatternTree::default();
        for pattern in PATTERNS {
            let entry: &mut Vec<_> = tree.entry(pattern);
            entry.push(pattern);
        }
        tree
    }

    #[test]
    fn it_finds_what_asking_all_of_them_finds() {
        let tree = tree();
        for path in [
            "",
            "/",
            "//",
            "/7",
            "/7/",
            "//7",
            "/users",
            "/users/",
            "/users/7",
            "/users/7/",
            "/users/u-7",
            "/users/7.json",
            "/users/7/posts",
            "/users/7/posts/9",
            "/users/me/x",
            "/users/me",
            "/USERS/7",
            "/users//7",
            "/files/",
            "/files/a",
            "/files/a/b/c",
            "/files//a/",
            "/a b/1",
            "/a%20b/1",
            "users/7",
            "7",
        ] {
            let mut found: Vec<_> = tree.matching(path).flatten().copied().collect();
            let mut expected: Vec<_> = PATTERNS
                .into_iter()
                .filter(|pattern| ResourceDef::new(*pattern).is_match(path))
                .collect();
            found.sort_unstable();
            expected.sort_unstable();
            assert_eq!(found, expected, "{path:?}");
        }
    }

    #[test]
    fn a_pattern_that_is_known_is_not_there_twice() {
        let mut tree = tree();
        tree.entry("/users/{id}").push("again");
        let found: Vec<_> = tree.matching("/users/x").flatten().collect();
        assert_eq!(found.iter().filter(|found| ***found == "again").count(), 1);
        assert!(found.contains(&&"/users/{id}"));
    }

    #[test]
    fn few_are_asked_of_many() {
        let mut tree = PatternTree::<()>::default();
        for number in 0..300 {
            tree.entry(&format!("/api/v1/things{number}/{{id}}"));
        }
        let mut node = &tree;
        for segment in ["", "api", "v1", "things7"] {
            node = &node.below[segment];
        }
        assert_eq!(node.here.len(), 1);
        assert_eq!(tree.matching("/api/v1/things7/1").count(), 1);
    }

    /// What patterns are made of: literals that read alike, parameters with and without a pattern.
    const PIECES: &str = r"/ / / / a b ab é %2F %61 . - } + ( | *x {p} {p} {p:.*} {p:a|b} {p:a/b} {p:[^/]*} {p:\d{1,2}} {p:(?i)A} {p:/} {p:}";

    fn piece() -> impl Strategy<Value = &'static str> {
        prop::sample::select(PIECES.split(' ').collect::<Vec<_>>())
    }

    /// A pattern whose parameters have names of their own, as the router asks for.
    fn pattern() -> impl Strategy<Value = String> {
        let pieces = prop::collection::vec(piece(), 0..7);
        (pieces, any::<bool>()).prop_map(|(pieces, tail)| {
            let mut text = String::new();
            for (number, piece) in pieces.iter().enumerate() {
                text.push_str(&piece.replacen("{p", &format!("{{p{number}"), 1));
            }
            match (text.contains('{'), tail) {
                (true, _) => text,
                (false, true) => text + "{tail}*",
                (false, false) => text + "{last}",
            }
        })
    }

    fn path() -> impl Strategy<Value = String> {
        let pieces = prop::sample::select(vec![
            "/", "/", "/", "/", "a", "b", "ab", "A", "é", "%2F", "%61", "%", " ", ".", "-", "}",
            "{p}", "+", "(", "|", "*x", "7", "12", "a/b", "\n", "//",
        ]);
        prop::collection::vec(pieces, 0..8).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn it_agrees_with_the_router_on_every_path(
            patterns in prop::collection::vec(pattern(), 1..8),
            paths in prop::collection::vec(path(), 1..30),
        ) {
            let mut tree = PatternTree::<Vec<usize>>::default();
            for (number, pattern) in patterns.iter().enumerate() {
                tree.entry(pattern).push(number);
            }
            let definitions = patterns.iter().map(|pattern| ResourceDef::new(pattern.as_str()));
            let definitions: Vec<_> = definitions.collect();
            for path in &paths {
                let mut found: Vec<_> = tree.matching(path).flatten().copied().collect();
                found.sort_unstable();
                let all = definitions.iter().enumerate();
                let matching = all.filter(|(_, definition)| definition.is_match(path));
                let expected: Vec<_> = matching.map(|(number, _)| number).collect();
                prop_assert_eq!(found, expected, "{:?} of {:?}", path, patterns);
            }
        }
    }
}
