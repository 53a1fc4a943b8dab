use std::{collections::HashSet, fmt};

use secure_runtime::fuzzing;
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};

/// How deep JSON may be nested.
const DEEPEST: usize = 32;
/// How many values there may be in this test.
const MOST_VALUES: usize = 200;

/// JSON as it is written, with what is in it twice.
enum Tree {
    Leaf,
    List(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

/// What is looked through before it is read is JSON to others too; what is let pass has no key twice, is not too
/// deep, and has not too many values.
pub fn json(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else {
        return;
    };
    let known = serde_json::from_str::<Tree>(text);
    match fuzzing::looks_through_json(text, MOST_VALUES) {
        None => {
            let value = serde_json::from_str::<serde_json::Value>(text);
            assert!(value.is_err(), "refused, and JSON all the same");
        }
        Some(false) => {}
        Some(true) => {
            let tree = match known {
                Ok(tree) => tree,
                // A number may be too large for any type.
                Err(error) if error.to_string().starts_with("number out of range") => return,
                Err(error) => panic!("{error}"),
            };
            let (mut values, mut deepest) = (0, 0);
            measure(&tree, 0, &mut values, &mut deepest);
            assert!(values <= MOST_VALUES, "{values} values");
            assert!(deepest <= DEEPEST, "{deepest} deep");
        }
    }
}

fn measure(tree: &Tree, depth: usize, values: &mut usize, deepest: &mut usize) {
    *values += usize::from(depth > 0);
    match tree {
        Tree::Leaf => {}
        Tree::List(list) => {
            *deepest = (*deepest).max(depth + 1);
            for one in list {
                measure(one, depth + 1, values, deepest);
            }
        }
        Tree::Object(members) => {
            *deepest = (*deepest).max(depth + 1);
            let mut seen = HashSet::new();
            for (name, one) in members {
                assert!(seen.insert(name), "{name:?} twice");
                measure(one, depth + 1, values, deepest);
            }
        }
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Leaf)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Tree, E> {
        Ok(Tree::Leaf)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Tree, E> {
        Ok(Tree::Leaf)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Tree, E> {
        Ok(Tree::Leaf)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Tree, E> {
        Ok(Tree::Leaf)
    }

    fn visit_str<E>(self, _: &str) -> Result<Tree, E> {
        Ok(Tree::Leaf)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Tree, A::Error> {
        let mut found = Vec::new();
        while let Some(one) = list.next_element()? {
            found.push(one);
        }
        Ok(Tree::List(found))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Tree, A::Error> {
        let mut found = Vec::new();
        while let Some(member) = members.next_entry()? {
            found.push(member);
        }
        Ok(Tree::Object(found))
    }
}
