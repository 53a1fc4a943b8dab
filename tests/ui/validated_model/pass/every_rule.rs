use validator::{Validate as _, ValidationError};

use secure_runtime::prelude::*;

const MOST: u64 = 64;

fn even(number: &u32) -> Result<(), ValidationError> {
    match number % 2 {
        0 => Ok(()),
        _ => Err(ValidationError::new("odd")),
    }
}

fn in_order(input: &Everything) -> Result<(), ValidationError> {
    match input.from <= input.to {
        true => Ok(()),
        false => Err(ValidationError::new("order")),
    }
}

#[validated]
#[validate(schema(function = in_order))]
struct Everything {
    #[validate(length(min = 1, max = MOST), non_control_character)]
    text: String,
    #[validate(length(equal = 3, code = "code", message = "has three letters"))]
    code: String,
    #[validate(email, length(max = 254))]
    email: String,
    #[validate(url)]
    #[validate(length(max = 2000))]
    url: Option<String>,
    #[validate(ip, length(max = 45))]
    address: String,
    #[validate(
        contains(pattern = "@"),
        does_not_contain(pattern = " "),
        length(max = 20)
    )]
    handle: String,
    #[validate(range(min = 1, max = 10))]
    from: u32,
    #[validate(range(exclusive_min = 0, exclusive_max = 11))]
    to: u32,
    #[validate(custom(function = even))]
    even: u32,
    #[validate(custom(function = "even"))]
    maybe_even: Option<u32>,
    #[validate(required)]
    agreed: Option<bool>,
    #[validate(length(min = 8, max = 128))]
    password: Secret<String>,
    #[validate(length(min = 8, max = 128), must_match(other = handle))]
    repeated: String,
    #[not_secret = "because the browser made it"]
    #[validate(length(max = 128))]
    csrf_token: String,
    #[unbounded = "because the whole body is bounded"]
    note: String,
    #[unbounded = "because nobody looks inside"]
    rest: serde_json::Value,
    #[validate(nested)]
    inner: Inner,
    #[serde(skip)]
    computed: String,
}

#[validated]
struct Inner {
    flag: bool,
}

fn main() {
    let good = serde_json::json!({
        "text": "a", "code": "abc", "email": "ada@example.com", "url": "https://example.com/",
        "address": "192.0.2.1", "handle": "ada@home", "from": 1, "to": 10, "even": 2,
        "agreed": true, "password": "correct horse", "repeated": "ada@home", "csrf_token": "x",
        "note": "", "rest": [1], "inner": {"flag": true},
    });
    let read = |value: &serde_json::Value| serde_json::from_value::<Everything>(value.clone());
    read(&good).unwrap().validate().unwrap();
    for (field, bad) in [
        ("text", "".into()),
        ("code", "ab".into()),
        ("email", "ada".into()),
        ("url", "nowhere".into()),
        ("address", "here".into()),
        ("handle", "ada".into()),
        ("from", 0.into()),
        ("to", 11.into()),
        ("even", 3.into()),
        ("maybe_even", 3.into()),
        ("agreed", serde_json::Value::Null),
        ("password", "short".into()),
        ("repeated", "something else".into()),
        ("csrf_token", "x".repeat(129).into()),
    ] {
        let mut input = good.clone();
        input[field] = bad;
        assert!(read(&input).unwrap().validate().is_err(), "{field}");
    }
    let mut input = good.clone();
    input["unknown"] = 1.into();
    assert!(read(&input).is_err());
}
