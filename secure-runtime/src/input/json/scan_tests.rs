use proptest::prelude::*;
use serde_json::Value;

use super::*;

const MOST: usize = 10_000;

/// Pointer and code of what is refused.
fn refused(text: &str) -> Option<(String, String)> {
    match look_through(text, MOST) {
        Err(Refusal::At(error)) => Some((
            error.pointer().unwrap_or_default().to_owned(),
            error.code().to_owned(),
        )),
        _ => None,
    }
}

#[track_caller]
fn at(text: &str, pointer: &str, code: &str) {
    let expected = Some((pointer.to_owned(), code.to_owned()));
    assert_eq!(refused(text), expected, "{text:.200}");
}

#[test]
fn what_is_json_passes() {
    for text in [
        "null",
        " true\r\n",
        "false",
        "0",
        "-0",
        "-0.5e-7",
        "1E+400",
        "123456789012345678901234567890",
        r#""""#,
        r#""é\n\u00e9\ud83d\ude00\/""#,
        "[]",
        "[ ]",
        "{}",
        "{ }",
        "[[],{},[{}]]",
        r#" { "a" : [ 1 , 2 ] , "b" : { "a" : null } } "#,
        r#"{"":0}"#,
    ] {
        assert_eq!(look_through(text, MOST), Ok(()), "{text}");
    }
}

#[test]
fn what_is_no_json_does_not() {
    for text in [
        "",
        " ",
        "nul",
        "nulls",
        "True",
        "NaN",
        "-NaN",
        "Infinity",
        "-",
        "+1",
        "01",
        "-01",
        "1.",
        ".5",
        "1e",
        "1e+",
        "0x10",
        "1_000",
        "'a'",
        "\"",
        "\"a",
        "\"\\\"",
        "\"\\x41\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\t\"",
        "\"\n\"",
        "\"\0\"",
        r#""\ud800""#,
        r#""\udc00""#,
        r#""\ud800\ud800""#,
        r#""\ud800\n""#,
        r#""\ud800x""#,
        "[",
        "]",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1}",
        "{",
        "}",
        "{]",
        r#"{"a"}"#,
        r#"{"a":}"#,
        r#"{"a":1,}"#,
        r#"{"a" 1}"#,
        r#"{"a":1 "b":2}"#,
        "{a:1}",
        "{1:1}",
        "{null:1}",
        "[1]x",
        "[1][1]",
        "1 2",
        "{}{}",
        "[1]// fine",
        "/* fine */[1]",
        "\u{feff}[1]",
        "\u{a0}1",
        "\u{c}1",
    ] {
        assert_eq!(
            look_through(text, MOST),
            Err(Refusal::Syntax),
            "{text:?} passes"
        );
    }
}

#[test]
fn a_key_stands_once_in_an_object_however_it_is_written() {
    at(r#"{"a":1,"a":1}"#, "#/a", "duplicate_key");
    at(r#"{"a":1,"b":2,"\u0061":3}"#, "#/a", "duplicate_key");
    at(
        r#"{"\ud83d\ude00":1,"😀":2}"#,
        "#/%F0%9F%98%80",
        "duplicate_key",
    );
    at(r#"{"":1,"":2}"#, "#/", "duplicate_key");
    at(
        r#"[0,{"x":[{"a~/":{},"a~/":1}]}]"#,
        "#/1/x/0/a~0~1",
        "duplicate_key",
    );
    at(r#"{"b":{"a":1},"a":1,"b":1}"#, "#/b", "duplicate_key");
    for text in [
        r#"{"a":{"a":{"a":1}}}"#,
        r#"[{"a":1},{"a":1}]"#,
        r#"{"b":{"a":1},"a":{"b":1}}"#,
        r#"{"a":1,"A":2,"á":3,"a\u0301":4,"a ":5}"#,
    ] {
        assert_eq!(look_through(text, MOST), Ok(()), "{text}");
    }
}

#[test]
fn nul_is_found_in_texts_and_keys() {
    at(r#""\u0000""#, "#", "nul");
    at(r#"{"a":["x","a\u0000b"]}"#, "#/a/1", "nul");
    at(r#"{"a":{"\u0000":1}}"#, "#/a/%00", "nul");
    assert_eq!(look_through(r#""\\u0000""#, MOST), Ok(()));
    at(r#""\u00001""#, "#", "nul");
    assert_eq!(look_through(r#""\u0001""#, MOST), Ok(()));
}

#[test]
fn depth_is_bounded_where_it_begins() {
    let lists = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert_eq!(look_through(&lists(MOST_DEPTH), MOST), Ok(()));
    let place = "#".to_owned() + &"/0".repeat(MOST_DEPTH);
    at(&lists(MOST_DEPTH + 1), &place, "too_deep");
    at(&"[".repeat(100_000), &place, "too_deep");
    let objects = r#"{"a":"#.repeat(100_000);
    at(
        &objects,
        &("#".to_owned() + &"/a".repeat(MOST_DEPTH)),
        "too_deep",
    );
    // Beside one another they are not in one another.
    let beside = format!("[{}]", vec![lists(MOST_DEPTH - 1); 9].join(","));
    assert_eq!(look_through(&beside, MOST), Ok(()));
}

#[test]
fn values_and_keys_are_counted() {
    let list = |length: usize| format!("[{}]", vec!["0"; length].join(","));
    assert_eq!(look_through(&list(MOST), MOST), Ok(()));
    at(&list(MOST + 1), "#", "too_many_values");
    // All of them count, wherever they stand.
    let half = list(MOST / 2);
    at(&format!("[{half},{half}]"), "#", "too_many_values");
    let object = |keys: usize| {
        let keys: Vec<_> = (0..keys).map(|key| format!("\"{key}\":0")).collect();
        format!("{{{}}}", keys.join(","))
    };
    assert_eq!(look_through(&object(MOST_KEYS), MOST), Ok(()));
    at(&object(MOST_KEYS + 1), "#", "too_many_values");
    let inner = format!(r#"[1,{{"a":{}}}]"#, object(MOST_KEYS + 1));
    at(&inner, "#/1/a", "too_many_values");
}

#[test]
fn a_long_key_is_not_repeated_whole() {
    let text = format!(r#"{{"{0}":1,"{0}":2}}"#, "x".repeat(10_000));
    let (pointer, _) = refused(&text).expect("a refusal");
    assert_eq!(pointer, format!("#/{}", "x".repeat(64)));
}

/// JSON, with something added, taken away or changed.
fn nearly_json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[ -~é😀\n\u{1}]{0,6}".prop_map(Value::from),
    ];
    let value = leaf.prop_recursive(5, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("[a-c\"\\\\é]{0,2}", inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    });
    let pieces = prop_oneof![
        "[\\[\\]{}:,\"\\\\ \t\r\n0-9eE+.nulltruefasd-]",
        Just("\\u0041".to_owned()),
        Just("\\ud800".to_owned()),
        Just("\\udc00".to_owned()),
        Just("\"a\":".to_owned()),
        any::<char>().prop_map(String::from),
    ];
    let change = (any::<prop::sample::Index>(), any::<bool>(), pieces);
    (value, prop::collection::vec(change, 0..3)).prop_map(|(value, changes)| {
        let mut text: Vec<char> = value.to_string().chars().collect();
        for (at, takes, piece) in changes {
            let at = at.index(text.len() + 1);
            let end = (at + usize::from(takes)).min(text.len());
            text.splice(at..end, piece.chars());
        }
        text.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    /// What we take for JSON, serde does, and the other way round.
    #[test]
    fn serde_is_of_the_same_opinion(text in nearly_json()) {
        let serde = serde_json::from_str::<Value>(&text);
        match (look_through(&text, MOST), serde) {
            (Ok(()), Ok(_)) | (Err(Refusal::Syntax), Err(_)) => {}
            // Well-formed, and too large for a number of serde's.
            (Ok(()), Err(error)) => prop_assert!(
                error.to_string().starts_with("number out of range"),
                "{text:?}: {error}"
            ),
            (Err(Refusal::Syntax), Ok(_)) => prop_assert!(false, "{text:?} is JSON"),
            // Here, a key that stands twice: of it, serde keeps the last. What comes after it counts no more.
            (Err(Refusal::At(error)), _) => {
                prop_assert!(["duplicate_key", "nul"].contains(&error.code()), "{text:?}");
            }
        }
    }
}
