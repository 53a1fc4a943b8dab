//! Enums with data are read by a reader of our own: it says what serde's derive says, whatever is sent and in
//! whatever order.

use std::{collections::BTreeMap, fmt::Debug};

use proptest::{prelude::*, test_runner::TestCaseResult};
use secure_runtime::prelude::*;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

/// The same enum, read by us or by serde.
macro_rules! read_by {
    (validated, $name:ident, $words:tt) => {
        #[validated]
        #[serde $words]
        #[derive(Debug)]
        enum $name {
            Named {
                number: u8,
                #[serde(default)]
                wide: i64,
                #[serde(alias = "rate")]
                float: Option<f64>,
                #[validate(length(max = 9))]
                text: Option<String>,
                #[validate(length(max = 9))]
                list: Option<Vec<Option<bool>>>,
            },
            Held(Held),
            #[serde(rename = "no data", alias = "none")]
            Nothing,
        }
    };
    (serde, $name:ident, $words:tt) => {
        #[derive(Debug, Deserialize)]
        #[serde $words]
        #[allow(dead_code)]
        enum $name {
            Named {
                number: u8,
                #[serde(default)]
                wide: i64,
                #[serde(alias = "rate")]
                float: Option<f64>,
                text: Option<String>,
                list: Option<Vec<Option<bool>>>,
            },
            Held(Held),
            #[serde(rename = "no data", alias = "none")]
            Nothing,
        }
    };
}

#[validated(unknown = "ignore")]
#[derive(Debug)]
struct Held {
    #[validate(length(max = 4))]
    map: BTreeMap<i16, Inner>,
    #[serde(rename = "inner-one")]
    inner: Option<Box<Inner>>,
}

#[validated(unknown = "ignore")]
#[derive(Debug)]
struct Inner {
    letter: char,
    pair: Option<(u8, bool)>,
}

read_by!(validated, External, (rename_all = "snake_case"));
read_by!(
    validated,
    Internal,
    (rename_all = "snake_case", tag = "type")
);
read_by!(
    validated,
    Adjacent,
    (rename_all = "snake_case", tag = "type", content = "content")
);
read_by!(
    serde,
    Theirs,
    (rename_all = "snake_case", deny_unknown_fields)
);

/// Ours says what serde's derive says of `{"name": content}`, which it reads without keeping anything.
fn agree<A: DeserializeOwned + Debug>(text: &str, external: Option<String>) -> TestCaseResult {
    let ours = serde_json::from_str::<A>(text);
    let theirs = external.map(|text| serde_json::from_str::<Theirs>(&text));
    match (ours, theirs) {
        (Ok(ours), Some(Ok(theirs))) => {
            prop_assert_eq!(format!("{ours:?}"), format!("{theirs:?}"), "{}", text);
        }
        (Ok(ours), theirs) => prop_assert!(false, "{text}: {ours:?}, and serde: {theirs:?}"),
        (Err(error), Some(Ok(theirs))) => {
            prop_assert!(false, "{text}: {error}, and serde: {theirs:?}");
        }
        (Err(_), _) => {}
    }
    Ok(())
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3i64..300).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-c1]{0,2}".prop_map(Value::from),
        Just(json!([])),
        Just(json!([true, null])),
        Just(json!({})),
        Just(json!([1, true])),
    ]
}

fn inner() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => (prop::option::of(scalar()), "[a-b]").prop_map(|(pair, letter)| match pair {
            Some(pair) => json!({"pair": pair, "letter": letter}),
            None => json!({"letter": letter}),
        }),
        1 => scalar(),
    ]
}

fn map() -> impl Strategy<Value = Value> {
    let key =
        prop_oneof![3 => (-2i32..40_000).prop_map(|key| key.to_string()), 1 => "[a+0-9]{0,2}"];
    prop::collection::btree_map(key, inner(), 0..3)
        .prop_map(|map| Value::Object(map.into_iter().collect()))
}

/// A field, mostly one that a variant has.
fn field() -> impl Strategy<Value = (String, Value)> {
    let any = |name: &'static str| scalar().prop_map(move |value| (name.to_owned(), value));
    let word = prop_oneof![
        Just("named"),
        Just("held"),
        Just("no data"),
        Just("none"),
        Just("Nothing"),
        Just("0")
    ];
    prop_oneof![
        4 => (0u8..=255).prop_map(|number| ("number".to_owned(), json!(number))),
        1 => any("number"),
        1 => any("wide"),
        1 => any("float"),
        1 => any("rate"),
        1 => any("text"),
        1 => any("list"),
        3 => map().prop_map(|map| ("map".to_owned(), map)),
        1 => any("map"),
        1 => inner().prop_map(|inner| ("inner-one".to_owned(), inner)),
        1 => any("content"),
        1 => any("other"),
        6 => word.prop_map(|word| ("type".to_owned(), json!(word))),
        1 => any("type"),
    ]
}

fn object(fields: &[(String, Value)]) -> String {
    let fields = fields
        .iter()
        .map(|(key, value)| format!("{}:{value}", json!(key)));
    format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn a_tag_beside_the_fields(fields in prop::collection::vec(field(), 0..6)) {
        let (tags, rest): (Vec<_>, Vec<_>) = fields.iter().cloned().partition(|(key, _)| key == "type");
        let external = match &tags[..] {
            // What holds nothing has nothing beside its tag.
            [(_, Value::String(name))] if ["no data", "none"].contains(&name.as_str()) => {
                rest.is_empty().then(|| json!(name).to_string())
            }
            [(_, Value::String(name))] => Some(format!("{{{}:{}}}", json!(name), object(&rest))),
            _ => None,
        };
        agree::<Internal>(&object(&fields), external)?;
    }

    #[test]
    fn a_tag_beside_the_content(
        content in prop_oneof![
            4 => prop::collection::vec(field(), 0..5).prop_map(|fields| {
                let mut fields = fields;
                fields.retain(|(key, _)| key != "type");
                object(&fields)
            }),
            1 => Just("null".to_owned()),
            1 => Just("7".to_owned()),
        ],
        name in prop_oneof![4 => Just("named"), 4 => Just("held"), 2 => Just("none"), 1 => Just("x")],
        is_first in any::<bool>(),
        more in prop::option::weighted(0.1, field()),
    ) {
        let mut parts = vec![format!("\"content\":{content}"), format!("\"type\":\"{name}\"")];
        if is_first {
            parts.reverse();
        }
        let external = more.is_none().then(|| format!("{{\"{name}\":{content}}}"));
        parts.extend(more.map(|(key, value)| format!("{}:{value}", json!(key))));
        agree::<Adjacent>(&format!("{{{}}}", parts.join(",")), external)?;
    }

    #[test]
    fn the_name_around_the_content(
        fields in prop::collection::vec(field(), 0..5),
        name in prop_oneof![Just("named"), Just("held"), Just("no data"), Just("none"), Just("1")],
        content in prop::option::weighted(0.2, scalar()),
    ) {
        // Serde takes a list for a struct.
        let content = content.filter(|content| !content.is_array());
        let content = content.map_or_else(|| object(&fields), |content| content.to_string());
        for text in [format!("{{\"{name}\":{content}}}"), json!(name).to_string()] {
            agree::<External>(&text, Some(text.clone()))?;
        }
    }
}

#[test]
fn keys_are_numbers_as_json_writes_them() {
    for key in [
        "0", "7", "-7", "10", "+0", "+7", "00", "07", "-0", "-07", "", "-", "a", "1.5",
    ] {
        let content = format!("{{\"map\":{{\"{key}\":{{\"letter\":\"a\"}}}}}}");
        let external = format!("{{\"held\":{content}}}");
        let theirs = serde_json::from_str::<Theirs>(&external).is_ok();
        let adjacent = format!("{{\"content\":{content},\"type\":\"held\"}}");
        let internal = format!("{{\"type\":\"held\",{}", &content[1..]);
        assert_eq!(
            serde_json::from_str::<Adjacent>(&adjacent).is_ok(),
            theirs,
            "{key}"
        );
        assert_eq!(
            serde_json::from_str::<Internal>(&internal).is_ok(),
            theirs,
            "{key}"
        );
    }
}
