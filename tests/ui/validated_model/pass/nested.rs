use std::collections::{BTreeMap, HashMap};

use secure_runtime::prelude::*;

#[validated]
#[derive(Debug, Clone, PartialEq)]
struct Order {
    customer: Customer,
    #[validate(length(min = 1, max = 50))]
    lines: Vec<Line>,
    #[validate(length(max = 5))]
    labels: HashMap<u32, Tag>,
    #[validate(length(max = 5))]
    gifts: Option<BTreeMap<u32, Box<Line>>>,
    address: Option<Address>,
    corners: [(f64, f64); 4],
}

#[validated]
#[derive(Debug, Clone, PartialEq)]
struct Customer {
    #[validate(length(max = 100))]
    name: String,
    address: Address,
}

#[validated(unknown = "ignore")]
#[derive(Debug, Clone, PartialEq)]
struct Address {
    #[validate(length(max = 100))]
    street: String,
    #[serde(flatten)]
    place: Place,
}

#[validated]
#[derive(Debug, Clone, PartialEq)]
struct Place {
    #[validate(range(min = 1_000, max = 99_999))]
    code: u32,
}

#[validated]
#[derive(Debug, Clone, PartialEq)]
struct Line {
    #[validate(range(min = 1, max = 100))]
    count: u8,
}

#[validated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[serde(rename_all = "kebab-case")]
enum Tag {
    VeryNew,
    #[serde(rename = "old")]
    Used,
}

fn main() {
    let order = |count: u32, tag: &str| {
        serde_json::json!({
            "customer": {"name": "Ada", "address": {"street": "Main", "code": 12345}},
            "lines": [{"count": count}],
            "labels": {"1": tag},
            "corners": [[0.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, 0.0]],
        })
    };
    let read = serde_json::from_value::<Order>;
    use validator::Validate as _;
    read(order(1, "very-new")).unwrap().validate().unwrap();
    read(order(101, "old")).unwrap().validate().unwrap_err();
    read(order(1, "VeryNew")).unwrap_err();
}
